import type { Arrival } from '../habits/arrival.ts';

/**
 * A backfill: a job replays events that are long past. They are as late as a long cut's, but nothing held them up: the job
 * never spoke before, or of later events, and its event time runs at the job's own speed. A source that was cut off does catch
 * up with the present in the end; a replay does not.
 */
export interface Replay {
  state: 'unknown' | 'yes' | 'no';
  /** It may have been there before anybody looked, and what looks like a replay be a backlog that it is working off. */
  readonly mayBeBacklog: boolean;
  readonly first: Arrival;
  last: Arrival;
  records: number;
  outOfOrder: number;
  /** The greatest step of its event time that only a few records stand for. */
  leapMs: number;
}

/** Events younger than this at their append are not called a backfill: shippers and batches take up to a minute or so. */
const leastAgeMs = 60_000;
const leastRecords = 5;
/** Event time that runs this much faster or slower than time is read from somewhere, not made now. */
const leastSpeed = 1.5;
/** A source this old that still speaks at the speed of time is one whose clock or pipeline is always behind. */
const undecidedMs = 60_000;
/** A source this often out of order within itself is one that is unordered by nature. */
export const unorderedRatio = 0.05;

export function createReplay(first: Arrival, mayBeBacklog = false): Replay {
  return { state: 'unknown', mayBeBacklog, first, last: first, records: 0, outOfOrder: 0, leapMs: 0 };
}

/** A source that was silent for longer than this, and would have been heard of, has no backlog of before. */
const leastWatchedMs = 300_000;

/**
 * Whether a source that is new in a partition may have been there before that was watched: it was not seen to begin (a producer
 * begins with sequence number 0), and brings what was made before.
 */
export function mayBeBacklog(
  { eventMs, lowMs }: Arrival,
  { sinceMs, firstSequence }: { readonly sinceMs: number; readonly firstSequence: number | undefined },
): boolean {
  return firstSequence !== 0 && eventMs < sinceMs && lowMs - sinceMs < leastWatchedMs;
}

/** What another cell of a lane says of it; `quickest` is its least delayed record. */
export function followReplay(
  replay: Replay,
  { quickest, last }: { readonly quickest: Arrival; readonly last: Arrival },
  cell: { readonly count: number; readonly outOfOrder: number },
): void {
  if (cell.count < leastRecords) replay.leapMs = Math.max(replay.leapMs, last.eventMs - replay.last.eventMs);
  replay.last = last;
  replay.records += cell.count;
  replay.outOfOrder += cell.outOfOrder;
  if (ageOf(quickest) < leastAgeMs) replay.state = 'no';
  else if (replay.state === 'unknown') {
    if (!replay.mayBeBacklog && isInOrder(replay) && isReplay(replay)) replay.state = 'yes';
    else if (last.lowMs - replay.first.lowMs > undecidedMs) replay.state = 'no';
  }
}

/** What comes in any order has no speed: its first and last event times are chance. */
function isInOrder({ records, outOfOrder }: Replay): boolean {
  return outOfOrder < unorderedRatio * records;
}

/** `leapMs`: what one step alone has made is no speed. */
export function isReplay(of: {
  readonly first: Arrival;
  readonly last: Arrival;
  readonly records: number;
  readonly leapMs: number;
}): boolean {
  const { first, last, records, leapMs } = of;
  if (records < leastRecords || ageOf(last) < leastAgeMs) return false;
  const eventsMs = last.eventMs - first.eventMs;
  const tookMs = Math.max(0, last.lowMs - first.lowMs);
  return eventsMs - leapMs > leastSpeed * tookMs + 1_000 || eventsMs * leastSpeed < tookMs - 10_000;
}

function ageOf({ eventMs, highMs }: Arrival): number {
  return highMs - eventMs;
}
