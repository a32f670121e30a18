/** Bytes as they are unpacked: grows, and copies from what it has already, also where that is still being written. */
export class Unpacked {
  #bytes: Buffer;
  length = 0;

  constructor(expectedLength: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, expectedLength));
  }

  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A run may reach into itself: `distance` 1 repeats the last byte. */
  repeat(distance: number, length: number): void {
    if (distance < 1 || distance > this.length) throw new Error('it refers to what is not there');
    this.#makeRoom(length);
    let from = this.length - distance;
    for (let i = 0; i < length; i++) this.#bytes[this.length++] = this.#bytes[from++]!;
  }

  taken(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #makeRoom(length: number): void {
    const needed = this.length + length;
    if (needed > maxUnpackedBytes) throw new Error(`it unpacks to more than ${maxUnpackedBytes} bytes`);
    if (needed <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(wider, 0, 0, this.length);
    this.#bytes = wider;
  }
}

/** One record batch: far above what a broker takes by default (1 MB packed). */
const maxUnpackedBytes = 256 * 1024 * 1024;
