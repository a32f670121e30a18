import { type Lane, laneOf, type PartitionState, type RecordSeen } from '@tidemark/core';

/**
 * Records that we have read and the consumer has not committed yet, of one partition, in order: times and source of each,
 * no key, no value. What came by one fetch stays together, because it has that fetch's time in common.
 */
export interface Held {
  readonly fetches: HeldFetch[];
  size: number;
}

interface HeldFetch {
  readonly answeredMs: number;
  readonly lastOffset: number;
  readonly records: HeldRecord[];
  next: number;
}

interface HeldRecord {
  lane: Lane;
  readonly offset: number;
  readonly eventMs: number;
  readonly createMs: number;
  readonly appendMs: number;
  readonly startsBatch: boolean;
  readonly leaderEpoch: number | undefined;
}

export function createHeld(): Held {
  return { fetches: [], size: 0 };
}

export function beginFetch(answeredMs: number, lastOffset: number): HeldFetch {
  return { answeredMs, lastOffset, records: [], next: 0 };
}

export function holdRecord(fetch: HeldFetch, seen: RecordSeen): void {
  const { lane, offset, eventMs, createMs, appendMs, startsBatch, leaderEpoch } = seen;
  fetch.records.push({ lane, offset, eventMs, createMs, appendMs, startsBatch, leaderEpoch });
}

export function holdFetch(held: Held, fetch: HeldFetch): void {
  if (fetch.records.length === 0) return;
  held.fetches.push(fetch);
  held.size += fetch.records.length;
}

/** When the next one came, or Infinity if none is held below `offset`. */
export function nextAnsweredMs(held: Held, offset: number): number {
  const first = held.fetches[0];
  return first !== undefined && first.records[first.next]!.offset < offset
    ? first.answeredMs
    : Number.POSITIVE_INFINITY;
}

/** Gives those of the first fetch that are below `offset`, in order, and lets go of them. */
export function takeFirst(held: Held, offset: number, take: (record: HeldRecord, fetch: HeldFetch) => void): void {
  const first = held.fetches[0];
  if (first === undefined) return;
  const { records } = first;
  while (first.next < records.length && records[first.next]!.offset < offset) {
    take(records[first.next++]!, first);
    held.size--;
  }
  if (first.next === records.length) held.fetches.shift();
}

/** The partition has moved to another task: what is held will be that one's. */
export function moveHeld(held: Held, to: PartitionState): void {
  for (const { records } of held.fetches) {
    for (const record of records) record.lane = laneOf(to, record.lane.source, record.lane.producerId);
  }
}

export function dropHeld(held: Held): void {
  held.fetches.length = 0;
  held.size = 0;
}
