/** Smaller answers are not worth a buffer of ours. */
const leastPooledBytes = 64 * 1024;

/** Buffers for answers, used again and again: fresh memory is zeroed by the kernel page by page, which costs as much as a copy. */
export class AnswerBuffers {
  readonly #free: Buffer[] = [];
  readonly #ours = new WeakSet<ArrayBufferLike>();
  readonly #maxFree: number;

  constructor(maxFree: number) {
    this.#maxFree = maxFree;
  }

  take(length: number): Buffer {
    if (length < leastPooledBytes) return Buffer.allocUnsafe(length);
    const fitting = this.#free.findIndex((buffer) => buffer.length >= length);
    if (fitting >= 0) return this.#free.splice(fitting, 1)[0]!.subarray(0, length);
    // A quarter more, so that the next answer, which is about as long, fits too.
    const buffer = Buffer.allocUnsafeSlow(Math.ceil(length * 1.25));
    this.#ours.add(buffer.buffer);
    return buffer.subarray(0, length);
  }

  /** `bytes`: any part of what was taken, once. What is not from here is not taken; what never comes back is garbage. */
  giveBack(bytes: Buffer): void {
    if (!this.#ours.has(bytes.buffer)) return;
    if (this.#free.length >= this.#maxFree) this.#free.shift();
    this.#free.push(Buffer.from(bytes.buffer));
  }
}
