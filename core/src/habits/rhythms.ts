import { assessLimits } from '../assess/assessment.ts';
import type { LaneFold, SourceFold, State } from '../ingest/state.ts';
import { createRhythm, type DayRhythm, dayMs, learnRhythm, slotMs, slotOf, usualSilenceMs } from './day-rhythm.ts';

/**
 * The days of all sources. They outlive the source in the state, which is let go of after a day of silence, or when its
 * consumers are: after a weekend it is the same one.
 */
export interface Rhythms {
  readonly bySource: Map<string, DayRhythm>;
  /** When it was last looked for those that are over. */
  slot: number;
}

const keptMs = 8 * dayMs;

export function createRhythms(): Rhythms {
  return { bySource: new Map(), slot: 0 };
}

/** Records of it were appended between the two instants; `sinceMs`: when it was first heard of. */
export function learnDay(
  state: State,
  of: SourceFold,
  at: { readonly sinceMs: number; readonly fromMs: number; readonly toMs: number; readonly isHeld: boolean },
): void {
  if (!Number.isFinite(at.toMs) || of.source.kind === 'overflow') return;
  const { bySource } = state.rhythms;
  if (of.rhythm === undefined) {
    // Most producer ids of a short-lived job do not live that long.
    if (at.toMs - at.sinceMs < slotMs) return;
    if (bySource.size >= assessLimits.maxRhythms) {
      state.overflow.rhythms++;
      return;
    }
    of.rhythm = createRhythm(of.lastSeenMs);
    bySource.set(of.key, of.rhythm);
  }
  learnRhythm(of.rhythm, at);
}

/** What came was held up before it reached the broker: by what, is not decided yet. */
export function isHeldUp({ holds }: LaneFold, secondMs: number): boolean {
  const hold = holds.at(-1);
  if (hold === undefined || (hold.kind !== 'pending' && hold.kind !== 'cutOff')) return false;
  return secondMs <= (hold.untilMs ?? Number.POSITIVE_INFINITY);
}

/** It goes on where another one ended: their days are one. */
export function continueDays({ rhythms: { bySource } }: State, before: SourceFold, of: SourceFold): void {
  if (before.rhythm === undefined) return;
  of.rhythm = before.rhythm;
  bySource.set(of.key, of.rhythm);
}

/** They are two after all. */
export function partDays({ rhythms: { bySource } }: State, of: SourceFold): void {
  of.rhythm = undefined;
  bySource.delete(of.key);
}

export function forgetDays({ rhythms }: State, nowMs: number): void {
  const slot = slotOf(nowMs);
  if (slot === rhythms.slot) return;
  rhythms.slot = slot;
  for (const [key, { seenMs }] of rhythms.bySource) if (nowMs - seenMs > keptMs) rhythms.bySource.delete(key);
}

/** How long it is usually silent at most at this time of the day. */
type Daily = Partial<Pick<SourceFold, 'rhythm' | 'continuedBy'>>;

export function usualNowMs({ rhythm }: Daily, nowMs: number): number | undefined {
  return rhythm === undefined ? undefined : usualSilenceMs(rhythm, nowMs);
}

/** So many times what is usual at this time of the day is still chance: the longest of a few gaps varies that much. */
const unusualTimes = 3;

/** Whether its silence is usual at this time of the day; false also while that is not known. */
export function isInHabit(of: Daily & Pick<SourceFold, 'lastSeenMs'>, nowMs: number): boolean {
  return of.continuedBy === undefined && nowMs - of.lastSeenMs <= unusualTimes * (usualNowMs(of, nowMs) ?? 0);
}
