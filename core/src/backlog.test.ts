import { describe, expect, test } from 'vitest';
import { backlogIn, isDrained, leastHeldMs, leastSilenceMs } from './backlog.ts';
import { createHabit, type Habit, isKnown, learn } from './habit.ts';
import type { Cell } from './report.ts';

// A source that writes every 100 ms, takes 5 to 40 ms to the broker, and whose clock is 1000 ms ahead of the consumer's.
const aheadMs = 1_000;

function habitOf(gapMs: number, cells = 20): Habit {
  const habit = createHabit();
  for (let i = 0; i < cells; i++) learn(habit, gapMs, [5 - aheadMs, 40 - aheadMs, 20 - aheadMs]);
  return habit;
}

/** A cell in which a silence ended: the last before it at 0, the first after it made at `madeMs` and appended at `backMs`. */
function returning(
  madeMs: number,
  backMs: number,
  bracket: { readonly lowMs?: number; readonly highMs?: number } = {},
): Cell {
  const point = (atMs: number, appendMs: number) => ({
    offset: 0,
    eventMs: atMs + aheadMs,
    append: { lowMs: appendMs - 5, highMs: appendMs + 5 },
  });
  const after = { ...point(madeMs, backMs), append: { lowMs: backMs - 5, highMs: backMs + 5, ...bracket } };
  return {
    source: { kind: 'named', name: 'B' },
    topic: 't',
    partition: 0,
    secondMs: Math.floor(backMs / 1000) * 1000,
    count: 1,
    first: after,
    last: after,
    minEventMs: 0,
    maxEventMs: 0,
    outOfOrder: 0,
    outOfOrderMaxMs: 0,
    gap: { before: point(0, 20), after },
  };
}

describe('idle or cut off', () => {
  test.for([
    { why: 'events of the silence come after it: cut off', madeMs: 100, backMs: 30_000, gapMs: 100, isCut: true },
    { why: 'comes back with a new event: idle', madeMs: 29_990, backMs: 30_000, gapMs: 100, isCut: false },
    { why: 'idle first, then cut, then back: cut off', madeMs: 15_000, backMs: 30_000, gapMs: 100, isCut: true },
    {
      why: 'a silence as it always has, a batch every 30 s: its habit',
      madeMs: 100,
      backMs: 30_000,
      gapMs: 29_000,
      isCut: false,
    },
    { why: 'a hiccup below the least silence', madeMs: 100, backMs: leastSilenceMs - 100, gapMs: 100, isCut: false },
    {
      why: 'held no longer than the least wait',
      madeMs: 30_000 - leastHeldMs,
      backMs: 30_000,
      gapMs: 100,
      isCut: false,
    },
  ])('$why', ({ madeMs, backMs, gapMs, isCut }) => {
    expect(backlogIn(returning(madeMs, backMs), habitOf(gapMs)) !== undefined).toBe(isCut);
  });

  test('five cells are a habit, four are none: nobody is accused on no ground', () => {
    expect(
      [habitOf(100, 4), habitOf(100, 5)].map((habit) => backlogIn(returning(100, 30_000), habit) !== undefined),
    ).toEqual([false, true]);
    expect(isKnown(createHabit())).toBe(false);
  });

  test('without append times nothing is said', () => {
    const cell = returning(100, 30_000);
    const blind = { ...cell, gap: { ...cell.gap!, after: { ...cell.gap!.after, append: {} } } };
    expect(backlogIn(blind, habitOf(100))).toBeUndefined();
  });
});

test('the bounds hold the cut, on the consumer’s clock, though the producer’s is a second ahead', () => {
  // Cut at 50 ms; back at 29.2 s, delivered at its next attempt at 30 s.
  const { start, end, evidence } = backlogIn(returning(100, 30_000), habitOf(100))!;
  expect(start.lowMs).toBeLessThanOrEqual(50);
  expect(start.highMs).toBeGreaterThanOrEqual(50);
  expect(end.lowMs).toBeLessThanOrEqual(29_200);
  expect(end.highMs).toBeGreaterThanOrEqual(30_000);
  expect(start.highMs - start.lowMs).toBeLessThan(1_000);
  expect(start.basis).toBe('assumed');
  expect(evidence.silentMs).toBe(30_000 - 5 - 25);
});

test('a backlog is drained when the last record came as promptly as usual', () => {
  const habit = habitOf(100);
  expect(isDrained(returning(20_000, 30_000), habit)).toBe(false);
  expect(isDrained(returning(29_970, 30_000), habit)).toBe(true);
});

describe('a habit', () => {
  test('one long silence among many does not change it, a new rhythm does', () => {
    const habit = habitOf(100, 64);
    learn(habit, 60_000, []);
    expect(habit.usualGapMs).toBe(100);
    for (let i = 0; i < 64; i++) learn(habit, 60_000, []);
    expect(habit.usualGapMs).toBe(60_000);
  });

  test('keeps constant space', () => {
    const habit = habitOf(100, 10_000);
    expect([habit.gapsMs.length, habit.delaysMs.length]).toEqual([64, 128]);
  });
});
