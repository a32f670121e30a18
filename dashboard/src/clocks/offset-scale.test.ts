import { describe, expect, test } from 'vitest';
import { offScale, offsetMark, onScale, reachMs, scaleMarks } from './offset-scale.ts';

test('there and back again', () => {
  for (const ms of [-86_400_000, -5_000, -0.4, 0, 0.01, 1, 47, 3_600_000])
    expect(offScale(onScale(ms))).toBeCloseTo(ms, 4);
});

test('what is further off is further out, at both sides alike', () => {
  const offsets = [0, 0.1, 1, 2, 50, 5_000, 1e8];
  const placed = offsets.map(onScale);
  expect(placed).toEqual(placed.toSorted((a, b) => a - b));
  expect(offsets.map((ms) => 0 - onScale(-ms))).toEqual(placed);
});

describe('it reaches to the next round offset', () => {
  test.for([
    { why: 'nothing known', of: [], want: 10 },
    { why: 'well kept clocks fill the middle', of: [-0.4, 0.6], want: 10 },
    { why: 'an edge has room beside it', of: [-10, 3], want: 100 },
    { why: 'the furthest, ahead or behind', of: [-4_980, 12], want: 10_000 },
    { why: 'beyond all that is round', of: [1e9], want: 1e10 },
  ])('$why', ({ of, want }) => expect(reachMs(of)).toBe(want));
});

describe('names on it have room', () => {
  test.for([
    { reach: 10, want: ['−10 ms', '−1 ms', 'true', '+1 ms', '+10 ms'] },
    { reach: 10_000, want: ['−10 s', '−100 ms', 'true', '+100 ms', '+10 s'] },
    { reach: 3_600_000, want: ['−1 h', '−10 s', 'true', '+10 s', '+1 h'] },
  ])('$reach ms', ({ reach, want }) => expect(scaleMarks(reach).map(offsetMark)).toEqual(want));
});
