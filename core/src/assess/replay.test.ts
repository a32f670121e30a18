import { expect, test } from 'vitest';
import type { Arrival } from '../habits/arrival.ts';
import { createReplay, followReplay, mayBeBacklog } from './replay.ts';

function arrival(eventMs: number, appendMs: number): Arrival {
  return { offset: 0, eventMs, lowMs: appendMs, highMs: appendMs };
}

/** One record in each cell: how old it is and when it was appended. */
function stateOf(records: readonly (readonly [ageMs: number, appendMs: number])[]): string {
  const [first, ...rest] = records.map(([ageMs, appendMs]) => arrival(appendMs - ageMs, appendMs));
  const replay = createReplay(first!);
  let highestMs = Number.NEGATIVE_INFINITY;
  for (const record of [first!, ...rest]) {
    const outOfOrder = record.eventMs < highestMs ? 1 : 0;
    highestMs = Math.max(highestMs, record.eventMs);
    followReplay(replay, { quickest: record, last: record }, { count: 1, outOfOrder });
  }
  return replay.state;
}

/** How event time and append go on from one record to the next. */
function steady(from: { ageMs: number; stepMs: number; everyMs: number; count: number }): [number, number][] {
  return Array.from({ length: from.count }, (_, i) => [
    from.ageMs + i * (from.everyMs - from.stepMs),
    i * from.everyMs,
  ]);
}

test.for([
  {
    why: 'hours old, a minute of events in each second',
    ageMs: 9e6,
    stepMs: 60_000,
    everyMs: 1_000,
    count: 10,
    want: 'yes',
  },
  { why: 'old, all at once', ageMs: 9e5, stepMs: 1_000, everyMs: 0, count: 10, want: 'yes' },
  { why: 'too few to tell', ageMs: 9e6, stepMs: 60_000, everyMs: 1_000, count: 4, want: 'unknown' },
  {
    why: 'always 5 min behind: a slow pipeline or clock',
    ageMs: 3e5,
    stepMs: 1_000,
    everyMs: 1_000,
    count: 70,
    want: 'no',
  },
  { why: 'a shipper’s minute', ageMs: 59_000, stepMs: 1_000, everyMs: 0, count: 59, want: 'no' },
  { why: 'a backlog that has caught up', ageMs: 9e5, stepMs: 100_000, everyMs: 1_000, count: 10, want: 'no' },
])('$why', ({ want, ...from }) => {
  expect(stateOf(steady(from))).toBe(want);
});

// Flights that are heard of when they land (`testdata/flights`): old events, made now, that come in any order.
test.for<{ why: string; records: [number, number][]; want: string }>([
  {
    why: 'what comes in any order has no speed',
    records: [
      [900_000, 0],
      [300_000, 10_000],
      [800_000, 20_000],
      [200_000, 30_000],
      [700_000, 40_000],
      [100_000, 50_000],
    ],
    want: 'unknown',
  },
  {
    why: 'one long flight before short ones: a leap is no speed',
    records: [
      [900_000, 0],
      [200_000, 10_000],
      [200_000, 20_000],
      [200_000, 30_000],
      [200_000, 40_000],
    ],
    want: 'unknown',
  },
])('$why', ({ records, want }) => expect(stateOf(records)).toBe(want));

test.for([
  { why: 'old events, just after somebody began to look', atMs: 10_000, firstSequence: undefined, want: true },
  { why: 'the same of a producer that has written before', atMs: 10_000, firstSequence: 812, want: true },
  { why: 'of one that was seen to begin', atMs: 10_000, firstSequence: 0, want: false },
  { why: 'after minutes in which it would have been heard of', atMs: 301_000, firstSequence: undefined, want: false },
  { why: 'events of since then', atMs: 200_000, firstSequence: 812, ageMs: 190_000, want: false },
])('a backlog of before? $why', ({ atMs, firstSequence, ageMs = 400_000, want }) => {
  const first = arrival(atMs - ageMs, atMs);
  expect(mayBeBacklog(first, { sinceMs: 0, firstSequence })).toBe(want);
  const replay = createReplay(first, want);
  for (let i = 0; i < 10; i++) {
    const record = arrival(first.eventMs + i * 5_000, atMs + i * 100);
    followReplay(replay, { quickest: record, last: record }, { count: 5, outOfOrder: 0 });
  }
  expect(replay.state).toBe(want ? 'unknown' : 'yes');
});
