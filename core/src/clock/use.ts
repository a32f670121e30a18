/**
 * Is event time a reading of the producer's clock? Only then may it feed drift, steps and bounds.
 *
 * Sensor times, replays and business dates look like clocks with wild delays. Two things give them away: a clock runs at
 * the speed of time (nothing but a queue moves the floor by 2 %), and it does not run backwards from record to record. A
 * replay runs evenly at another speed. What reads a real clock and shows it 300 s late at speed 1 cannot be told from a
 * clock that is 300 s behind: it counts as a clock, and its offset is then no proof.
 */
import type { Pair } from '../report.ts';
import { addToFloor, createFloor, type Floor, floorLine } from './floor.ts';

export type EventTimeUse = 'clock' | 'replay' | 'not-a-clock';

/** Owned and changed by `watchUse`. */
export interface UseWatch {
  readonly floor: Floor;
  records: number;
  /** Records whose event time is below that of the record before. */
  backwards: number;
  last: Pair | undefined;
  /** What it was until its clock was set: until enough is seen of it since then. */
  before: EventTimeUse | undefined;
}

const windowMs = 300_000;
const slopeOfNoClock = 0.02;
const monotoneShare = 0.95;
const hugOfNoClockMs = 250;
const enough = { records: 20, spanMs: 20_000 } as const;

export function createUseWatch(): UseWatch {
  return { floor: createFloor(windowMs), records: 0, backwards: 0, last: undefined, before: undefined };
}

/** Pairs in the order of their appends. */
export function watchUse(watch: UseWatch, pair: Pair): void {
  if (watch.last !== undefined && pair.fromMs < watch.last.fromMs) watch.backwards += 1;
  watch.records += 1;
  watch.last = pair;
  addToFloor(watch.floor, pair);
}

/** The records of a second: the pair with the smallest difference, and how many of how many ran backwards. */
export function watchUseOfSecond(
  watch: UseWatch,
  second: { readonly pair: Pair; readonly records: number; readonly backwards: number },
): void {
  countUse(watch, second);
  addToFloor(watch.floor, second.pair);
}

/** Those of a second whose pair is not of the floor. */
export function countUse(
  watch: UseWatch,
  { records, backwards }: { readonly records: number; readonly backwards: number },
): void {
  watch.records += records;
  watch.backwards += backwards;
}

/**
 * That clock was set, or its path has changed: a line over both sides of that would say that event time runs at another speed,
 * and a clock that leapt ahead by seconds would be taken for a replay.
 */
export function restartUse(watch: UseWatch, atMs: number): void {
  const { points } = watch.floor;
  const since = points.findIndex((point) => point.atMs >= atMs);
  const after = since === -1 ? [] : points.splice(since);
  watch.before = eventTimeUse(watch);
  points.splice(0, points.length, ...after);
}

/** Undefined until enough was seen. */
export function eventTimeUse(watch: UseWatch, quantumMs = 1): EventTimeUse | undefined {
  const line = floorLine(watch.floor.points, quantumMs);
  if (watch.records < enough.records || line === undefined || line.spanMs < enough.spanMs) return watch.before;
  const monotone = watch.backwards <= (1 - monotoneShare) * (watch.records - 1);
  if (!monotone) return 'not-a-clock';
  if (Math.abs(line.slope) > slopeOfNoClock) return 'replay';
  return line.hugMs > hugOfNoClockMs ? 'not-a-clock' : 'clock';
}
