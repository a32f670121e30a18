import { nearestRank } from '../nearest-rank.ts';

/**
 * How seldom a source brings what it was not seen to bring yet: the tail beyond the ninth decile is taken for exponential, as
 * thick as the stretch from the median to the ninth decile makes it: exact for what comes by chance, cautious for a rhythm.
 */
interface Tail {
  readonly usualMs: number;
  readonly thickMs: number;
}

/** However regular a source is, a tail thinner than this share of what is usual, or than this time, is not believed. */
const leastTailRatio = 0.1;
const leastTailMs = 250;

/** How likely one is at least this long. */
export function chanceOf(ms: number, valuesMs: ArrayLike<number>): number {
  const { usualMs, thickMs } = tailOf(valuesMs);
  return ms <= usualMs ? 1 : 0.1 * Math.exp((usualMs - ms) / thickMs);
}

/** What one of so many is as long as. */
export function longestOf(count: number, valuesMs: ArrayLike<number>): number {
  const { usualMs, thickMs } = tailOf(valuesMs);
  return usualMs + thickMs * Math.max(0, Math.log(0.1 * count));
}

function tailOf(valuesMs: ArrayLike<number>): Tail {
  const usualMs = valuesMs.length === 0 ? 0 : nearestRank(valuesMs, 0.9);
  const medianMs = valuesMs.length === 0 ? 0 : nearestRank(valuesMs, 0.5);
  return { usualMs, thickMs: Math.max((usualMs - medianMs) / Math.log(5), leastTailRatio * usualMs, leastTailMs) };
}
