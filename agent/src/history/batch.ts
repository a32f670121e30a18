import { crc32c } from './crc32c.ts';

/** Where the fields of a record batch are, from its first byte; the first four are the same in all message formats. */
const at = {
  batchLength: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  recordCount: 57,
  records: 61,
} as const;

/** What comes before the bytes that `batchLength` counts. */
const lengthPrefix = 12;

/** A header of a record batch, read again and again into one object. */
export interface Batch {
  start: number;
  end: number;
  records: number;
  baseOffset: number;
  lastOffset: number;
  baseTimestampMs: number;
  maxTimestampMs: number;
  producerId: number;
  recordCount: number;
  codec: number;
  isLogAppendTime: boolean;
  isTransactional: boolean;
  isControl: boolean;
  /** The log cleaner has put the day on which a tombstone may go where the base timestamp was. */
  hasDeleteHorizon: boolean;
}

export function createBatch(): Batch {
  return {
    start: 0,
    end: 0,
    records: 0,
    baseOffset: 0,
    lastOffset: 0,
    baseTimestampMs: 0,
    maxTimestampMs: 0,
    producerId: -1,
    recordCount: 0,
    codec: 0,
    isLogAppendTime: false,
    isTransactional: false,
    isControl: false,
    hasDeleteHorizon: false,
  };
}

/**
 * `checksum`: nothing in it can be believed, not even where it ends. `misplaced`: all but its offsets can. `torn`: its header can,
 * and what is in it cannot.
 */
export type BadBatchKind = 'oldFormat' | 'checksum' | 'misplaced' | 'torn';

/** Kept apart from other errors: what is wrong is in the log, not in us. */
export class BadBatch extends Error {
  readonly kind: BadBatchKind;

  constructor(kind: BadBatchKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Where the batch at `start` ends; undefined if it is not whole: a broker cuts its answer off anywhere. */
export function batchEnd(bytes: Buffer, start: number, limit: number): number | undefined {
  if (start + at.magic >= limit) return undefined;
  const length = bytes.readInt32BE(start + at.batchLength);
  const isOld = bytes.readInt8(start + at.magic) < 2;
  if (length < (isOld ? 14 : at.records - lengthPrefix)) throw new BadBatch('checksum', `a batch of ${length} bytes`);
  const end = start + lengthPrefix + length;
  return end <= limit ? end : undefined;
}

/** Of the batch at `start`: it comes first in all message formats. */
export function baseOffsetAt(bytes: Buffer, start: number): number {
  return readInt64(bytes, start);
}

/** Only the length and the offsets, unchecked: enough to know what to ask for next. */
export function readOffsets(bytes: Buffer, start: number, end: number, into: Batch): void {
  into.start = start;
  into.end = end;
  into.baseOffset = readInt64(bytes, start);
  const magic = bytes.readInt8(start + at.magic);
  if (magic !== 2) throw new BadBatch('oldFormat', formatText(magic));
  into.lastOffset = into.baseOffset + bytes.readInt32BE(start + at.lastOffsetDelta);
}

/** All of it, with its checksum. */
export function readBatch(bytes: Buffer, start: number, end: number, into: Batch): void {
  readOffsets(bytes, start, end, into);
  const stored = bytes.readUInt32BE(start + at.crc);
  const computed = crc32c(bytes, start + at.attributes, end);
  if (stored !== computed) throw new BadBatch('checksum', 'its checksum is wrong');
  const attributes = bytes.readInt16BE(start + at.attributes);
  into.records = start + at.records;
  into.codec = attributes & 7;
  into.isLogAppendTime = (attributes & 8) !== 0;
  into.isTransactional = (attributes & 16) !== 0;
  into.isControl = (attributes & 32) !== 0;
  into.hasDeleteHorizon = (attributes & 64) !== 0;
  into.baseTimestampMs = readInt64(bytes, start + at.baseTimestamp);
  into.maxTimestampMs = readInt64(bytes, start + at.maxTimestamp);
  into.producerId = readInt64(bytes, start + at.producerId);
  into.recordCount = bytes.readInt32BE(start + at.recordCount);
  if (into.lastOffset < into.baseOffset) {
    into.lastOffset = into.baseOffset;
    throw new BadBatch('torn', 'its last offset is below its first');
  }
  if (into.recordCount < 0) throw new BadBatch('torn', `it counts ${into.recordCount} records`);
}

/** Beyond 2^53 it is rounded, as are timestamps that no calendar knows. */
export function readInt64(bytes: Buffer, start: number): number {
  return bytes.readInt32BE(start) * 0x1_0000_0000 + bytes.readUInt32BE(start + 4);
}

function formatText(magic: number): string {
  if (magic === 0 || magic === 1) {
    return `it is in message format v${magic}, of Kafka before 0.11, which is not read; let the topic be rewritten (message.format.version) or scan from a later offset`;
  }
  return `it is in message format v${magic}, which is not known`;
}
