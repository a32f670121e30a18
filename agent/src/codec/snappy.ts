import type { Unpacked } from './bytes.ts';

/** What Java's library puts before its chunks: this, two versions, then each chunk with its length. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);

/** Unpacks Snappy, in the chunks that Java clients and brokers write or plain as others do. */
export function unpackSnappy(packed: Buffer, into: Unpacked): void {
  if (packed.length < xerialMagic.length || packed.compare(xerialMagic, 0, xerialMagic.length, 0, xerialMagic.length)) {
    unpackChunk(packed, 0, packed.length, into);
    return;
  }
  for (let at = xerialMagic.length + 8; at < packed.length; ) {
    const start = at + 4;
    at = start + packed.readUInt32BE(at);
    if (at > packed.length) throw new Error('a Snappy chunk is cut off');
    unpackChunk(packed, start, at, into);
  }
}

function unpackChunk(packed: Buffer, start: number, end: number, into: Unpacked): void {
  let at = start;
  let expected = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = packed.readUInt8(at++);
    expected += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  into.makeRoom(expected);
  const endLength = into.length + expected;
  while (at < end) {
    const tag = packed[at++]!;
    const upper = tag >> 2;
    switch (tag & 3) {
      case 0: {
        // Up to 60 bytes the tag says how many; beyond that 1 to 4 bytes behind it do.
        const extra = upper < 60 ? 0 : upper - 59;
        const length = 1 + (extra === 0 ? upper : packed.readUIntLE(at, extra));
        at += extra;
        into.append(packed, at, at + length);
        at += length;
        break;
      }
      case 1:
        into.repeat(((tag >> 5) << 8) | packed.readUInt8(at++), 4 + (upper & 7));
        break;
      case 2:
        into.repeat(packed.readUInt16LE(at), 1 + upper);
        at += 2;
        break;
      default:
        into.repeat(packed.readUInt32LE(at), 1 + upper);
        at += 4;
    }
  }
  if (into.length !== endLength) throw new Error('a Snappy chunk is cut off');
}
