import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRange } from './offset-ranges.ts';

test.for([
  { why: 'the first', add: [[5, 7]], want: [[5, 7]] },
  {
    why: 'touching ones merge',
    add: [
      [5, 7],
      [8, 9],
    ],
    want: [[5, 9]],
  },
  {
    why: 'a gap of one stays a gap',
    add: [
      [5, 7],
      [9, 9],
    ],
    want: [
      [5, 7],
      [9, 9],
    ],
  },
  {
    why: 'one that fills the gap joins both',
    add: [
      [5, 7],
      [9, 9],
      [8, 8],
    ],
    want: [[5, 9]],
  },
  {
    why: 'out of order',
    add: [
      [9, 9],
      [1, 2],
    ],
    want: [
      [1, 2],
      [9, 9],
    ],
  },
  {
    why: 'one over several',
    add: [
      [1, 2],
      [5, 6],
      [8, 9],
      [0, 7],
    ],
    want: [[0, 9]],
  },
] as const)('$why', ({ add, want }) => {
  const ranges: [number, number][] = [];
  for (const [first, last] of add) addRange(ranges, first, last);
  expect(ranges).toEqual(want);
});

test('holds exactly the offsets that were added, in the fewest ranges', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(6)), { maxLength: 40 }), (added) => {
      const ranges: [number, number][] = [];
      const want = new Set<number>();
      for (const [first, more] of added) {
        addRange(ranges, first, first + more);
        for (let offset = first; offset <= first + more; offset++) want.add(offset);
      }
      const got = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
      expect(got).toEqual([...want].sort((a, b) => a - b));
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThan(ranges[i - 1]![1] + 1);
    }),
  );
});
