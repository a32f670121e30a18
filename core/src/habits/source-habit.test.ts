import { expect, test } from 'vitest';
import { createHabit, type Habit, isKnown } from './habit.ts';
import { learnUsual, usualIn } from './source-habit.ts';

/** Lanes of one source. */
function lanesOf(count: number) {
  const lanes: { readonly habit: Habit; readonly of: { habit: Habit | undefined; readonly lanes: unknown[] } }[] = [];
  const of = { habit: undefined, lanes };
  for (let i = 0; i < count; i++) lanes.push({ habit: createHabit(), of });
  return lanes;
}

const cell = (second: number, slowMs: number) => ({ atMs: second * 1000, gapMs: 0, quickMs: slowMs / 2, slowMs });

test('where a source seldom writes, it does what it does elsewhere', () => {
  const [often, seldom] = lanesOf(2) as [ReturnType<typeof lanesOf>[0], ReturnType<typeof lanesOf>[0]];
  for (let second = 0; second < 12; second++) learnUsual(often, cell(second, second === 3 ? 9_000 : 100));
  learnUsual(seldom, cell(12, 100));
  expect(isKnown(seldom.habit)).toBe(false);
  expect(usualIn(seldom)).toMatchObject({ floorMs: 50, usualDelayMs: 8_950 });
});

test('what it did in one moment is no habit, in however many partitions', () => {
  const lanes = lanesOf(30);
  for (const lane of lanes) learnUsual(lane, cell(1, 20_000));
  expect(lanes.every((lane) => !isKnown(usualIn(lane)))).toBe(true);
});

test('one that writes to one partition has one habit', () => {
  const [lane] = lanesOf(1) as [ReturnType<typeof lanesOf>[0]];
  learnUsual(lane, cell(1, 100));
  expect(lane.of.habit).toBeUndefined();
  expect(usualIn(lane)).toBe(lane.habit);
});
