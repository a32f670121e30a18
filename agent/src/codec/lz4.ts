import type { Unpacked } from './bytes.ts';

const magic = 0x184d2204;

/** Unpacks an LZ4 frame, as Kafka writes them. Checksums are passed over: Kafka has its own on the whole batch. */
export function unpackLz4(packed: Buffer, into: Unpacked): void {
  if (packed.readUInt32LE(0) !== magic) throw new Error('no LZ4 frame');
  const flags = packed.readUInt8(4);
  // 4 to 7: 64 KB, 256 KB, 1 MB, 4 MB.
  const maxBlockBytes = 256 << (2 * ((packed.readUInt8(5) >> 4) & 7));
  const hasBlockChecksums = (flags & 0x10) !== 0;
  // Magic, flags, block size, [content size], [dictionary id], header checksum.
  let at = 4 + 2 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  for (;;) {
    const header = packed.readUInt32LE(at);
    at += 4;
    if (header === 0) return;
    const end = at + (header & 0x7fffffff);
    if (end > packed.length) throw new Error('an LZ4 block is cut off');
    into.makeRoom(maxBlockBytes);
    if (header >>> 31 === 1) into.append(packed, at, end);
    else unpackBlock(packed, at, end, into);
    at = end + (hasBlockChecksums ? 4 : 0);
  }
}

/** Pieces of literal bytes and a copy of what came before, until the block ends with literals. */
function unpackBlock(packed: Buffer, start: number, end: number, into: Unpacked): void {
  let at = start;
  while (at < end) {
    const token = packed[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        more = packed.readUInt8(at++);
        literals += more;
      } while (more === 255);
    }
    into.append(packed, at, at + literals);
    at += literals;
    if (at >= end) return;
    const distance = packed.readUInt16LE(at);
    at += 2;
    let length = token & 0x0f;
    if (length === 15) {
      let more: number;
      do {
        more = packed.readUInt8(at++);
        length += more;
      } while (more === 255);
    }
    into.repeat(distance, length + 4);
  }
}
