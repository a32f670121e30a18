import { describe, expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { countRecords, createPace, learnKind, recordsPerSecond } from './pace.ts';

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

describe.for(seeds)('seed %i', (seed) => {
  const random = prng(seed);
  const gaps = (gapOf: (i: number) => number): number[] => Array.from({ length: 64 }, (_, i) => gapOf(i));
  const byChance = (meanMs: number): number => -meanMs * Math.log(1 - random());

  test.for([
    { why: 'no pause beyond the grain of reports', gapOf: () => 1_500 * random(), want: 'steady' },
    { why: 'like a clock, give or take', gapOf: () => 60_000 + 5_000 * random(), want: 'periodic' },
    { why: 'by chance alone', gapOf: () => 5_000 + byChance(60_000), want: 'irregular' },
    { why: 'ten quick ones, then a pause', gapOf: (i: number) => (i % 6 === 0 ? 120_000 : 1_000), want: 'bursty' },
  ])('$why: $want', ({ gapOf, want }) => {
    const pace = createPace();
    learnKind(pace, gaps(gapOf), 65);
    expect(pace.kind).toBe(want);
  });

  test('the rate is the one of the last minutes, also just after it began', () => {
    const pace = createPace();
    let atMs = 0;
    const run = (seconds: number, meanMs: number): number => {
      for (const endMs = atMs + seconds * 1000; atMs < endMs; atMs += byChance(meanMs)) countRecords(pace, 1, atMs);
      learnKind(pace, [], 1_000);
      return recordsPerSecond(pace)!;
    };
    expect(run(120, 50) / 20).toBeCloseTo(1, 0);
    expect(run(3_000, 50) / 20).toBeCloseTo(1, 0);
    expect(run(3_000, 500) / 2).toBeCloseTo(1, 0);
  });
});

test.for([
  { why: 'too few gaps to tell', gapsMs: [9_000, 9_000, 9_000], records: 4, want: undefined },
  { why: 'hardly a pause among many records', gapsMs: [9_000], records: 150, want: 'steady' },
])('$why', ({ gapsMs, records, want }) => {
  const pace = createPace();
  learnKind(pace, gapsMs, records);
  expect(pace.kind).toBe(want);
});
