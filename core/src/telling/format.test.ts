import { describe, expect, test } from 'vitest';
import { formatCounted, formatDuration, formatOffset, formatRanges, formatUtc } from './format.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe('durations', () => {
  test.for([
    { why: 'nothing', ms: 0, want: '0 ms' },
    { why: 'below a millisecond there are clocks', ms: 0.42, want: '0.4 ms' },
    { why: 'milliseconds', ms: 340, want: '340 ms' },
    { why: 'the last one that is not a second', ms: 999, want: '999 ms' },
    { why: 'no 1000 ms by rounding', ms: 999.6, want: '1 s' },
    { why: 'a decimal where it matters', ms: 1_249, want: '1.2 s' },
    { why: 'no decimal that says nothing', ms: 2_000, want: '2 s' },
    { why: 'no 10.0 s by rounding', ms: 9_970, want: '10 s' },
    { why: 'seconds', ms: 47_300, want: '47 s' },
    { why: 'no 60 s by rounding', ms: 59_700, want: '1 min' },
    { why: 'two parts', ms: 3 * minute + 20 * second, want: '3 min 20 s' },
    { why: 'no 60 min by rounding', ms: hour - 400, want: '1 h' },
    { why: 'hours', ms: 2 * hour + 5 * minute, want: '2 h 5 min' },
    { why: 'days', ms: 76 * hour, want: '3 d 4 h' },
    { why: 'a stamp of a broken clock', ms: 24 * hour * 36_500, want: '36,500 d' },
    { why: 'negative ones keep their sign', ms: -1_500, want: '−1.5 s' },
  ])('$why', ({ ms, want }) => expect(formatDuration(ms)).toBe(want));
});

describe('offsets say which way', () => {
  test.for([
    { why: 'small', ms: 0.418, want: '+0.42 ms' },
    { why: 'behind', ms: -12.34, want: '−12.3 ms' },
    { why: 'none', ms: 0, want: '0.00 ms' },
    { why: 'seconds', ms: 5_012, want: '+5.01 s' },
    { why: 'long ones as durations', ms: -2 * hour, want: '−2 h' },
  ])('$why', ({ ms, want }) => expect(formatOffset(ms)).toBe(want));
});

describe('instants', () => {
  const nowMs = Date.UTC(2026, 2, 1, 12);
  test('UTC, as in a log', () => expect(formatUtc(nowMs + 7)).toBe('2026-03-01 12:00:00.007 UTC'));
  test('UTC of a broken stamp', () => expect(formatUtc(9e15)).toBe('9000000000000000 ms since 1970'));
});

test('one record, many records', () => {
  expect([0, 1, 1_234].map((count) => formatCounted(count, 'record'))).toEqual([
    '0 records',
    '1 record',
    '1,234 records',
  ]);
});

test('ranges: single ones as one, many as a count', () => {
  expect(
    formatRanges(
      [
        [3, 3],
        [5, 9],
        [11, 12],
      ],
      2,
    ),
  ).toBe('3, 5–9 and 1 more');
});
