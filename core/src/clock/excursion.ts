import type { Pair } from '../report.ts';

/** A record off the floor. */
export interface Seen extends Pair {
  /** When the one who watches saw it, by its own clock. */
  readonly seenMs: number;
  /** Above the floor as it was. */
  readonly heightMs: number;
}

/** A run of records off the floor, kept out of it until it is known what they are. */
export interface Excursion {
  readonly records: Seen[];
  /** Records that came meanwhile, also those on the floor. */
  count: number;
  /** The farthest that event time ran backwards in it, or leapt beyond its usual gaps, and the first record after that. */
  jumpMs: number;
  jumpAt: number;
}

const maxRecords = 4096;

export function createExcursion(): Excursion {
  return { records: [], count: 0, jumpMs: 0, jumpAt: 0 };
}

export function extendExcursion(excursion: Excursion, seen: Seen, jumpMs: number): void {
  excursion.count += 1;
  if (jumpMs > excursion.jumpMs) {
    excursion.jumpMs = jumpMs;
    excursion.jumpAt = excursion.records.length;
  }
  // The first is kept: it says when this began.
  if (excursion.records.length >= maxRecords) excursion.records.splice(1, 1);
  excursion.records.push(seen);
}

export function lowestMs(records: readonly Seen[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const { heightMs } of records) lowest = Math.min(lowest, heightMs);
  return lowest;
}

/** In how many seconds there was one. */
export function secondsOf(records: readonly Seen[]): number {
  return new Set(records.map(secondOf)).size;
}

export function secondOf(pair: Pair): number {
  return Math.floor(pair.toMs / 1000);
}

/** Median height of the lowest record of each second above the lowest of all. */
export function hugOf(records: readonly Seen[]): number {
  const bySecond = new Map<number, number>();
  for (const record of records) {
    const second = secondOf(record);
    bySecond.set(second, Math.min(record.heightMs, bySecond.get(second) ?? Number.POSITIVE_INFINITY));
  }
  const heights = [...bySecond.values()].sort((a, b) => a - b);
  return heights[heights.length >> 1]! - heights[0]!;
}
