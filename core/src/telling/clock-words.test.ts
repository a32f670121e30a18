import { describe, expect, test } from 'vitest';
import { driftWords, offsetWords, readingWords } from './clock-words.ts';

const proved = (ms: number) => ({ basis: 'proved', ms }) as const;
const unknown = { basis: 'unknown' } as const;

describe('an offset in words: proved, assumed and unknown are never mixed', () => {
  test.for([
    { low: proved(-0.41), high: proved(0.62), want: '−0.41 ms to +0.62 ms, proved' },
    {
      low: proved(-38),
      high: { basis: 'assumed', ms: 47 } as const,
      want: 'at least −38.0 ms (proved), at most +47.0 ms (assumed)',
    },
    { low: proved(4_980), high: unknown, want: 'at least +4.98 s (proved), at most unknown' },
    { low: unknown, high: proved(3), want: 'at least unknown, at most +3.00 ms (proved)' },
    { low: unknown, high: unknown, want: 'unknown: nothing bounds it' },
  ])('$want', ({ low, high, want }) => expect(offsetWords({ low, high })).toBe(want));
});

describe('drift in words', () => {
  test.for([
    {
      why: 'fast',
      drift: { ppm: 12.5, errorPpm: 2, spanMs: 300_000 },
      want: '13 ± 2 ppm fast (1.1 s a day), over 5 min',
    },
    {
      why: 'slow, against a clock that may drift itself',
      drift: { ppm: -41.2, errorPpm: 6, spanMs: 300_000, against: 'broker 2' },
      want: '41 ± 6 ppm slow against broker 2 (3.6 s a day), over 5 min',
    },
    {
      why: 'within its own uncertainty it is not told',
      drift: { ppm: 3, errorPpm: 40, spanMs: 60_000 },
      want: 'drift not told from none: 3 ± 40 ppm, over 1 min',
    },
  ])('$why', ({ drift, want }) => expect(driftWords(drift)).toBe(want));
});

describe('where it is read, and since when not', () => {
  test.for([
    {
      why: 'read',
      readings: { source: 'chrony 127.0.0.1:323', readFrom: 'chrony 127.0.0.1:323', ageMs: 4_000 },
      want: 'read from chrony 127.0.0.1:323 4 s ago',
    },
    {
      why: 'one whose daemon was stopped is not read from none',
      readings: { source: 'none (no chrony on 127.0.0.1:323)', readFrom: 'chrony 127.0.0.1:323', ageMs: 119_000 },
      want: 'last read 1 min 59 s ago, from chrony 127.0.0.1:323; now not: no chrony on 127.0.0.1:323',
    },
    {
      why: 'never read',
      readings: { source: 'none (no NTP server configured)' },
      want: 'not read: no NTP server configured',
    },
  ])('$why', ({ readings, want }) => expect(readingWords({ ...readings, sources: [] })).toBe(want));
});
