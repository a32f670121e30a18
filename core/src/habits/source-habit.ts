import { createHabit, forgetSince, type Habit, type HabitEntry, isKnown, learn, learnTogether } from './habit.ts';

/** A source in a partition: a lane. */
interface Place {
  readonly habit: Habit;
  readonly of: { habit: Habit | undefined; readonly lanes: readonly unknown[] };
}

/** From so many cells on, a partition speaks for itself. */
const leastCells = 20;

/** Another cell of a lane that tells of what is usual. Of a source with one lane, that lane's habit is the source's. */
export function learnUsual({ habit, of }: Place, entry: HabitEntry): void {
  learn(habit, entry);
  if (of.lanes.length < 2) return;
  of.habit ??= createHabit();
  learnTogether(of.habit, entry);
}

export function forgetUsualSince({ habit, of }: Place, sinceMs: number): void {
  forgetSince(habit, sinceMs);
  if (of.habit !== undefined) forgetSince(of.habit, sinceMs);
}

/**
 * What a source usually does in a partition; where it seldom writes, what it does in all of them: they share its host, its network
 * and its way of sending.
 */
export function usualIn({ habit, of }: Place): Habit {
  const all = of.habit;
  if (all === undefined || habit.entries.length >= leastCells || !isKnown(all)) return habit;
  if (!isKnown(habit)) return { ...all, usualGapMs: habit.usualGapMs };
  return {
    ...all,
    usualGapMs: habit.usualGapMs,
    risingSinceMs: habit.risingSinceMs,
    floorMs: Math.min(habit.floorMs, all.floorMs),
    usualDelayMs: Math.max(habit.usualDelayMs, all.usualDelayMs),
    typicalDelayMs: Math.max(habit.typicalDelayMs, all.typicalDelayMs),
  };
}
