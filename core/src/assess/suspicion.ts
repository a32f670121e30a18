import { slotMs } from '../habits/day-rhythm.ts';
import { isInHabit, usualNowMs } from '../habits/rhythms.ts';
import { chanceOf } from '../habits/tail.ts';
import type { SourceFold } from '../ingest/state.ts';
import type { TopicPartition } from '../report.ts';

/**
 * A source is silent beyond its own habit while others move the stream time on. It may be cut off, or have nothing to say:
 * from here both look alike, so nobody is accused. What can be said is how unusual the silence is, and how this source's
 * unusual silences ended before.
 */
export interface Suspicion {
  /** When its last record was appended. */
  readonly sinceMs: number;
  readonly silentMs: number;
  /** The gap that nine of ten of its last gaps stay below, and the longest that it was silent of its own accord. */
  readonly usualGapMs: number;
  readonly longestGapMs: number;
  /** How long it is usually silent at most at this time of the day; absent while less than two days are known. */
  readonly usualNowMs?: number;
  /** Of a source that is silent on one leader only: which, and its partitions there. */
  readonly leader?: number;
  readonly partitions?: readonly TopicPartition[];
  /** How likely its own rhythm makes a silence this long: near 1 in its habit, near 0 far beyond it. */
  readonly chanceOfHabit: number;
  /** How its unusual silences ended before: with fresh events only, or with events that had been held up. */
  readonly earlier: { readonly idle: number; readonly cut: number };
  /** Of a source that is back with late records: what is missing to tell whether they were held up. */
  readonly undecided?: string;
  /** How sure a cut is, 0 to 1. Without a history not above one half, for idle and cut off look alike. */
  readonly likelihood: number;
}

/** Below this a silence is nothing to speak of: a hiccup, the attempt after it, a poll and a report. */
export const leastSuspectMs = 6_000;
/** A silence that the source's rhythm brings less often than once a day is beyond its habit. */
const rarerThanMs = 86_400_000;

/** What is silent: a source, or what it writes to one leader. */
export type Silent = Pick<SourceFold, 'gapsMs' | 'records' | 'usualGapMs' | 'lastSeenMs' | 'earlier'> &
  Partial<Pick<SourceFold, 'rhythm' | 'continuedBy'>>;

/** Undefined: the silence is within its habit, or too little of that is known. */
export function suspicionOf(of: Silent, silentMs: number): Suspicion | undefined {
  const { gapsMs } = of;
  if (silentMs < leastSuspectMs || of.records < leastRecords) return undefined;
  const { idle, cut, idleMs } = of.earlier;
  const nowMs = of.lastSeenMs + silentMs;
  if (isInHabit(of, nowMs)) return undefined;
  const usualMs = usualNowMs(of, nowMs);
  // How long it was idle once is within its habit, also when its latest gaps are short. Where its days are known, what took
  // longer than a part of one is a habit of its time of day only.
  const mostMs = usualMs === undefined ? Number.POSITIVE_INFINITY : slotMs;
  const longestGapMs = [idleMs, ...gapsMs].reduce((most, ms) => (ms <= mostMs ? Math.max(most, ms) : most), 0);
  const chanceOfHabit = chanceOf(silentMs, gapsMs);
  const gapsADay = rarerThanMs / Math.max(1_000, of.usualGapMs);
  if (silentMs <= longestGapMs || chanceOfHabit * gapsADay > 1) return undefined;
  return {
    sinceMs: of.lastSeenMs,
    silentMs,
    usualGapMs: of.usualGapMs,
    longestGapMs,
    ...(usualMs === undefined ? {} : { usualNowMs: usualMs }),
    chanceOfHabit,
    earlier: { idle, cut },
    // The rule of succession: without any history one half, and never quite sure.
    likelihood: ((1 - chanceOfHabit) * (cut + 1)) / (cut + idle + 2),
  };
}

/** Fewer records are no habit. */
const leastRecords = 10;
