import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { chanceOf, longestOf } from './tail.ts';

test('of what comes by chance, one in so many is about as long as chance makes it', () => {
  const random = prng(7);
  const values = Array.from({ length: 20_000 }, () => -500 * Math.log(1 - random()));
  expect(longestOf(1000, values) / (500 * Math.log(1000))).toBeCloseTo(1, 1);
  expect(chanceOf(longestOf(1000, values), values)).toBeCloseTo(0.001, 6);
});

test('what never differs is still not believed to the millisecond', () => {
  expect(longestOf(86_400, [40, 40, 40])).toBeCloseTo(40 + 250 * Math.log(8640), 6);
  expect(chanceOf(40, [40, 40, 40])).toBe(1);
});
