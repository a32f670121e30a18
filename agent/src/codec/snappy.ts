import { Unpacked } from './bytes.ts';

/** What Java's library puts before its chunks: this, two versions, then each chunk with its length. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);

/** Unpacks Snappy, in the chunks that Java clients and brokers write or plain as others do. */
export function unpackSnappy(packed: Buffer): Buffer {
  const into = new Unpacked(4 * packed.length);
  if (!packed.subarray(0, xerialMagic.length).equals(xerialMagic)) unpackChunk(packed, into);
  else {
    for (let at = xerialMagic.length + 8; at < packed.length; ) {
      const length = packed.readInt32BE(at);
      unpackChunk(packed.subarray(at + 4, at + 4 + length), into);
      at += 4 + length;
    }
  }
  return into.taken();
}

function unpackChunk(chunk: Buffer, into: Unpacked): void {
  let at = 0;
  let expected = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = chunk.readUInt8(at++);
    expected += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const end = into.length + expected;
  while (at < chunk.length) {
    const tag = chunk[at++]!;
    const upper = tag >> 2;
    switch (tag & 3) {
      case 0: {
        // Up to 60 bytes the tag says how many; beyond that 1 to 4 bytes behind it do.
        const extra = upper < 60 ? 0 : upper - 59;
        const length = 1 + (extra === 0 ? upper : chunk.readUIntLE(at, extra));
        at += extra;
        into.append(chunk.subarray(at, at + length));
        at += length;
        break;
      }
      case 1:
        into.repeat(((tag >> 5) << 8) | chunk.readUInt8(at++), 4 + (upper & 7));
        break;
      case 2:
        into.repeat(chunk.readUInt16LE(at), 1 + upper);
        at += 2;
        break;
      default:
        into.repeat(chunk.readUInt32LE(at), 1 + upper);
        at += 4;
    }
  }
  if (into.length !== end) throw new Error('a Snappy chunk is cut off');
}
