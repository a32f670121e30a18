import zlib from 'node:zlib';
import { crc32cByTables } from '../src/history/crc32c.ts';

/** A record as it lies in a batch. */
export interface BatchRecord {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers?: number;
}

export interface BatchShape {
  readonly baseOffset: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs?: number;
  readonly lastOffsetDelta?: number;
  readonly producerId?: number;
  readonly codec?: 0 | 1 | 2 | 3 | 4;
  readonly isLogAppendTime?: boolean;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  readonly hasDeleteHorizon?: boolean;
  readonly records: readonly BatchRecord[];
}

export const headerBytes = 61;

/** A record batch, as Kafka's protocol says it. */
export function encodeBatch(shape: BatchShape): Buffer {
  const { baseOffset, baseTimestampMs, records, codec = 0, producerId = -1 } = shape;
  const body = pack(codec, Buffer.concat(records.map(encodeRecord)));
  const batch = Buffer.alloc(headerBytes + body.length);
  batch.writeBigInt64BE(BigInt(baseOffset), 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(7, 12);
  batch.writeInt8(2, 16);
  const flags = [false, false, false, shape.isLogAppendTime, shape.isTransactional, shape.isControl];
  const bits = [...flags, shape.hasDeleteHorizon].reduce((sum, flag, bit) => sum + (flag ? 2 ** bit : 0), 0);
  batch.writeInt16BE(bits + codec, 21);
  batch.writeInt32BE(shape.lastOffsetDelta ?? records.at(-1)?.offsetDelta ?? 0, 23);
  const timestamps = records.map(({ timestampDelta }) => baseTimestampMs + timestampDelta);
  batch.writeBigInt64BE(BigInt(baseTimestampMs), 27);
  batch.writeBigInt64BE(BigInt(shape.maxTimestampMs ?? Math.max(-1, ...timestamps)), 35);
  batch.writeBigInt64BE(BigInt(producerId), 43);
  batch.writeInt16BE(producerId < 0 ? -1 : 0, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(records.length, 57);
  body.copy(batch, headerBytes);
  return sealBatch(batch);
}

/** Writes the checksum that its bytes have now. */
export function sealBatch(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32cByTables(batch, 21, batch.length), 17);
  return batch;
}

function encodeRecord({ offsetDelta, timestampDelta, key, value, headers = 0 }: BatchRecord): Buffer {
  const keyBytes = key === null ? [varint(-1)] : [varint(Buffer.byteLength(key)), Buffer.from(key)];
  const header = [varint(1), Buffer.from('h'), varint(2), Buffer.from('hv')];
  const fields = [Buffer.of(0), varint(timestampDelta), varint(offsetDelta), ...keyBytes, varint(value.length), value];
  const content = Buffer.concat([...fields, varint(headers), ...Array.from({ length: headers }, () => header).flat()]);
  return Buffer.concat([varint(content.length), content]);
}

function varint(value: number): Buffer {
  let zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (; zigzag >= 0x80n; zigzag >>= 7n) bytes.push(Number(zigzag & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(zigzag)]);
}

/** Snappy and LZ4 without any matches: enough to be unpacked; what really packs is tried on the broker. */
function pack(codec: number, body: Buffer): Buffer {
  switch (codec) {
    case 1:
      return zlib.gzipSync(body);
    case 2:
      return Buffer.concat([plainVarint(body.length), Buffer.of(62 << 2), int24(body.length - 1), body]);
    case 3:
      return lz4Frame(body);
    case 4:
      return zlib.zstdCompressSync(body);
    default:
      return body;
  }
}

function lz4Frame(body: Buffer): Buffer {
  const frame = Buffer.alloc(7 + 4 + body.length + 4);
  frame.writeUInt32LE(0x184d2204, 0);
  frame.set([0x60, 0x40, 0x82], 4);
  frame.writeUInt32LE((body.length | 0x80000000) >>> 0, 7);
  body.copy(frame, 11);
  return frame;
}

function plainVarint(value: number): Buffer {
  return value < 0x80 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, ...plainVarint(value >> 7));
}

function int24(value: number): Buffer {
  return Buffer.of(value & 0xff, (value >> 8) & 0xff, value >> 16);
}
