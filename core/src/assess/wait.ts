import type { Arrival } from '../habits/arrival.ts';
import { type Habit, slowestInADay } from '../habits/habit.ts';

/** How long a record waited before it reached its broker, and what of that is usual. */

/** A record that waited less than this beyond its source's habit is not held: networks hiccup. */
export const leastHeldMs = 2_750;
/** A wait shorter than the longest hiccup and the next attempt after it is no cut. */
export const leastCutMs = 4_500;
/** Nor is one that waited less than this many times as long as the source usually takes at most. */
const unusual = 1.25;
/** Times that differ by less are taken for the same: the grain of polls and batches. */
export const grainMs = 1_000;
/** However slow and jumpy a source is, what takes so many times as long as it was seen to take lately is beyond its habit. */
const beyondHabit = 3;

/** From which wait on it was cut off: what its own habit brings once a day is no cut. */
export function leastCutOf(habits: readonly Habit[]): number {
  return habits.reduce((mostMs, habit) => {
    const slowMs = slowestInADay(habit) ?? 0;
    return Math.max(mostMs, Math.min(slowMs, beyondHabit * habit.usualDelayMs));
  }, leastCutMs);
}

/** From which wait on records of a source count as held. */
export function heldFromMs(habit: Habit): number {
  return Math.max(leastHeldMs, unusual * habit.usualDelayMs);
}

/** The same for a record whose own wait was learnt with the first: one of many that are as long is not what most are. */
export function heldFromMostMs(habit: Habit): number {
  return Math.max(leastHeldMs, unusual * habit.typicalDelayMs);
}

/** How long it waited at least, beyond the least that its source takes. */
export function waitOf({ eventMs, lowMs }: Arrival, habit: Habit): number {
  return lowMs - eventMs - habit.floorMs;
}

/** How long it waited at most. */
export function longestWaitOf({ eventMs, highMs }: Arrival, habit: Habit): number {
  return highMs - eventMs - habit.floorMs;
}

/** How well it is known when it was appended; what cannot be told is left out. */
export function widthOf({ lowMs, highMs }: Arrival): number {
  return Number.isFinite(highMs - lowMs) ? highMs - lowMs : 0;
}

/** Whether it came as promptly as ever, by a clock that is behind by `shiftMs`. */
export function isPrompt(arrival: Arrival, habit: Habit, shiftMs = 0): boolean {
  return longestWaitOf(arrival, habit) - shiftMs < Math.max(2 * grainMs, habit.usualDelayMs);
}

/** Whether it came promptly by a clock that was ahead and is right again. */
export function isRight(arrival: Arrival, habit: Habit): boolean {
  return isPrompt(arrival, habit) && longestWaitOf(arrival, habit) > -grainMs;
}
