import { expect, test } from 'vitest';
import { formatDurationMs, parseDurationMs } from './duration.ts';

test.for([
  { text: '5s', ms: 5000 },
  { text: '1500ms', ms: 1500 },
  { text: '2m', ms: 120_000 },
  { text: '2min', ms: 120_000 },
  { text: '1.5h', ms: 5_400_000 },
  { text: '1d', ms: 86_400_000 },
  { text: ' 0s ', ms: 0 },
])('"$text" is $ms ms', ({ text, ms }) => expect(parseDurationMs(text)).toBe(ms));

test.for([
  { why: 'no unit: nobody knows which one was meant', text: '5' },
  { why: 'a unit in words', text: '5 sec' },
  { why: 'negative', text: '-5s' },
  { why: 'a part of a millisecond', text: '1.5ms' },
  { why: 'beyond what a number holds exactly', text: '9999999999999d' },
  { why: 'a unit that everything has but no duration', text: '5constructor' },
  { why: 'empty', text: '' },
])('$why: "$text" is refused', ({ text }) => expect(parseDurationMs(text)).toBeUndefined());

test('what is formatted reads back as the same', () => {
  for (const ms of [0, 1, 999, 1000, 1500, 60_000, 90_000, 3_600_000, 86_400_000, 86_400_001]) {
    expect(parseDurationMs(formatDurationMs(ms)), formatDurationMs(ms)).toBe(ms);
  }
  expect([5000, 1500, 0, 120_000].map(formatDurationMs)).toEqual(['5s', '1500ms', '0s', '2m']);
});
