import type { State } from './ingest/state.ts';
import type { Observation } from './observe/observation.ts';

/**
 * Records that come materially late where none did a moment ago are *news*: a source that was cut off is back, a clock has
 * leapt. Who is on call should not wait for the end of the second, the next report and the next tick to hear of it, so both
 * shells look for news every few milliseconds and report, or judge, out of turn. What goes on being late is no news: it
 * comes with the second, as all does.
 */

/** Late by at least this much is material; less has, as a rule, no cause worth a name. */
export const materialMs = 1_000;
/** A lane that was materially late within this time is known to be. */
const knownForMs = 10_000;
/** What came in the same fetch tells more than its first record alone. */
const gatherMs = 150;
/** Between two reports, or two ticks, out of turn: so they cost at most half as much again. */
const leastBetweenNewsMs = 2_000;
/** How often the shells look. */
export const lookForNewsEveryMs = 50;

/** Whether records that are materially late again, after so long, are news. */
export function isNews(lastMaterialMs: number, nowMs: number): boolean {
  return !(Math.abs(nowMs - lastMaterialMs) < knownForMs);
}

/** Whether an agent should report out of turn, `nowMs` by the clock that its records are processed by. */
export function isNewsDue({ news }: Observation, nowMs: number): boolean {
  if (Number.isNaN(news.sinceMs)) return false;
  return nowMs - news.sinceMs >= gatherMs && !(nowMs - news.toldMs < leastBetweenNewsMs);
}

/** Whether a collector should judge out of turn; `lastMs`: when it last did, NaN for never. */
export function isTickDue(
  state: State,
  { nowMs, lastMs }: { readonly nowMs: number; readonly lastMs: number },
): boolean {
  return state.hasNews && !(nowMs - lastMs < leastBetweenNewsMs);
}
