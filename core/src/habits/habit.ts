import { nearestRank } from '../nearest-rank.ts';
import { columnOf, copyOfRows, createRows, isFull, keepBelow, pushRow, type Rows, setValue, valueAt } from '../rows.ts';
import { dayMs } from './day-rhythm.ts';
import { longestOf } from './tail.ts';

/**
 * What a source usually does in a partition: how long it is silent between records, and how long its records take from
 * creation to the broker. Silence and delay are judged against this, never against a global timeout.
 *
 * Learnt from the last `window` cells, so it follows a source that changes, in constant space. Delays are kept as
 * `append − event` on two clocks: their smallest value, the *floor*, holds the difference of the clocks and the least transit
 * time together (these cannot be told apart, see `docs/clocks.md`), so `event + floor` is the creation time on the consumer's
 * clock, late by the least transit at most. The floor is taken from the high ends of the append brackets and the usual delay
 * from the low ones, so that a consumer that polls rarely makes no source look slow.
 */
export interface Habit {
  /** A `HabitEntry` each, its fields in their order. */
  readonly entries: Rows;
  cells: number;
  lastAtMs: number;
  /** The smallest and largest delay in the window. */
  leastMs: number;
  mostMs: number;
  usualGapMs: number;
  floorMs: number;
  /** Since when the smallest delay has been rising faster than clocks drift; undefined while it does not. */
  risingSinceMs: number | undefined;
  /** By how much delays differ. */
  usualDelayMs: number;
  /** What three of four cells' slowest records stay below. */
  typicalDelayMs: number;
}

export interface HabitEntry {
  /** When it was learnt, by the report's time: what a clock step spoilt can be forgotten. */
  readonly atMs: number;
  /** The longest silence that ended in the cell, 0 if none is worth noting. */
  readonly gapMs: number;
  /** Smallest and largest delay of its records; infinite when not known. */
  readonly quickMs: number;
  readonly slowMs: number;
}

const window = 64;
/** Of `entries`. */
const column = { at: 0, gap: 1, quick: 2, slow: 3 } as const;
/** Fewer cells are no habit. */
const leastCells = 5;
/** A floor rises no faster than clocks that are looked after drift apart; a faster one is a clock that runs away. */
const creepPpm = 500;
/** A floor is rising when the smallest delay is above it by this much. */
const risenMs = 100;
/** Cells are sorted anew only once in so many. */
const quantilesEvery = 8;

export function createHabit(): Habit {
  return {
    entries: createRows(4, window),
    cells: 0,
    lastAtMs: 0,
    leastMs: Number.POSITIVE_INFINITY,
    mostMs: Number.NEGATIVE_INFINITY,
    usualGapMs: 0,
    floorMs: Number.NaN,
    risingSinceMs: undefined,
    usualDelayMs: 0,
    typicalDelayMs: 0,
  };
}

export function copyOf(habit: Habit): Habit {
  return { ...habit, entries: copyOfRows(habit.entries) };
}

export function isKnown(habit: Habit): boolean {
  return habit.entries.length >= leastCells && !Number.isNaN(habit.floorMs);
}

export function learn(habit: Habit, entry: HabitEntry): void {
  const { entries } = habit;
  // The one that makes room may have been the extreme.
  const isMeasured =
    isFull(entries) &&
    (valueAt(entries, 0, column.quick) <= habit.leastMs || valueAt(entries, 0, column.slow) >= habit.mostMs);
  const sinceMs = habit.cells === 0 ? 0 : entry.atMs - habit.lastAtMs;
  pushRow(entries, [entry.atMs, entry.gapMs, entry.quickMs, entry.slowMs]);
  habit.cells++;
  habit.lastAtMs = entry.atMs;
  if (isMeasured) measure(habit);
  else include(habit, entry.quickMs, entry.slowMs);
  settleFloor(habit, Math.max(0, sinceMs));
  if (habit.cells <= window || habit.cells % quantilesEvery === 0) learnQuantiles(habit);
}

/** The same of several partitions: what comes of them in one second is one moment, however many they are. */
export function learnTogether(habit: Habit, entry: HabitEntry): void {
  const { entries } = habit;
  const newest = entries.length - 1;
  if (newest < 0 || valueAt(entries, newest, column.at) !== entry.atMs) {
    learn(habit, entry);
    return;
  }
  setValue(entries, newest, column.quick, Math.min(entry.quickMs, valueAt(entries, newest, column.quick)));
  setValue(entries, newest, column.slow, Math.max(entry.slowMs, valueAt(entries, newest, column.slow)));
  include(habit, entry.quickMs, entry.slowMs);
  settleFloor(habit, 0);
}

/** A clock was stepped: what was learnt since is not about the source. */
export function forgetSince(habit: Habit, sinceMs: number): void {
  if (keepBelow(habit.entries, column.at, sinceMs) === 0) return;
  habit.floorMs = Number.NaN;
  measure(habit);
  settleFloor(habit, 0);
  learnQuantiles(habit);
}

/** Fewer cells tell nothing of how seldom it is slow. */
const leastForTail = 20;

/** How long its slowest record in a day takes, beyond the least, by what it did of late; undefined while too little is known. */
export function slowestInADay({ entries, floorMs, usualGapMs }: Habit): number | undefined {
  if (entries.length < leastForTail) return undefined;
  const cellsADay = dayMs / Math.max(1_000, usualGapMs);
  return longestOf(
    cellsADay,
    columnOf(entries, column.slow)
      .filter(Number.isFinite)
      .map((slowMs) => slowMs - floorMs),
  );
}

function measure(habit: Habit): void {
  const { entries } = habit;
  habit.leastMs = Number.POSITIVE_INFINITY;
  habit.mostMs = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < entries.length; row++) {
    include(habit, valueAt(entries, row, column.quick), valueAt(entries, row, column.slow));
  }
}

function include(habit: Habit, quickMs: number, slowMs: number): void {
  if (quickMs < habit.leastMs) habit.leastMs = quickMs;
  if (slowMs > habit.mostMs) habit.mostMs = slowMs;
}

/** The floor follows the smallest delay down at once, and up no faster than clocks drift. */
function settleFloor(habit: Habit, sinceMs: number): void {
  const { leastMs, mostMs, entries } = habit;
  if (!Number.isFinite(leastMs)) return;
  const highestMs = habit.floorMs + (sinceMs * creepPpm) / 1e6;
  habit.floorMs = highestMs < leastMs ? highestMs : leastMs;
  habit.usualDelayMs = Math.max(0, mostMs - leastMs);
  const isRising = leastMs - habit.floorMs > risenMs;
  habit.risingSinceMs = isRising ? (habit.risingSinceMs ?? valueAt(entries, 0, column.at)) : undefined;
}

function learnQuantiles(habit: Habit): void {
  const { entries } = habit;
  if (entries.length === 0) return;
  // One long silence among ten does not make a source a silent one.
  habit.usualGapMs = nearestRank(columnOf(entries, column.gap), 0.9);
  habit.typicalDelayMs = Math.max(0, nearestRank(columnOf(entries, column.slow), 0.75) - habit.floorMs) || 0;
}
