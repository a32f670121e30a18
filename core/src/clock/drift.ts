import { type Floor, floorLine } from './floor.ts';

/** How fast one clock runs against another. */
export interface Drift {
  /** > 0: the `from` clock (the producer's) runs fast against the `to` clock (the broker's). */
  readonly ppm: number;
  readonly errorPpm: number;
  readonly spanMs: number;
}

/**
 * The slope of the floor, sign reversed: a fast producer writes ever later event times, so the gap to the broker's time
 * shrinks. Best fed with the first record of each batch, which alone did not wait for the others. Undefined where nothing
 * can be said yet.
 */
export function driftOf(floor: Floor, quantumMs = 1): Drift | undefined {
  const line = floorLine(floor.points, quantumMs);
  if (line === undefined) return undefined;
  return { ppm: 0 - line.slope * 1e6, errorPpm: line.slopeError * 1e6, spanMs: line.spanMs };
}

/** What a window of that length can tell apart from the noise of real networks. Nothing under a minute. */
const alarms: readonly { readonly spanMs: number; readonly abovePpm: number }[] = [
  { spanMs: 1_800_000, abovePpm: 2 },
  { spanMs: 300_000, abovePpm: 10 },
  { spanMs: 60_000, abovePpm: 150 },
];

/** Beyond what its window can tell, and beyond its own error. Even then a floor that slopes so steeply may be no clock. */
export function isDriftWorthTelling(drift: Drift): boolean {
  const alarm = alarms.find(({ spanMs }) => drift.spanMs >= spanMs);
  const size = Math.abs(drift.ppm);
  return alarm !== undefined && size > alarm.abovePpm && size > drift.errorPpm && size <= fastestClockPpm;
}

/** No oscillator is that far off: what moves faster is a queue that fills or drains, or event time that is not a clock. */
export const fastestClockPpm = 1000;
