import { describe, expect, test } from 'vitest';
import { leadBoundWords, leadWords, trueTimeWords } from './stream-time-words.ts';

const bound = (lowMs: number, highMs: number) =>
  ({ lowMs, highMs, basis: 'assumed', assumption: 'B is prompt' }) as const;

describe('the true stream time', () => {
  test.for([
    {
      why: 'known to a second or two: the middle',
      low: 98_400,
      high: 100_000,
      want: { atMs: 99_200, how: '± 800 ms' },
    },
    {
      why: 'somebody is silent: from its last event on',
      low: 53_000,
      high: 100_000,
      want: { atMs: 53_000, how: 'or later' },
    },
  ])('$why', ({ low, high, want }) => {
    expect(trueTimeWords({ trueStreamTimeMs: low, trueStreamTimeBound: bound(low, high) })).toEqual(want);
  });

  test('not known at all', () => expect(trueTimeWords({})).toBeUndefined());
});

describe('the lead', () => {
  test.for([
    { why: 'nothing known', lead: {}, want: 'not known' },
    { why: 'ordinary', lead: { leadMs: 300, leadBound: { lowMs: -200, highMs: 1_500 } }, want: 'none' },
    {
      why: 'idle or cut off',
      lead: { leadMs: 47_000, leadBound: { lowMs: -300, highMs: 47_100 } },
      want: 'up to 47 s',
    },
    { why: 'well known', lead: { leadMs: 47_000, leadBound: { lowMs: 46_000, highMs: 48_000 } }, want: '47 s ± 1 s' },
  ])('$why', ({ lead, want }) => expect(leadWords(lead)).toBe(want));

  test('with both ends, and provided what', () => {
    const lead = { leadMs: 47_000, leadBound: { lowMs: -300, highMs: 47_100 } };
    expect(leadBoundWords({ ...lead, trueStreamTimeBound: bound(0, 47_400) })).toBe(
      'From −300 ms to +47.10 s: B is prompt',
    );
  });
});
