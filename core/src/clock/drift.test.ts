import { expect, test } from 'vitest';
import { type Network, networks, simulateChannel } from '../../test/simulated-channel.ts';
import { driftOf, isDriftWorthTelling } from './drift.ts';
import { addToFloor, createFloor } from './floor.ts';

const worlds = (Object.keys(networks) as Network[]).flatMap((network) =>
  [
    { seconds: 60, perSecond: 10 },
    { seconds: 300, perSecond: 1 },
    { seconds: 300, perSecond: 10 },
    { seconds: 1800, perSecond: 1 },
  ].map((world) => ({ network, ...world })),
);

test.for(worlds)('$network, $perSecond/s, $seconds s: the drift is within its stated error', (world) => {
  let misses = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const driftPpm = (seed % 9) * 60 - 240;
    const drift = driftAfter({ ...world, seed, driftPpm, offsetMs: seed * 37.3 });
    if (Math.abs(drift.ppm - driftPpm) > drift.errorPpm) misses++;
  }
  // The error is a statement about real networks, not a proof: one of forty may miss.
  expect(misses).toBeLessThanOrEqual(1);
});

test('the error shrinks with the window', () => {
  const [minute, fiveMinutes, halfHour] = [60, 300, 1800].map((seconds) =>
    driftAfter({ network: 'lan', seconds, perSecond: 10, seed: 2, driftPpm: 20 }),
  );
  expect(minute!.errorPpm).toBeLessThan(60);
  expect(fiveMinutes!.errorPpm).toBeLessThan(12);
  expect(halfHour!.errorPpm).toBeLessThan(2);
});

test.for([
  { why: 'nothing is said under a minute', drift: { ppm: 400, errorPpm: 20, spanMs: 50_000 }, want: false },
  { why: 'a minute shows a broken oscillator', drift: { ppm: -400, errorPpm: 20, spanMs: 60_000 }, want: true },
  { why: 'but no ordinary one', drift: { ppm: 40, errorPpm: 20, spanMs: 60_000 }, want: false },
  { why: 'five minutes show 40 ppm', drift: { ppm: 40, errorPpm: 8, spanMs: 300_000 }, want: true },
  { why: 'not beyond its own error', drift: { ppm: 14, errorPpm: 15, spanMs: 300_000 }, want: false },
  { why: 'half an hour shows 3 ppm', drift: { ppm: 3, errorPpm: 1.5, spanMs: 1_800_000 }, want: true },
  { why: 'what moves that fast is no clock', drift: { ppm: 4000, errorPpm: 10, spanMs: 300_000 }, want: false },
])('$why', ({ drift, want }) => expect(isDriftWorthTelling(drift)).toBe(want));

test('nothing can be said of two records', () => {
  const floor = createFloor(300_000);
  addToFloor(floor, { fromMs: 0, toMs: 5 });
  addToFloor(floor, { fromMs: 1000, toMs: 1005 });
  expect(driftOf(floor)).toBeUndefined();
});

test('the window is bounded, and a second keeps its lowest record also when it comes late', () => {
  const floor = createFloor(10_000);
  for (let t = 0; t < 60_000; t += 500) addToFloor(floor, { fromMs: t, toMs: t + 9 });
  addToFloor(floor, { fromMs: 55_200, toMs: 55_203 });
  expect(floor.points).toHaveLength(11);
  expect(floor.points.find(({ atMs }) => atMs === 55_203)).toEqual({ atMs: 55_203, gapMs: 3 });
  expect(floor.points.map(({ atMs }) => atMs)).toEqual(floor.points.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
});

function driftAfter(world: Parameters<typeof simulateChannel>[0]): NonNullable<ReturnType<typeof driftOf>> {
  const floor = createFloor(Number.POSITIVE_INFINITY);
  for (const record of simulateChannel(world)) addToFloor(floor, record);
  return driftOf(floor)!;
}
