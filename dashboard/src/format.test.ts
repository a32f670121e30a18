import { describe, expect, test } from 'vitest';
import { formatPrecise, formatTime } from './format.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('instants, in the reader’s own time', () => {
  const nowMs = Date.UTC(2026, 2, 1, 12);
  test.for([
    { why: 'near: the time of day', atMs: nowMs - 5 * minute, want: /^\d\d:\d\d:\d\d$/ },
    { why: 'last week: with the day', atMs: nowMs - 7 * 24 * hour, want: /^\d+ \w+,? \d\d:\d\d:\d\d$/ },
    { why: 'another year: with the year', atMs: nowMs - 700 * 24 * hour, want: /^\d+ \w+ \d{4},? \d\d:\d\d$/ },
    { why: 'what no calendar holds, as it is', atMs: 9e15, want: /^9000000000000000 ms$/ },
    { why: 'not a number', atMs: Number.NaN, want: /^NaN ms$/ },
  ])('$why', ({ atMs, want }) => expect(formatTime(atMs, nowMs)).toMatch(want));

  test('evidence has milliseconds', () => expect(formatPrecise(nowMs + 7)).toMatch(/^\d\d:\d\d:\d\d\.007$/));
});
