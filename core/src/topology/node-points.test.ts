import { expect, test } from 'vitest';
import { createNodePoints, nodePointAt, nodePointsAt, noteNodePoint } from './node-points.ts';

type Told = readonly [atMs: number, watermarkMs: number | undefined, isIdle?: boolean];

function pointsOf(told: readonly Told[]) {
  const points = createNodePoints();
  const isNew = told.map(([atMs, watermarkMs, isIdle = false]) => noteNodePoint(points, { atMs, watermarkMs, isIdle }));
  return { points, isNew };
}

test.for<{ why: string; told: readonly Told[]; atMs: number; want: number | undefined; isNew: readonly boolean[] }>([
  { why: 'before all that is remembered', told: [[10, 1]], atMs: 9, want: undefined, isNew: [true] },
  {
    why: 'what held then',
    told: [
      [10, 1],
      [20, 2],
    ],
    atMs: 19,
    want: 1,
    isNew: [true, true],
  },
  {
    why: 'from its own moment on',
    told: [
      [10, 1],
      [20, 2],
    ],
    atMs: 20,
    want: 2,
    isNew: [true, true],
  },
  {
    why: 'only changes are kept',
    told: [
      [10, 1],
      [20, 1],
    ],
    atMs: 30,
    want: 1,
    isNew: [true, false],
  },
  {
    why: 'not known is a value too',
    told: [
      [10, undefined],
      [20, undefined],
    ],
    atMs: 30,
    want: undefined,
    isNew: [true, false],
  },
  {
    why: 'that it is idle is a change',
    told: [
      [10, 1],
      [20, 1, true],
    ],
    atMs: 20,
    want: 1,
    isNew: [true, true],
  },
  {
    why: 'a clock set back: from now on holds what is known now',
    told: [
      [10, 1],
      [20, 2],
      [15, 3],
    ],
    atMs: 20,
    want: 3,
    isNew: [true, true, true],
  },
])('$why', ({ told, atMs, want, isNew }) => {
  const { points, isNew: was } = pointsOf(told);
  expect(nodePointAt(points, atMs)?.watermarkMs).toBe(want);
  expect(was).toEqual(isNew);
});

test('many moments are answered as one by one', () => {
  const { points } = pointsOf(
    Array.from({ length: 300 }, (_, i): Told => [i * 700, i % 7 === 0 ? undefined : i, i % 5 === 0]),
  );
  const moments = Array.from({ length: 250 }, (_, i) => i * 1_000 - 5_000);
  expect(nodePointsAt(points, moments)).toEqual(moments.map((atMs) => nodePointAt(points, atMs)));
});

test('a quarter of an hour, and the one that held when it began', () => {
  const { points } = pointsOf(Array.from({ length: 2_000 }, (_, i): Told => [i * 1_000 + 350, i]));
  expect(nodePointAt(points, 1_999_350 - 900_000)?.watermarkMs).toBe(1_099);
  expect(points.length).toBe(902);
});

test('however often it changes, it is bounded', () => {
  const { points } = pointsOf(Array.from({ length: 20_000 }, (_, i): Told => [i * 20, i]));
  expect(points.length).toBe(3_601);
  expect(nodePointAt(points, 20_000 * 20)?.watermarkMs).toBe(19_999);
});
