/**
 * CRC-32C (Castagnoli), which guards each record batch. `node:zlib` has only the other polynomial.
 *
 * Eight bytes a step, each through a table of its own ("slicing by 8"): about 1.9 GB/s here, some 60 ns for a record of 100
 * bytes, which a scan can afford.
 */
const tables = makeTables();
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [Table, Table, Table, Table, Table, Table, Table, Table];

type Table = Int32Array;

export function crc32c(view: DataView, from: number, to: number): number {
  let crc = -1;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      t7[low & 0xff]! ^
      t6[(low >>> 8) & 0xff]! ^
      t5[(low >>> 16) & 0xff]! ^
      t4[low >>> 24]! ^
      t3[high & 0xff]! ^
      t2[(high >>> 8) & 0xff]! ^
      t1[(high >>> 16) & 0xff]! ^
      t0[high >>> 24]!;
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ t0[(crc ^ view.getUint8(at)) & 0xff]!;
  return ~crc >>> 0;
}

function makeTables(): Table[] {
  const made = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    made[0]![byte] = crc;
  }
  for (let i = 1; i < 8; i++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = made[i - 1]![byte]!;
      made[i]![byte] = (before >>> 8) ^ made[0]![before & 0xff]!;
    }
  }
  return made;
}
