/**
 * The time of day once per record. `Date.now()` makes an object for each number that it returns; `performance.now()` does
 * not, and is quicker, but it knows nothing of the time of day and does not follow when the clock is set. So it only counts
 * the milliseconds since the last look at the real clock, which is taken with every fetch and before every report.
 */
export interface WallClock {
  /** What to add to `performance.now()`. */
  baseMs: number;
}

export function createWallClock(): WallClock {
  const clock = { baseMs: Number.NaN };
  lookAtClock(clock);
  return clock;
}

/** Call this after reading the time of what records are compared with: then none of them is earlier by rounding. */
export function lookAtClock(clock: WallClock): void {
  clock.baseMs = Date.now() - performance.now();
}
