import type { State } from './ingest/state.ts';
import type { Observation } from './observe/observation.ts';

/**
 * Records that come materially late where none did a moment ago are *news*: a source that was cut off is back, a clock has
 * leapt. Who is on call should not wait for the end of the second, the next report and the next tick to hear of it, so both
 * shells look for news every few milliseconds and report, or judge, out of turn.
 *
 *     records  ─ ─ ─ silence ─ ─ ─ ●●      ●●●●●●   the next fetch may bring what decides
 *     told                           ▲      ▲       as news, and as what follows news for a moment
 *
 * What goes on being late is no news: it comes with the second, as all does.
 * Traffic cannot drive what that costs: a turn that was taken is earned again with time alone.
 */
export interface News {
  /** Since when something waits to be told out of turn; NaN: nothing does. */
  sinceMs: number;
  /** When the latest came; NaN: there was none. */
  cameMs: number;
  /** When it was last told out of turn, NaN: never, and how many turns were left then. */
  toldMs: number;
  turns: number;
}

/** Late by at least this much is material; less has, as a rule, no cause worth a name. */
export const materialMs = 1_000;
/** A lane that was materially late within this time is known to be. */
const knownForMs = 10_000;
/** What follows may be what decides: a consumer that polls each second has the next fetch in by then. */
const followForMs = 2_000;
const followEveryMs = 250;
/** Reports, or ticks, out of turn: so many at once, and one more each so often, so that they cost at most half as much again. */
const maxTurns = 4;
const earnTurnMs = 2_000;
/** What follows leaves a turn to the next news. */
const turnsKept = 1;
/** How often the shells look. */
export const lookForNewsEveryMs = 50;

export function createNews(): News {
  return { sinceMs: Number.NaN, cameMs: Number.NaN, toldMs: Number.NaN, turns: maxTurns };
}

/** Whether records that are materially late again, after so long, are news. */
export function isNews(lastMaterialMs: number, nowMs: number): boolean {
  return !isWithin(knownForMs, lastMaterialMs, nowMs);
}

export function noteNews(news: News, atMs: number): void {
  if (Number.isNaN(news.sinceMs)) news.sinceMs = atMs;
  news.cameMs = atMs;
}

/** All that waited has been told: out of turn if it was due. */
export function noteTold(news: News, nowMs: number, wasDue: boolean): void {
  news.sinceMs = Number.NaN;
  if (!wasDue) return;
  news.turns = turnsAt(news, nowMs) - 1;
  news.toldMs = nowMs;
}

/** Whether an agent should report out of turn, `nowMs` by the clock that its records are processed by. */
export function isNewsDue({ news, tasks }: Observation, nowMs: number): boolean {
  return isDue(news, nowMs, () => tasks.some(({ openLanes, cells }) => openLanes.length > 0 || cells.length > 0));
}

/** Whether a collector should judge out of turn. */
export function isTickDue({ news, hasUnjudged }: State, nowMs: number): boolean {
  return isDue(news, nowMs, () => hasUnjudged);
}

function isDue(news: News, nowMs: number, hasMore: () => boolean): boolean {
  if (!Number.isNaN(news.sinceMs)) return turnsAt(news, nowMs) >= 1;
  return (
    isWithin(followForMs, news.cameMs, nowMs) &&
    !isWithin(followEveryMs, news.toldMs, nowMs) &&
    turnsAt(news, nowMs) >= 1 + turnsKept &&
    hasMore()
  );
}

function turnsAt({ turns, toldMs }: News, nowMs: number): number {
  return Number.isNaN(toldMs) ? maxTurns : Math.min(maxTurns, turns + Math.abs(nowMs - toldMs) / earnTurnMs);
}

/** A clock that was set back far is as good as one that has gone on far. */
function isWithin(ms: number, thenMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - thenMs) < ms;
}
