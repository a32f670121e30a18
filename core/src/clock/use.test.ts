import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { exponential, simulateChannel } from '../../test/simulated-channel.ts';
import { findOddFloors } from './soft-floor.ts';
import { createUseWatch, type EventTimeUse, eventTimeUse, restartUse, watchUse } from './use.ts';

const channel = simulateChannel({ network: 'cloud', seed: 5, seconds: 90, perSecond: 10 });
const startMs = channel[0]!.toMs;
const random = prng(11);

const stories: readonly {
  why: string;
  eventMs: (fromMs: number, toMs: number) => number;
  want: EventTimeUse | undefined;
}[] = [
  { why: 'the time of sending is a clock', eventMs: (fromMs) => fromMs, want: 'clock' },
  {
    why: 'also of a clock that is wrong by hours and drifts',
    eventMs: (fromMs) => fromMs + 7_200_000 + (fromMs - startMs) * 4e-4,
    want: 'clock',
  },
  {
    why: 'five minutes old at the speed of time: cannot be told from a clock that is behind',
    eventMs: (fromMs) => fromMs - 300_000,
    want: 'clock',
  },
  {
    why: 'the age of sensor values varies',
    eventMs: (fromMs) => fromMs - exponential(random) * 3000,
    want: 'not-a-clock',
  },
  { why: 'a business date stands still', eventMs: () => startMs - (startMs % 86_400_000), want: 'replay' },
  { why: 'a replay runs faster', eventMs: (fromMs) => startMs - 9e6 + (fromMs - startMs) * 20, want: 'replay' },
  { why: 'or a little faster', eventMs: (fromMs) => startMs - 9e6 + (fromMs - startMs) * 1.1, want: 'replay' },
  { why: 'or slower', eventMs: (fromMs) => startMs - 9e6 + (fromMs - startMs) * 0.5, want: 'replay' },
];
test.for(stories)('$why', ({ eventMs, want }) => {
  const watch = createUseWatch();
  for (const { fromMs, toMs } of channel) watchUse(watch, { fromMs: Math.floor(eventMs(fromMs, toMs)), toMs });
  expect(eventTimeUse(watch)).toBe(want);
});

test('a clock that leaps ahead is one, though a line over both sides of the leap runs at another speed', () => {
  const seen = createUseWatch();
  const told = createUseWatch();
  for (const { fromMs, toMs } of channel.filter(({ toMs }) => toMs <= startMs + 63_000)) {
    const pair = { fromMs: fromMs + (toMs > startMs + 60_000 ? 6_000 : 0), toMs };
    watchUse(seen, pair);
    watchUse(told, pair);
  }
  expect(eventTimeUse(seen)).toBe('replay');
  restartUse(told, startMs + 60_000);
  expect(eventTimeUse(told)).toBe('clock');
  // And what comes then is judged by itself.
  for (const { fromMs, toMs } of channel.filter(({ toMs }) => toMs > startMs + 63_000))
    watchUse(told, { fromMs: fromMs + 6_000 + (toMs - startMs - 63_000) * 3, toMs });
  expect(eventTimeUse(told)).toBe('replay');
});

test('a few records say nothing', () => {
  const watch = createUseWatch();
  for (const pair of channel.slice(0, 15)) watchUse(watch, pair);
  expect(eventTimeUse(watch)).toBeUndefined();
});

test.for([
  { why: 'alike', gapsMs: [3, 4, 3, 5], want: [] },
  { why: 'one is held back', gapsMs: [3, 4, 3, 45, 5], want: ['p3: clock behind or records held back by about 42 ms'] },
  { why: 'a little more is within what networks do', gapsMs: [3, 4, 3, 9, 5], want: [] },
  { why: 'earlier than the others is for the proofs', gapsMs: [3, 4, -80, 3, 5], want: [] },
  { why: 'two others are no crowd', gapsMs: [3, 4, 400], want: [] },
])('floors: $why', ({ gapsMs, want }) => {
  const floors = gapsMs.map((gapMs, i) => ({ producer: `p${i}`, gapMs }));
  expect(findOddFloors(floors).map(({ sentence }) => sentence)).toEqual(want);
});
