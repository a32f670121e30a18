/** Smaller answers are not worth a buffer of ours. */
const leastPooledBytes = 64 * 1024;

/** Buffers for answers, used again and again: fresh memory is zeroed by the kernel page by page, which costs as much as a copy. */
export class AnswerBuffers {
  readonly #free: Buffer[] = [];
  readonly #lent = new Map<ArrayBufferLike, Buffer>();
  readonly #maxFree: number;

  constructor(maxFree: number) {
    this.#maxFree = maxFree;
  }

  take(length: number): Buffer {
    if (length < leastPooledBytes) return Buffer.allocUnsafe(length);
    const fitting = this.#free.findIndex((buffer) => buffer.length >= length);
    // A quarter more, so that the next answer, which is about as long, fits too.
    const buffer = fitting < 0 ? Buffer.allocUnsafeSlow(Math.ceil(length * 1.25)) : this.#free.splice(fitting, 1)[0]!;
    this.#lent.set(buffer.buffer, buffer);
    return buffer.subarray(0, length);
  }

  /** `bytes`: any part of what was taken. What was not lent is not ours. */
  giveBack(bytes: Buffer): void {
    const buffer = this.#lent.get(bytes.buffer);
    if (buffer === undefined) return;
    this.#lent.delete(bytes.buffer);
    if (this.#free.length >= this.#maxFree) this.#free.shift();
    this.#free.push(buffer);
  }
}
