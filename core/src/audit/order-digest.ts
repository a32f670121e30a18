/**
 * A fingerprint of an order: of which record of which partition was taken after which. Two runs with the same one have taken
 * the same records in the same order.
 */
export class OrderDigest {
  #low = 0x811c9dc5;
  #high = 0x01000193;

  take(place: number, offset: number): void {
    this.#low = Math.imul(this.#low ^ (offset % 0x1_0000_0000), 0x01000193) >>> 0;
    this.#high = Math.imul(this.#high ^ (place + Math.imul(this.#low, 0x9e3779b1)), 0x85ebca6b) >>> 0;
  }

  get text(): string {
    return this.#high.toString(16).padStart(8, '0') + this.#low.toString(16).padStart(8, '0');
  }
}
