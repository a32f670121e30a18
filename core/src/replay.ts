import type { Arrival } from './arrival.ts';

/**
 * A backfill: a job replays events that are long past. They are as late as a long cut's, but nothing held them up: the job
 * never spoke before, or of later events, and its event time runs at the job's own speed. A source that was cut off does catch
 * up with the present in the end; a replay does not.
 */
export interface Replay {
  state: 'unknown' | 'yes' | 'no';
  readonly first: Arrival;
  last: Arrival;
  records: number;
}

/** Events younger than this at their append are not called a backfill: shippers and batches take up to a minute or so. */
const leastAgeMs = 60_000;
const leastRecords = 5;
/** Event time that runs this much faster or slower than time is read from somewhere, not made now. */
const leastSpeed = 1.5;
/** A source this old that still speaks at the speed of time is one whose clock or pipeline is always behind. */
const undecidedMs = 60_000;

export function createReplay(first: Arrival): Replay {
  return { state: 'unknown', first, last: first, records: 0 };
}

/** What another cell of a lane says of it; `quickest` is its least delayed record. */
export function followReplay(replay: Replay, quickest: Arrival, last: Arrival, count: number): void {
  replay.last = last;
  replay.records += count;
  if (ageOf(quickest) < leastAgeMs) replay.state = 'no';
  else if (replay.state === 'unknown') {
    if (isReplay(replay)) replay.state = 'yes';
    else if (last.lowMs - replay.first.lowMs > undecidedMs) replay.state = 'no';
  }
}

export function isReplay(of: { readonly first: Arrival; readonly last: Arrival; readonly records: number }): boolean {
  const { first, last, records } = of;
  if (records < leastRecords || ageOf(last) < leastAgeMs) return false;
  const eventsMs = last.eventMs - first.eventMs;
  const tookMs = Math.max(0, last.lowMs - first.lowMs);
  return eventsMs > leastSpeed * tookMs + 1_000 || eventsMs * leastSpeed < tookMs - 10_000;
}

function ageOf({ eventMs, highMs }: Arrival): number {
  return highMs - eventMs;
}
