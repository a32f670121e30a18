import type { HostClock } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf, pointsOf } from '../test/story.ts';
import { clocksOf } from './host-clocks.ts';

const nowMs = 1_772_366_400_000;
const window = { fromMs: nowMs - 60_000, toMs: nowMs };
const rowsOf = (...hosts: HostClock[]) => clocksOf({ ...assessmentOf({ nowMs }), hosts }, [], window).hosts.rows;

describe('a clock in words', () => {
  test.for<{ why: string; host: HostClock; want: object }>([
    {
      why: 'bounded',
      host: { host: 'a', source: 'chrony 127.0.0.1:323', offset: { lowMs: -0.4, highMs: 0.6 }, steps: [] },
      want: { bounded: true, offset: '−0.40 ms to +0.60 ms', notes: ['known to ±0.5 ms by chrony 127.0.0.1:323'] },
    },
    {
      why: 'unbounded, and why',
      host: { host: 'a', source: 'none (no NTP server configured, no chrony on 127.0.0.1:323)', steps: [] },
      want: { bounded: false, offset: 'unbounded: no NTP server configured, no chrony on 127.0.0.1:323', notes: [] },
    },
    {
      why: 'unbounded though there is a source',
      host: { host: 'a', source: 'SNTP pool.ntp.org', steps: [] },
      want: { bounded: false, offset: 'unbounded: SNTP pool.ntp.org' },
    },
    {
      why: 'unbounded without a word',
      host: { host: 'a', source: '', steps: [] },
      want: { offset: 'unbounded: nothing says how wrong it may be' },
    },
    {
      why: 'a step is said',
      host: { host: 'a', source: 'x', steps: [{ atMs: nowMs - 90_000, byMs: -500, epoch: 1 }] },
      want: { notes: ['stepped by −500 ms 1 min 30 s ago'] },
    },
  ])('$why', ({ host, want }) => expect(rowsOf(host)[0]).toMatchObject(want));
});

test('those of which least is known come first', () => {
  const host = (name: string, highMs?: number): HostClock => ({
    host: name,
    source: 'x',
    steps: [],
    ...(highMs === undefined ? {} : { offset: { lowMs: 0, highMs } }),
  });
  expect(rowsOf(host('tight', 1), host('wide', 100), host('unbounded')).map((row) => row.host)).toEqual([
    'unbounded',
    'wide',
    'tight',
  ]);
});

test('only bounded hosts have a band', () => {
  const view = clocksOf(assessmentOf({ nowMs }), pointsOf({ nowMs }, 120), window);
  expect(view.bands.map((band) => [band.host, band.points.length])).toEqual([['orders-eu-1', 61]]);
});
