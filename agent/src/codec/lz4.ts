import { Unpacked } from './bytes.ts';

const magic = 0x184d2204;

/** Unpacks an LZ4 frame, as Kafka writes them. Checksums are passed over: Kafka has its own on the whole batch. */
export function unpackLz4(packed: Buffer): Buffer {
  if (packed.readUInt32LE(0) !== magic) throw new Error('no LZ4 frame');
  const flags = packed[4]!;
  const hasBlockChecksums = (flags & 0x10) !== 0;
  // Magic, flags, block size, [content size], [dictionary id], header checksum.
  let at = 4 + 2 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  const into = new Unpacked(4 * packed.length);
  for (;;) {
    const header = packed.readUInt32LE(at);
    at += 4;
    if (header === 0) return into.taken();
    const length = header & 0x7fffffff;
    const block = packed.subarray(at, at + length);
    if (block.length < length) throw new Error('an LZ4 block is cut off');
    if (header >>> 31 === 1) into.append(block);
    else unpackBlock(block, into);
    at += length + (hasBlockChecksums ? 4 : 0);
  }
}

/** Pieces of literal bytes and a copy of what came before, until the block ends with literals. */
function unpackBlock(block: Buffer, into: Unpacked): void {
  let at = 0;
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let more: number;
      do {
        more = block.readUInt8(at++);
        length += more;
      } while (more === 255);
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = lengthFrom(token >> 4);
    into.append(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) return;
    const distance = block.readUInt16LE(at);
    at += 2;
    into.repeat(distance, lengthFrom(token & 0x0f) + 4);
  }
}
