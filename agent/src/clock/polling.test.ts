import { expect, test } from 'vitest';
import { type BurstEnd, createPolling, waitAfter } from './polling.ts';

const s = 1_000;

test.for<{ why: string; pollMs?: number; ends: readonly BurstEnd[]; waitsMs: readonly number[] }>([
  { why: 'as often as was agreed', ends: ['reading', 'reading'], waitsMs: [64 * s, 64 * s] },
  {
    why: 'while it is silent ever more seldom, and afterwards as before',
    ends: ['silent', 'silent', 'silent', 'silent', 'silent', 'silent', 'reading', 'silent'],
    waitsMs: [16 * s, 32 * s, 64 * s, 128 * s, 256 * s, 256 * s, 64 * s, 16 * s],
  },
  {
    why: 'each kiss of RATE halves it for good, down to 17 minutes',
    ends: ['slower', 'reading', 'slower', 'slower', 'slower', 'slower', 'reading'],
    waitsMs: [128 * s, 128 * s, 256 * s, 512 * s, 1_024 * s, 1_024 * s, 1_024 * s],
  },
  { why: 'one that denies us is left alone for a day', ends: ['denied'], waitsMs: [86_400 * s] },
  {
    why: 'a server of one’s own is missed sooner',
    pollMs: 4 * s,
    ends: ['silent', 'silent'],
    waitsMs: [16 * s, 16 * s],
  },
])('$why', ({ pollMs = 64 * s, ends, waitsMs }) => {
  const polling = createPolling(pollMs);
  expect(ends.map((end) => waitAfter(polling, end).waitMs)).toEqual(waitsMs);
});

test('a clock that was set is asked for sooner, though not of a server that wants less or is silent', () => {
  for (const [end, soonestMs] of [
    ['reading', 16 * s],
    ['silent', 16 * s],
    ['slower', 128 * s],
  ] as const)
    expect(waitAfter(createPolling(64 * s), end).soonestMs).toBe(soonestMs);
});
