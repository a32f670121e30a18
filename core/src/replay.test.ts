import { expect, test } from 'vitest';
import type { Arrival } from './arrival.ts';
import { createReplay, followReplay } from './replay.ts';

function arrival(eventMs: number, appendMs: number): Arrival {
  return { offset: 0, eventMs, lowMs: appendMs, highMs: appendMs };
}

/** One record in each cell: how its event time and its append go on. */
function stateOf(from: { ageMs: number; stepMs: number; everyMs: number; count: number }): string {
  const records = Array.from({ length: from.count }, (_, i) => arrival(i * from.stepMs - from.ageMs, i * from.everyMs));
  const replay = createReplay(records[0]!);
  for (const record of records) followReplay(replay, record, record, 1);
  return replay.state;
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
  expect(stateOf(from)).toBe(want);
});
