/** The smallest pair of each two cells of two clocks: an hour of records is no more than its cells. */
import { ageMs, cellOf, defaultPromises } from '../clock/evidence.ts';
import type { Pair } from '../report.ts';
import { type ClockAt, type ClockFold, clockLimits, type PairFold } from './clock-fold.ts';

export interface PairOf {
  readonly from: ClockAt;
  readonly to: ClockAt;
  readonly isAssumed?: boolean;
}

export function keepPair(fold: ClockFold, of: PairOf, { fromMs, toMs }: Pair, receivedMs: number): void {
  const pair = pairFold(fold, of);
  if (pair === undefined) {
    fold.overflow.clockPairs++;
    return;
  }
  const key = `${cellOf(defaultPromises, fromMs)}/${cellOf(defaultPromises, toMs)}`;
  const limitMs = toMs - fromMs + ageMs(defaultPromises, fromMs) + ageMs(defaultPromises, toMs);
  const known = pair.cells.get(key);
  if (known !== undefined) {
    if (limitMs < known.limitMs) {
      known.fromMs = fromMs;
      known.toMs = toMs;
      known.limitMs = limitMs;
    }
    return;
  }
  trim(fold, pair, receivedMs);
  if (fold.cells >= clockLimits.maxCells) {
    fold.overflow.clockPairs++;
    return;
  }
  pair.cells.set(key, { fromMs, toMs, limitMs, sinceMs: receivedMs });
  fold.cells++;
}

/** Lets go of what is older than the window: all pairs, before they are solved. */
export function trimPairs(fold: ClockFold, nowMs: number): void {
  for (const [key, pair] of fold.pairs) {
    trim(fold, pair, nowMs);
    if (pair.cells.size === 0) fold.pairs.delete(key);
  }
}

/** What is known of the clock before it was set has nothing to do with what it shows now. */
export function forgetPairsOf(fold: ClockFold, id: string): void {
  for (const [key, pair] of fold.pairs) {
    if (pair.from.id !== id && pair.to.id !== id) continue;
    fold.cells -= pair.cells.size;
    fold.pairs.delete(key);
  }
}

function pairFold(fold: ClockFold, { from, to, isAssumed = false }: PairOf): PairFold | undefined {
  const key = `${from.id}\n${from.epoch}\n${to.id}\n${to.epoch}\n${isAssumed}`;
  const known = fold.pairs.get(key);
  if (known !== undefined) return known;
  if (fold.pairs.size >= clockLimits.maxPairs) return undefined;
  const pair: PairFold = { from, to, isAssumed, cells: new Map() };
  fold.pairs.set(key, pair);
  return pair;
}

function trim(fold: ClockFold, { cells }: PairFold, nowMs: number): void {
  for (const [key, { sinceMs }] of cells) {
    if (nowMs - sinceMs <= clockLimits.windowMs && cells.size < clockLimits.maxCellsPerPair) return;
    cells.delete(key);
    fold.cells--;
  }
}
