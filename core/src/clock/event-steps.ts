/** How event time goes on from record to record: it gives a clock that was set away, where delays do not. */
import type { Pair } from '../report.ts';

/** Within the second that a pair stands for: the smallest and the largest step of event time between records. */
export interface EventSteps {
  readonly leastMs: number;
  readonly mostMs: number;
}

export interface EventGaps {
  /** The event-time gaps of late, for telling a leap from a pause. */
  readonly gapsMs: number[];
  /** Event time ran backwards in a second whose smallest pair is from before that: the next seconds tell what it was. */
  ranBack: { readonly byMs: number; readonly untilMs: number } | undefined;
}

const maxGaps = 64;
const ranBackMs = 3_000;

export function rememberGap({ gapsMs }: EventGaps, gapMs: number): void {
  gapsMs.push(gapMs);
  if (gapsMs.length > maxGaps) gapsMs.shift();
}

export function leapMs({ gapsMs }: EventGaps, { mostMs }: EventSteps): number {
  return mostMs - Math.max(0, ...gapsMs);
}

/** Threads that share a producer write a little out of order all the time: only what is unusual counts. */
export function backMs({ gapsMs }: EventGaps, { leastMs }: EventSteps): number {
  return Math.min(0, ...gapsMs) - leastMs;
}

export function keepRanBack(gaps: EventGaps, byMs: number, { toMs }: Pair): void {
  gaps.ranBack = { byMs, untilMs: toMs + ranBackMs };
}

/** −∞: it did not, lately. */
export function takeRanBack(gaps: EventGaps, { toMs }: Pair): number {
  const { ranBack } = gaps;
  gaps.ranBack = undefined;
  return ranBack !== undefined && toMs <= ranBack.untilMs ? ranBack.byMs : Number.NEGATIVE_INFINITY;
}
