/** The true stream time and the lead, with how well they are known, as a person on call reads them. */
import type { TaskAssessment } from '../assess/assessment.ts';
import { type Interval, middleMs, widthMs } from '../interval.ts';
import { formatDuration, formatOffset } from './format.ts';

/** Reports come once a second: less than that is no lead that they could show. */
const leastLeadMs = 1_000;
/** What is known to so much is told as one value with a `±`; what is not, by its ends. */
const narrowMs = 5_000;

type Times = Pick<TaskAssessment, 'trueStreamTimeMs' | 'trueStreamTimeBound' | 'leadMs' | 'leadBound'>;

/** An instant to show with what stands behind it: `10:02:37` `± 0.8 s`, or `10:02:11` `or later`. */
export function trueTimeWords({
  trueStreamTimeMs,
  trueStreamTimeBound: bound,
}: Pick<Times, 'trueStreamTimeMs' | 'trueStreamTimeBound'>):
  | { readonly atMs: number; readonly how: string }
  | undefined {
  if (trueStreamTimeMs === undefined) return undefined;
  if (bound === undefined) return { atMs: trueStreamTimeMs, how: '' };
  if (widthMs(bound) <= narrowMs) return { atMs: middleMs(bound), how: `± ${formatDuration(widthMs(bound) / 2)}` };
  return { atMs: bound.lowMs, how: 'or later' };
}

/** `none`, `47 s ± 0.2 s`, or `up to 47 s` where it may as well be none. */
export function leadWords({ leadMs, leadBound }: Pick<Times, 'leadMs' | 'leadBound'>): string {
  if (leadMs === undefined) return 'not known';
  if (leadMs < leastLeadMs) return 'none';
  if (leadBound === undefined) return formatDuration(leadMs);
  return widthMs(leadBound) <= narrowMs
    ? `${formatDuration(middleMs(leadBound))} ± ${formatDuration(widthMs(leadBound) / 2)}`
    : `up to ${formatDuration(leadBound.highMs)}`;
}

/** For who wants to know: both ends, and provided what. */
export function leadBoundWords({ leadBound, trueStreamTimeBound }: Times): string | undefined {
  if (leadBound === undefined) return undefined;
  const provided = trueStreamTimeBound?.assumption;
  return `From ${ends(leadBound)}${provided === undefined ? '' : `: ${provided}`}`;
}

function ends({ lowMs, highMs }: Interval): string {
  return `${formatOffset(lowMs)} to ${formatOffset(highMs)}`;
}
