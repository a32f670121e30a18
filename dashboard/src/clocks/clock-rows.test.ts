import type { Finding, KnownClock } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf, pointsOf } from '../../test/story.ts';
import { clocksOf, findingsOf, manyClocks } from '../../test/story-clocks.ts';
import { bandsOf } from './clock-bands.ts';
import { clockRows, driftText, offsetText } from './clock-rows.ts';

const nowMs = 1_772_366_400_000;
const rowsOf = (clocks: readonly KnownClock[], findings: readonly Finding[] = []) =>
  clockRows(assessmentOf({ nowMs, clocks, findings }));
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
  ])('$want', ({ low, high, want }) => expect(offsetText({ low, high })).toBe(want));
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
  ])('$why', ({ drift, want }) => expect(driftText(drift)).toBe(want));
});

describe('the worst first', () => {
  const clocks = [...manyClocks(nowMs, 50), ...clocksOf(nowMs)];

  test('of fifty, those that need a look are seen, the rest is folded', () => {
    const { rows, rest, more } = rowsOf(clocks);
    expect(rows.slice(0, 5).map((row) => row.name)).toEqual(['batch-7', 'orders-eu-2', 'C', 'orders-eu-1', 'web-35']);
    expect([rows.length, rest.length, more]).toEqual([8, 48, 48]);
  });

  test('a clock that nobody reads is never known well: that alone calls for no look', () => {
    const [producer] = clocksOf(nowMs).filter(({ name }) => name === 'B');
    const { rest } = rowsOf([{ ...producer!, high: unknown }, ...manyClocks(nowMs, 50)]);
    expect(rest.at(-1)?.name).toBe('B');
  });

  test('one that an open finding speaks of is seen whatever its grade', () => {
    const drift: Finding = {
      ...(findingsOf(nowMs)[1] as Extract<Finding, { kind: 'clockDrift' }>),
      status: 'open',
      subject: { kind: 'clock', id: 'host web-33', name: 'web-33' },
    };
    expect(rowsOf(manyClocks(nowMs, 50), [drift]).rows[0]?.name).toBe('web-33');
    expect(rowsOf(manyClocks(nowMs, 50), [{ ...drift, status: 'closed' }]).rows[0]?.name).not.toBe('web-33');
  });
});

test('what one is right to know besides', () => {
  const notes = new Map(rowsOf(clocksOf(nowMs)).rows.map((row) => [row.name, row.notes]));
  expect(notes.get('orders-eu-1')).toEqual([
    '3.1 ± 0.8 ppm fast (268 ms a day), over 15 min',
    'read from chrony 127.0.0.1:323 4 s ago',
  ]);
  expect(notes.get('orders-eu-2')).toEqual(['not read: no NTP server configured, no chrony on 127.0.0.1:323']);
  expect(notes.get('broker 2')).toEqual(['no agent there: it holds if its clock was not set']);
  expect(notes.get('batch-7')?.[0]).toBe('set aside: it contradicts the others, and is not believed now');
});

test('over time: those of the first rows that anything is known of', () => {
  const story = { nowMs, clocks: clocksOf(nowMs) };
  const { rows } = rowsOf(story.clocks);
  const bands = bandsOf(rows, pointsOf(story, 120), { fromMs: nowMs - 60_000, toMs: nowMs });
  expect(bands.map((band) => band.name)).toEqual(['batch-7', 'C', 'orders-eu-1', 'B', 'broker 2']);
  expect(bands[0]?.points).toHaveLength(7);
  expect(bands[1]?.points[0]?.high).toEqual({ basis: 'unknown' });
});
