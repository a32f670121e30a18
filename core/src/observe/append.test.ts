import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAppendSeries, maxAppendEntries, moveToOffset, noteHighWater } from './append.ts';

test.for([
  { why: 'before any fetch nothing is known', fetches: [], offset: 0, want: [Number.NaN, Number.NaN] },
  { why: 'in the first response: only the later end', fetches: [[0, 10, 5]], offset: 4, want: [Number.NaN, 10] },
  {
    why: 'new in the second: between the two',
    fetches: [
      [0, 10, 5],
      [11, 20, 6],
    ],
    offset: 5,
    want: [0, 20],
  },
  {
    why: 'empty fetches in between move the earlier end on',
    fetches: [
      [0, 10, 5],
      [11, 20, 5],
      [21, 30, 5],
      [31, 40, 7],
    ],
    offset: 5,
    want: [21, 40],
  },
  {
    why: 'a consumer that lags: known by the fetch of then, not of now',
    fetches: [
      [0, 10, 5],
      [11, 20, 9],
      [21, 30, 99],
    ],
    offset: 7,
    want: [0, 20],
  },
  {
    why: 'a truncated log forgets',
    fetches: [
      [0, 10, 50],
      [11, 20, 5],
    ],
    offset: 4,
    want: [Number.NaN, 20],
  },
] as const)('$why', ({ fetches, offset, want }) => {
  const series = createAppendSeries();
  for (const [askedMs, answeredMs, highWaterOffset] of fetches)
    noteHighWater(series, { askedMs, answeredMs, highWaterOffset });
  moveToOffset(series, offset);
  expect([series.lowMs, series.highMs]).toEqual(want);
});

test('the bracket contains the true append time, whatever the lag, also when thinned', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 3000 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 2000 }), (gapsMs, lagFetches) => {
      const appendsMs: number[] = [];
      let atMs = 0;
      for (const gapMs of gapsMs) appendsMs.push((atMs += gapMs));
      const series = createAppendSeries();
      let end = 0;
      let fetched = 0;
      let next = 0;
      // A fetch every 25 ms reads the end half-way; the consumer processes one record per fetch, `lagFetches` behind.
      for (let askedMs = 0; next < appendsMs.length; askedMs += 25) {
        while (end < appendsMs.length && appendsMs[end]! <= askedMs + 5) end++;
        noteHighWater(series, { askedMs, answeredMs: askedMs + 10, highWaterOffset: end });
        expect(series.entries.length).toBeLessThanOrEqual(maxAppendEntries);
        if (++fetched < lagFetches && end < appendsMs.length) continue;
        if (next >= end) continue;
        if (next >= series.validUntilOffset) moveToOffset(series, next);
        const truthMs = appendsMs[next++]!;
        expect(Number.isNaN(series.lowMs) || series.lowMs <= truthMs).toBe(true);
        expect(Number.isNaN(series.highMs) || series.highMs >= truthMs).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
