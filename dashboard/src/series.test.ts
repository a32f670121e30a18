import type { SeriesPoint } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { endOfSecond, mergePoints, pointsIn, windowAt } from './series.ts';

const point = (atMs: number, hindsight = false): SeriesPoint => ({
  atMs,
  tasks: [{ id: 't', hindsight, sources: [], lateByVerdict: {}, droppedByVerdict: {} }],
  hosts: [],
});
const times = (points: readonly SeriesPoint[]): number[] => points.map((it) => it.atMs);

describe('points come in and are revised', () => {
  test.for([
    { why: 'the first ones', kept: [], incoming: [1, 2], want: [1, 2] },
    { why: 'the next one follows', kept: [1, 2], incoming: [3], want: [1, 2, 3] },
    { why: 'one that was late is put in its place', kept: [1, 3], incoming: [2], want: [1, 2, 3] },
    { why: 'nothing new', kept: [1, 2], incoming: [], want: [1, 2] },
    { why: 'no more than the page keeps, the oldest go', kept: [1, 2, 3, 4], incoming: [5], want: [2, 3, 4, 5] },
  ])('$why', ({ kept, incoming, want }) => {
    const merged = mergePoints(
      kept.map((at) => point(at)),
      incoming.map((at) => point(at)),
      4,
    );
    expect(times(merged)).toEqual(want);
  });

  test('a revised point takes the place of the old one', () => {
    const merged = mergePoints([point(1), point(2)], [point(2, true)]);
    expect(merged.map((it) => it.tasks[0]?.hindsight)).toEqual([false, true]);
  });
});

test('the window ends with the current second', () => {
  expect(windowAt(120_300, 60_000)).toEqual({ fromMs: 61_000, toMs: 121_000 });
  expect(endOfSecond(5_000)).toBe(6_000);
});

test('points in a window, both ends included', () => {
  expect(
    times(
      pointsIn(
        [1, 2, 3, 4].map((at) => point(at)),
        { fromMs: 2, toMs: 3 },
      ),
    ),
  ).toEqual([2, 3]);
});
