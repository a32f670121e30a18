import { expect, test } from 'vitest';
import { type ChannelWorld, simulateChannel } from '../../test/simulated-channel.ts';
import { createStepWatch, type StepWatch, watchForStep } from './step.ts';

const startMs = 1_790_000_000_000;
const seeds = [1, 2, 3, 4, 5];

function watched(records: readonly { fromMs: number; toMs: number }[]): StepWatch {
  const watch = createStepWatch();
  for (const record of records) watchForStep(watch, record, record.toMs);
  return watch;
}

const steps: readonly { network: ChannelWorld['network']; perSecond: number; byMs: number; withinMs: number }[] = [
  { network: 'lan', perSecond: 20, byMs: 500, withinMs: 1_000 },
  { network: 'lan', perSecond: 20, byMs: -5, withinMs: 35_000 },
  { network: 'lan', perSecond: 1, byMs: 5, withinMs: 30_000 },
  { network: 'cloud', perSecond: 20, byMs: -500, withinMs: 35_000 },
  { network: 'cloud', perSecond: 1, byMs: 50, withinMs: 15_000 },
  { network: 'cloud', perSecond: 1, byMs: -50, withinMs: 60_000 },
  { network: 'wan', perSecond: 10, byMs: 200, withinMs: 5_000 },
  { network: 'wan', perSecond: 1, byMs: -500, withinMs: 60_000 },
];
test.for(steps)(
  '$network, $perSecond/s: a clock set by $byMs ms is found, with its size',
  ({ byMs, withinMs, ...world }) => {
    for (const seed of seeds) {
      const step = { atSecond: 320, byMs };
      const { shifts } = watched(simulateChannel({ ...world, seed, seconds: 480, driftPpm: (seed - 3) * 40, step }));
      expect(shifts, `seed ${seed}`).toHaveLength(1);
      expect(Math.abs(shifts[0]!.byMs - byMs)).toBeLessThan(2.5);
      expect(shifts[0]!.detectedAtMs - startMs - 320_000).toBeGreaterThan(-1000);
      expect(shifts[0]!.detectedAtMs - startMs - 320_000).toBeLessThan(withinMs);
    }
  },
);

test.for(['lan', 'cloud', 'wan'] as const)('%s: half an hour of congestion and drift is no step', (network) => {
  for (const perSecond of [0.3, 5]) {
    for (const seed of seeds) {
      const world = { network, perSecond, seed, seconds: 1800, driftPpm: (seed - 3) * 60 };
      expect(watched(simulateChannel(world)).shifts, `${perSecond}/s, seed ${seed}`).toEqual([]);
    }
  }
});

const quiet: ChannelWorld = { network: 'cloud', perSecond: 10, seed: 7, seconds: 400 };

test('a few records with a wild event time do not move the floor', () => {
  const wild = simulateChannel(quiet).map((record, i) =>
    i % 900 === 0 ? { ...record, fromMs: record.fromMs + 86_400_000 } : record,
  );
  expect(watched(wild).shifts).toEqual([]);
});

test('a producer that cannot send for 20 s and then drains has not been set', () => {
  const cut = simulateChannel(quiet).map(({ fromMs, toMs }) => {
    const heldMs = startMs + 320_000;
    return {
      fromMs,
      toMs: toMs > startMs + 300_000 && toMs < heldMs ? heldMs + (toMs - startMs - 300_000) / 50 : toMs,
    };
  });
  expect(watched(cut).shifts).toEqual([]);
});

test('a delay that grows and stays, such as a longer linger, is called a moved floor and no clock step', () => {
  const slower = simulateChannel(quiet).map(({ fromMs, toMs }) => ({
    fromMs,
    toMs: toMs > startMs + 300_000 ? toMs + 60 : toMs,
  }));
  expect(watched(slower).shifts).toMatchObject([{ kind: 'floorMoved', byMs: expect.closeTo(-60, -1) }]);
});

test('event time that runs backwards gives a clock away', () => {
  const step = { atSecond: 320, byMs: -2000 };
  const { shifts } = watched(simulateChannel({ ...quiet, step }));
  expect(shifts).toMatchObject([{ kind: 'clockStep', byMs: expect.closeTo(-2000, -0.5) }]);
});

test('threads that write a little out of order are no steps', () => {
  const records = simulateChannel({ ...quiet, seconds: 900 });
  const crossed = records.map((record, i) => ({
    ...record,
    fromMs: records[i % 2 === 0 ? i + 1 : i - 1]?.fromMs ?? record.fromMs,
  }));
  expect(watched(crossed).shifts.filter(({ kind }) => kind === 'clockStep')).toEqual([]);
});

test('a clock set there and back is found twice', () => {
  const records = simulateChannel({ ...quiet, perSecond: 20, seconds: 600 }).map(({ fromMs, toMs }) => {
    const away = fromMs > startMs + 300_000 && fromMs < startMs + 420_000;
    return { fromMs: away ? fromMs + 300 : fromMs, toMs };
  });
  expect(watched(records).shifts.map(({ byMs }) => Math.round(byMs / 10))).toEqual([30, -30]);
});
