/** Bytes as they are unpacked. May be used for one batch after the other: then nothing is allocated for the next. */
export class Unpacked {
  bytes: Buffer;
  length = 0;

  constructor(expectedLength: number) {
    this.bytes = Buffer.allocUnsafe(Math.max(64, expectedLength));
  }

  makeRoom(length: number): void {
    const needed = this.length + length;
    if (needed > maxUnpackedBytes) throw new Error(`it unpacks to more than ${maxUnpackedBytes} bytes`);
    if (needed <= this.bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.min(maxUnpackedBytes, Math.max(needed, 2 * this.bytes.length)));
    this.bytes.copy(wider, 0, 0, this.length);
    this.bytes = wider;
  }

  /** Copies from elsewhere. There must be room: a check for each of these small pieces would cost as much as the copy. */
  append(from: Buffer, start: number, end: number): void {
    let to = this.length;
    const { bytes } = this;
    if (end > from.length) throw new Error('it is cut off');
    if (to + end - start > bytes.length) throw new Error('it is longer than it says');
    if (end - start > shortPiece) from.copy(bytes, to, start, end);
    else for (let at = start; at < end; ) bytes[to++] = from[at++]!;
    this.length += end - start;
  }

  /** Copies what came before, also where that is still being written: `distance` 1 repeats the last byte. */
  repeat(distance: number, length: number): void {
    let to = this.length;
    const { bytes } = this;
    if (distance < 1 || distance > to) throw new Error('it refers to what is not there');
    if (to + length > bytes.length) throw new Error('it is longer than it says');
    const end = to + length;
    if (distance >= length && length > shortPiece) bytes.copyWithin(to, to - distance, end - distance);
    else for (let from = to - distance; to < end; ) bytes[to++] = bytes[from++]!;
    this.length = end;
  }

  taken(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

/** Up to here a loop is quicker than a call. */
const shortPiece = 48;

/** One record batch: far above what a broker takes by default (1 MB packed). */
export const maxUnpackedBytes: number = 256 * 1024 * 1024;
