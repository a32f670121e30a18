import { BadBatch, type Batch } from './batch.ts';
import type { Columns } from './block.ts';

/** Length, attributes, the two deltas, key, value and the number of headers: a byte each, at least. */
const leastRecordBytes = 7;

/** Offsets that are wanted, the second exclusive: a broker gives whole batches. */
export interface OffsetRange {
  from: number;
  to: number;
}

/**
 * Appends the records of a batch that are in `range` to `columns`; `body` from `start` to `end` is what is behind the header,
 * unpacked. Of each record it reads the two deltas and steps over the rest. It either takes the batch whole or throws and has
 * taken nothing.
 */
export function readRecords(
  body: Buffer,
  start: number,
  end: number,
  batch: Batch,
  range: OffsetRange,
  columns: Columns,
): void {
  const { recordCount, baseOffset, baseTimestampMs } = batch;
  if (recordCount * leastRecordBytes > end - start) throw new BadBatch('torn', 'it is too short for its records');
  columns.makeRoom(recordCount);
  const { offsets, createMs, keys, count: countBefore } = columns;
  const keyBytesBefore = keys?.used ?? 0;
  const lastOffsetDelta = batch.lastOffset - baseOffset;
  const fromDelta = range.from - baseOffset;
  const toDelta = range.to - baseOffset;
  let count = countBefore;
  let at = start;
  let previousDelta = -1;
  for (let i = 0; i < recordCount; i++) {
    // Varints in zigzag; written out, because a call for each would cost more than all the rest. Most take one or two bytes.
    let raw = body[at++]!;
    if (raw >= 0x80) {
      let byte = body[at++]!;
      raw = (raw & 0x7f) | ((byte & 0x7f) << 7);
      for (let shift = 14; byte >= 0x80; shift += 7) {
        if (shift > 28) throw torn(columns, countBefore, keyBytesBefore);
        byte = body[at++]!;
        raw |= (byte & 0x7f) << shift;
      }
    }
    const next = at + ((raw >>> 1) ^ -(raw & 1));
    // It must hold its least, and lie within the batch.
    if (!(next <= end && next >= at + leastRecordBytes - 1)) throw torn(columns, countBefore, keyBytesBefore);
    at++;

    let timestampDelta: number;
    raw = body[at++]!;
    if (raw < 0x80) timestampDelta = (raw >>> 1) ^ -(raw & 1);
    else {
      let byte = body[at++]!;
      raw = (raw & 0x7f) | ((byte & 0x7f) << 7);
      if (byte < 0x80) timestampDelta = (raw >>> 1) ^ -(raw & 1);
      else {
        // As many as ten bytes: in two halves, because a shift knows 32 bits only. Zigzag: the last bit is the sign.
        let low = raw;
        let high = 0;
        let shift = 14;
        for (; byte >= 0x80; shift += 7) {
          if (shift > 63) throw torn(columns, countBefore, keyBytesBefore);
          byte = body[at++]!;
          if (shift < 28) low += (byte & 0x7f) * 2 ** shift;
          else high += (byte & 0x7f) * 2 ** (shift - 28);
        }
        const isNegative = (low & 1) === 1;
        const half = high * 2 ** 27 + Math.floor(low / 2);
        timestampDelta = isNegative ? -half - 1 : half;
      }
    }

    raw = body[at++]!;
    if (raw >= 0x80) {
      let byte = body[at++]!;
      raw = (raw & 0x7f) | ((byte & 0x7f) << 7);
      for (let shift = 14; byte >= 0x80; shift += 7) {
        if (shift > 28) throw torn(columns, countBefore, keyBytesBefore);
        byte = body[at++]!;
        raw |= (byte & 0x7f) << shift;
      }
    }
    const offsetDelta = (raw >>> 1) ^ -(raw & 1);
    if (offsetDelta <= previousDelta || offsetDelta > lastOffsetDelta || at >= next) {
      throw torn(columns, countBefore, keyBytesBefore);
    }
    previousDelta = offsetDelta;

    if (offsetDelta >= fromDelta && offsetDelta < toDelta) {
      offsets[count] = baseOffset + offsetDelta;
      createMs[count] = baseTimestampMs + timestampDelta;
      if (keys !== undefined && !takeKey(body, at, next, count, keys)) throw torn(columns, countBefore, keyBytesBefore);
      count++;
    }
    at = next;
  }
  if (at !== end) throw torn(columns, countBefore, keyBytesBefore);
  if (batch.isLogAppendTime) columns.appendMs.fill(batch.maxTimestampMs, countBefore, count);
  if (batch.isLogAppendTime && batch.hasDeleteHorizon) createMs.fill(Number.NaN, countBefore, count);
  columns.producerIds.fill(batch.producerId, countBefore, count);
  columns.count = count;
}

function torn(columns: Columns, count: number, keyBytes: number): BadBatch {
  columns.count = count;
  columns.keys?.cutTo(keyBytes);
  return new BadBatch('torn', 'its records do not fit in it');
}

function takeKey(body: Buffer, start: number, end: number, index: number, keys: NonNullable<Columns['keys']>): boolean {
  let raw = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    if (shift > 28 || at >= end) return false;
    const byte = body[at++]!;
    raw |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const length = (raw >>> 1) ^ -(raw & 1);
  if (length < -1 || at + length > end) return false;
  if (length === -1) keys.setNone(index);
  else keys.set(index, body, at, at + length);
  return true;
}
