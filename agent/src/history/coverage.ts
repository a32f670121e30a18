import type { Isolation } from './fetch-protocol.ts';

/** What a scan has read and what it has not: nothing is left out without being counted here. */
export interface Coverage {
  readonly topic: string;
  readonly isolation: Isolation;
  readonly partitions: readonly PartitionCoverage[];
  /** Every partition was read to its end. What was skipped, and why, is counted all the same. */
  readonly isComplete: boolean;
  readonly records: number;
  /** As stored and sent: packed, with headers, keys and values. */
  readonly bytes: number;
  /** From the first fetch sent to the last record read. */
  readonly elapsedMs: number;
  /** Hand it to another scan as `resume`: it reads on from here. */
  readonly resume: string;
}

export interface PartitionCoverage {
  readonly partition: number;
  /** What was asked for: from the first, up to and without the second. */
  readonly fromOffset: number;
  readonly toOffset: number;
  /** All below has been read and handed over, or counted in `skipped`. */
  readonly nextOffset: number;
  readonly end: PartitionEnd;
  readonly records: number;
  readonly bytes: number;
  readonly skipped: SkippedOffsets;
  readonly timestamps: OddTimestamps;
  /** The first of them; `skipped.unreadable` counts all their offsets. */
  readonly unreadable: readonly UnreadableBatch[];
}

/** `stopped`: the reader wanted no more. */
export type PartitionEnd =
  | { readonly kind: 'reading' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly offset: number; readonly why: string };

/** Offsets without a record for the reader, by reason. */
export interface SkippedOffsets {
  /** In no batch, or in one but without a record: the log cleaner took it. */
  compacted: number;
  /** Of transactions that were given up; not where uncommitted records are read. */
  aborted: number;
  /** Markers where a transaction ends. */
  markers: number;
  /** Retention, or somebody who deleted records, has passed over the start. */
  removed: number;
  /** Of batches with a wrong checksum or structure, or packed in a way that nobody knows. */
  unreadable: number;
}

/** Records handed over whose create time no calendar knows; they count as they are. */
export interface OddTimestamps {
  /** -1: the producer gave none. */
  none: number;
  before1970: number;
  /** Beyond what nanoseconds in 64 bits can say. */
  after2262: number;
  /** The log cleaner has put something else in its place. */
  overwritten: number;
}

export interface UnreadableBatch {
  readonly offset: number;
  readonly why: string;
}

const lastMsOf2262 = 9_223_372_036_854;

export function countOdd(odd: OddTimestamps, createMs: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const ms = createMs[i]!;
    if (ms >= 0 && ms <= lastMsOf2262) continue;
    if (ms === -1) odd.none++;
    else if (ms < 0) odd.before1970++;
    else if (ms > lastMsOf2262) odd.after2262++;
    else odd.overwritten++;
  }
}

export interface ResumePoint {
  readonly topic: string;
  readonly isolation: Isolation;
  /** Partition, next offset, end. */
  readonly partitions: readonly (readonly [number, number, number])[];
}

export function writeResume(point: ResumePoint): string {
  return JSON.stringify(point);
}

export function readResume(text: string): ResumePoint {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    read = undefined;
  }
  if (isResumePoint(read)) return read;
  throw new Error(
    `resume: got ${JSON.stringify(text.slice(0, 80))}; expected what a scan gave as its coverage's "resume"`,
  );
}

function isResumePoint(read: unknown): read is ResumePoint {
  const { topic, isolation, partitions } = (read ?? {}) as { [name: string]: unknown };
  return (
    typeof topic === 'string' &&
    (isolation === 'readCommitted' || isolation === 'readUncommitted') &&
    Array.isArray(partitions) &&
    partitions.every(
      (one) => Array.isArray(one) && one.length === 3 && one.every((n) => Number.isSafeInteger(n) && n >= 0),
    )
  );
}
