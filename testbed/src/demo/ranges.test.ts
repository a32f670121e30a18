import { expect, test } from 'vitest';
import { countOf, toOffsetSet } from './ranges.ts';

const part = (partition: number, first: number, last = first) => ({ partition, first, last });

test.for([
  { why: 'nothing', parts: [], want: {}, count: 0 },
  {
    why: 'neighbours become one range',
    parts: [part(0, 1), part(0, 2), part(0, 4)],
    want: {
      0: [
        [1, 2],
        [4, 4],
      ],
    },
    count: 3,
  },
  {
    why: 'order does not matter',
    parts: [part(0, 9), part(0, 3, 5), part(0, 1, 2)],
    want: {
      0: [
        [1, 5],
        [9, 9],
      ],
    },
    count: 6,
  },
  { why: 'overlaps count once', parts: [part(1, 1, 8), part(1, 2, 3), part(1, 8, 9)], want: { 1: [[1, 9]] }, count: 9 },
  { why: 'partitions are kept apart', parts: [part(10, 1), part(2, 2)], want: { 2: [[2, 2]], 10: [[1, 1]] }, count: 2 },
])('$why', ({ parts, want, count }) => {
  const set = toOffsetSet(parts);
  expect(set).toEqual(want);
  expect(countOf(set)).toBe(count);
});
