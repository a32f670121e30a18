import type { TwoEnds } from '../clock/bound.ts';
import type { ClockGrade, Within } from './known-clock.ts';

/** Against one millisecond, and against the smallest grace in use. */
export function gradeOf(ends: TwoEnds, graceMs: number | undefined): ClockGrade {
  return {
    oneMs: within(ends, 1),
    ...(graceMs === undefined ? {} : { grace: { graceMs, within: within(ends, graceMs) } }),
  };
}

/** Proved only: what is assumed of an end is no grade. */
function within({ low, high }: TwoEnds, limitMs: number): Within {
  const least = low.basis === 'proved' ? low.ms : Number.NEGATIVE_INFINITY;
  const most = high.basis === 'proved' ? high.ms : Number.POSITIVE_INFINITY;
  if (least > limitMs || most < -limitMs) return 'no';
  return least >= -limitMs && most <= limitMs ? 'yes' : 'unknown';
}
