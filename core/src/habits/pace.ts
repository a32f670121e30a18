import { nearestRank } from '../nearest-rank.ts';

/**
 * In which way a source comes: from its last gaps, in whichever partition, and from how many records came lately.
 *
 *     steady     ●●●●●●●●●●●●●●●●●●   no pause worth a word
 *     periodic   ●─────●─────●─────   pauses that are all alike
 *     irregular  ●──●─────●●───●───   pauses as chance makes them
 *     bursty     ●●●●●───────●●●●──   pauses longer than chance makes them among short ones
 */
export const paceKinds = ['steady', 'periodic', 'irregular', 'bursty'] as const;
export type PaceKind = (typeof paceKinds)[number];

export interface Pace {
  /** Undefined: too little is known of it. */
  kind: PaceKind | undefined;
  /** The gap that half of its last gaps stay below. */
  everyMs: number;
  /** When it was first heard of, and when its records were last counted. */
  sinceMs: number;
  countedMs: number;
  /** Its records, each counting for less the older it is. */
  weight: number;
}

/** Reports come each second: shorter pauses are the grain of what is seen. */
const steadyMs = 2_000;
const leastGaps = 10;
/** Fewer records for each pause are no pace. */
const leastRecords = 100;
/** Gaps that differ by less from the middle one are alike. */
const alike = 0.25;
/** Of gaps that come by chance, the ninth decile is ln 10 / ln 2 times the median; twice that is more than chance. */
const burstyTimes = (2 * Math.LN10) / Math.LN2;
/** Records count for the rate in these last minutes. */
const rateOverMs = 300_000;
/** One that comes less often has a gap, not a rate. */
const slowestMs = 60_000;

export function createPace(): Pace {
  return { kind: undefined, everyMs: 0, sinceMs: Number.NaN, countedMs: Number.NaN, weight: 0 };
}

export function countRecords(pace: Pace, count: number, atMs: number): void {
  if (!Number.isFinite(atMs)) return;
  if (Number.isNaN(pace.sinceMs)) pace.sinceMs = pace.countedMs = atMs;
  const passedMs = Math.max(0, atMs - pace.countedMs);
  pace.weight = pace.weight * Math.exp(-passedMs / rateOverMs) + count;
  pace.countedMs += passedMs;
}

export function learnKind(pace: Pace, gapsMs: readonly number[], records: number): void {
  if (gapsMs.length < leastGaps) {
    const pauses = gapsMs.filter((gapMs) => gapMs > steadyMs).length;
    pace.kind = records >= leastRecords * Math.max(1, pauses) ? 'steady' : undefined;
    return;
  }
  const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => nearestRank(gapsMs, share)) as [number, number, number];
  pace.everyMs = middle;
  if (high <= steadyMs) pace.kind = 'steady';
  else if (low >= (1 - alike) * middle && high <= (1 + alike) * middle) pace.kind = 'periodic';
  else pace.kind = high > burstyTimes * middle ? 'bursty' : 'irregular';
}

/** In the last minutes in which it was heard of; undefined where it comes too seldom for that. */
export function recordsPerSecond({ kind, everyMs, sinceMs, countedMs, weight }: Pace): number | undefined {
  const overMs = rateOverMs * (1 - Math.exp(-(countedMs - sinceMs) / rateOverMs));
  if (kind === undefined || everyMs > slowestMs || !(overMs >= 1_000)) return undefined;
  return (weight / overMs) * 1_000;
}
