/**
 * A closed interval in milliseconds: the true value is inside. Everything that a clock had a hand in is one.
 * `-Infinity` and `Infinity` stand for a side that nothing bounds; they never reach the wire (see `report.ts`).
 */
export interface Interval {
  readonly lowMs: number;
  readonly highMs: number;
}

/** What a bound rests on. *Proved*: causality and stated clock bounds alone. *Assumed*: also a source's habit or a setting. */
export type Basis = 'proved' | 'assumed';

/** An instant that is only known to lie in an interval, and what that rests on. */
export interface BoundedInstant extends Interval {
  readonly basis: Basis;
  /** What was assumed, in words for the page; absent when proved. */
  readonly assumption?: string;
}

export function widthMs(interval: Interval): number {
  return interval.highMs - interval.lowMs;
}

export function middleMs(interval: Interval): number {
  return (interval.lowMs + interval.highMs) / 2;
}

/** The part that both share, or undefined when they contradict each other. */
export function intersect(a: Interval, b: Interval): Interval | undefined {
  const lowMs = Math.max(a.lowMs, b.lowMs);
  const highMs = Math.min(a.highMs, b.highMs);
  return lowMs <= highMs ? { lowMs, highMs } : undefined;
}

export function contains(interval: Interval, valueMs: number): boolean {
  return interval.lowMs <= valueMs && valueMs <= interval.highMs;
}

/** The bound of a clock that was read `ageMs` ago and may have drifted by `driftPpm` either way since. */
export function widen(interval: Interval, by: { readonly ageMs: number; readonly driftPpm: number }): Interval {
  const slackMs = (Math.abs(by.ageMs) * by.driftPpm) / 1e6;
  return { lowMs: interval.lowMs - slackMs, highMs: interval.highMs + slackMs };
}
