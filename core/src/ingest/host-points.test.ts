import { expect, test } from 'vitest';
import { boundsFrom, createHostPoints, noteBound } from './host-points.ts';

function secondsOf(told: readonly number[]): number[] {
  const points = createHostPoints();
  for (const second of told) noteBound(points, second * 1000, { lowMs: -second, highMs: second });
  const bounds = boundsFrom(points, 0);
  for (const [secondMs, bound] of bounds) expect(bound).toEqual({ lowMs: -secondMs / 1000, highMs: secondMs / 1000 });
  return [...bounds.keys()].map((secondMs) => secondMs / 1000).reverse();
}

test.for([
  { why: 'one a second', told: [1, 2, 2, 3], want: [1, 2, 3] },
  {
    why: 'two processes of one host take turns: none takes the other’s seconds away',
    told: [2, 1, 3, 2, 4],
    want: [2, 3, 4],
  },
  { why: 'a clock set back by a minute: its seconds come again', told: [60, 61, 62, 1, 2], want: [1, 2] },
  {
    why: 'no more than a quarter of an hour',
    told: Array.from({ length: 2_000 }, (_, i) => i),
    want: Array.from({ length: 901 }, (_, i) => 1_099 + i),
  },
])('$why', ({ told, want }) => {
  expect(secondsOf(told)).toEqual(want);
});
