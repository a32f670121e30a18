/**
 * What a source usually does in a partition: how long it is silent between records, and how long its records take from
 * creation to the broker. Silence and delay are judged against this, never against a global timeout.
 *
 * Learnt from the last `window` cells, so it follows a source that changes, in constant space. Delays are kept as
 * `append − event` on two clocks: their smallest value, the *floor*, holds the difference of the clocks and the least transit
 * time together (these cannot be told apart, see `docs/clocks.md`), so `event + floor` is the creation time on the consumer's
 * clock, late by the least transit at most.
 */
export interface Habit {
  readonly gapsMs: number[];
  readonly delaysMs: number[];
  gapAt: number;
  delayAt: number;
  cells: number;
  usualGapMs: number;
  floorMs: number;
  usualDelayMs: number;
}

const window = 64;
/** Fewer cells are no habit. */
const leastCells = 5;

export function createHabit(): Habit {
  return {
    gapsMs: [],
    delaysMs: [],
    gapAt: 0,
    delayAt: 0,
    cells: 0,
    usualGapMs: 0,
    floorMs: Number.NaN,
    usualDelayMs: 0,
  };
}

export function isKnown(habit: Habit): boolean {
  return habit.cells >= leastCells && habit.delaysMs.length > 0;
}

/** The longest silence that ended in a cell (0: none worth noting) and the delays (append − event) of some of its records. */
export function learn(habit: Habit, gapMs: number, delaysMs: readonly number[]): void {
  habit.cells++;
  habit.gapsMs[habit.gapAt] = gapMs;
  habit.gapAt = (habit.gapAt + 1) % window;
  for (const delayMs of delaysMs) {
    habit.delaysMs[habit.delayAt] = delayMs;
    habit.delayAt = (habit.delayAt + 1) % (2 * window);
  }
  habit.usualGapMs = ninthDecile(habit.gapsMs);
  if (habit.delaysMs.length === 0) return;
  habit.floorMs = Math.min(...habit.delaysMs);
  habit.usualDelayMs = Math.max(...habit.delaysMs) - habit.floorMs;
}

/** One long silence among ten does not make a source a silent one. */
function ninthDecile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(0.9 * sorted.length) - 1]!;
}
