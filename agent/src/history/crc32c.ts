import { createRequire } from 'node:module';

/**
 * CRC-32C (Castagnoli), which guards each record batch. `node:zlib` has only the other polynomial. The processor has an
 * instruction for this one, and `@node-rs/crc32` uses it: 4.6 GB/s. Where that package has nothing for the platform it is done
 * here at 1.3 to 1.9 GB/s, which would then be half of the time that a scan takes.
 */
export function crc32c(bytes: Buffer, from: number, to: number): number {
  return native === undefined ? crc32cByTables(bytes, from, to) : native(bytes.subarray(from, to));
}

const native = findNative();

function findNative(): ((bytes: Buffer) => number) | undefined {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as { crc32c(bytes: Buffer): number }).crc32c;
  } catch {
    return undefined;
  }
}

type Table = Int32Array;

const [t0, t1, t2, t3, t4, t5, t6, t7] = makeTables() as [Table, Table, Table, Table, Table, Table, Table, Table];

/** Eight bytes a step, each through a table of its own ("slicing by 8"). */
export function crc32cByTables(bytes: Buffer, from: number, to: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
