import { expect, test } from 'vitest';
import { type SimulatedCluster, simulateCluster } from '../../test/simulated-cluster.ts';
import { offsetAt, solveClocks } from './bound.ts';
import { addCausality, addReading, type ClockEvidence, createClockEvidence, type OffsetReading } from './evidence.ts';
import type { Claimant, Contradiction } from './liar.ts';

test.for([
  { why: 'nobody lies', lies: {}, want: [] },
  {
    why: 'a consumer behind its claim received records before two producers sent them',
    lies: { c1: -60 },
    want: [['c1']],
  },
  {
    why: 'a producer ahead of its claim sent them after two consumers received them',
    lies: { p1: 60 },
    want: [['p1']],
  },
  { why: 'a consumer ahead of its claim looks like a slow path: nobody can see it', lies: { c1: 60 }, want: [] },
  { why: 'a lie inside the error of its own claim is none', lies: { c1: 0.5 }, want: [] },
])('$why', ({ lies, want }) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const solution = solveClocks(evidenceOf(simulateCluster({ seed, lies, agents: ['p0', 'p1', 'c0', 'c1'] })));
    expect(
      solution.contradictions.flatMap(({ suspects }) => suspects.map(names)),
      `seed ${seed}`,
    ).toEqual(want);
  }
});

test('one witness against one: both are suspects, the evidence is a circle, and neither is believed', () => {
  const evidence = createClockEvidence();
  read(evidence, { host: 'p', atMs: 1000, offset: { lowMs: -1, highMs: 1 } });
  read(evidence, { host: 'c', atMs: 1000, offset: { lowMs: -1, highMs: 1 } });
  follow(evidence, ['p', 1000], ['k', 990], ['c', 950]);
  const { contradictions, ...solution } = solveClocks(evidence);
  expect(contradictions).toHaveLength(1);
  const [found] = contradictions as [Contradiction];
  expect(found.kind).toBe('ambiguous');
  expect(found.suspects.map(names).sort()).toEqual([['c'], ['p']]);
  expect(found.cycle.map(({ kind }) => kind).sort()).toEqual(['causality', 'causality', 'reading', 'reading']);
  expect(found.cycle.reduce((sum, { limitMs }) => sum + limitMs, 0)).toBeCloseTo(-found.byMs, 9);
  // Records went from p to c in −50 ms, and the claims allow 2 ms and the rounding of two pairs.
  expect(found.byMs).toBeGreaterThan(40);
  expect(found.byMs).toBeLessThan(48);
  expect(offsetAt({ contradictions, ...solution }, { host: 'p', epoch: 0, atMs: 1000 }).high.basis).toBe('unknown');
});

const threeServers = [
  { server: 'time-a', offset: { lowMs: -1, highMs: 1 } },
  { server: 'time-b', offset: { lowMs: -2, highMs: 2 } },
  { server: 'time-c', offset: { lowMs: 90, highMs: 92 } },
];
test('of three servers that one host asks, the one that differs is named, not the host', () => {
  const evidence = createClockEvidence();
  for (const { server, offset } of threeServers) read(evidence, { host: 'c', atMs: 10_000, offset, server });
  const solution = solveClocks(evidence);
  expect(solution.contradictions.map(({ kind, suspects }) => [kind, suspects])).toEqual([
    ['liars', [[{ kind: 'server', server: 'time-c' }]]],
  ]);
  expect(offsetAt(solution, { host: 'c', epoch: 0, atMs: 10_000 })).toMatchObject({ low: { ms: -1 }, high: { ms: 1 } });
});

test('of two servers that differ either may lie', () => {
  const evidence = createClockEvidence();
  for (const { server, offset } of threeServers.slice(1)) read(evidence, { host: 'c', atMs: 1000, offset, server });
  const { contradictions } = solveClocks(evidence);
  expect(contradictions.map(({ kind }) => kind)).toEqual(['ambiguous']);
});

test('a server that two hosts believed is named rather than both of them', () => {
  const evidence = createClockEvidence();
  const wrong = { lowMs: -61, highMs: -59 };
  for (const host of ['p1', 'p2']) read(evidence, { host, atMs: 1000, offset: wrong, server: 'false-ticker' });
  for (const host of ['c1', 'c2'])
    read(evidence, { host, atMs: 1000, offset: { lowMs: -1, highMs: 1 }, server: `own of ${host}` });
  // All clocks are right. The producers' claims would have their records sent 60 ms later than they were received.
  for (const p of ['p1', 'p2']) for (const c of ['c1', 'c2']) follow(evidence, [p, 1000], ['k', 1001], [c, 1002]);
  const { contradictions } = solveClocks(evidence);
  expect(contradictions.map(({ kind, suspects }) => [kind, suspects.map(names)])).toEqual([
    ['liars', [['false-ticker']]],
  ]);
});

test('a clock that is slewed faster than drift is no liar, and its bounds hold meanwhile', () => {
  const evidence = createClockEvidence();
  // 100 ms away within 1.2 s, somewhere between two readings.
  const offsetMs = (atMs: number): number => Math.min(100, Math.max(0, (atMs - 70_000) / 12));
  for (let atMs = 1000; atMs < 200_000; atMs += 16_000) {
    const middleMs = offsetMs(atMs);
    read(evidence, { host: 'c', atMs, offset: { lowMs: middleMs - 1, highMs: middleMs + 1 } });
    read(evidence, { host: 'p', atMs, offset: { lowMs: -1, highMs: 1 } });
  }
  for (let t = 500; t < 200_000; t += 400)
    follow(evidence, ['p', t], ['k', t + 1], ['c', Math.floor(t + 2 + offsetMs(t))]);
  const solution = solveClocks(evidence);
  expect(solution.contradictions).toEqual([]);
  for (const atMs of [40_000, 70_600, 71_000, 120_000]) {
    const { low, high } = offsetAt(solution, { host: 'c', epoch: 0, atMs });
    expect(low.basis === 'proved' && low.ms <= offsetMs(atMs)).toBe(true);
    expect(high.basis === 'proved' && high.ms >= offsetMs(atMs)).toBe(true);
  }
  // Far from the slew nothing is lost.
  expect(offsetAt(solution, { host: 'c', epoch: 0, atMs: 20_000 })).toMatchObject({
    high: { ms: expect.closeTo(1, 0) },
  });
});

test('a broker that is set without anybody saying so is unsteady: no reading is blamed, all bounds but its own stay', () => {
  const evidence = createClockEvidence();
  for (const host of ['p', 'c']) {
    for (const atMs of [1000, 41_000, 81_000]) read(evidence, { host, atMs, offset: { lowMs: -1, highMs: 1 } });
  }
  for (let t = 0; t < 100_000; t += 500) {
    const step = t >= 50_000 ? 800 : 0;
    follow(evidence, ['p', t], ['k', t + 1 + step], ['c', t + 2]);
  }
  const solution = solveClocks(evidence);
  expect(solution.contradictions.map(({ kind, suspects }) => [kind, suspects.map(names)])).toEqual([
    ['unsteady', [['k']]],
  ]);
  expect(offsetAt(solution, { host: 'k', epoch: 0, atMs: 20_000 })).toMatchObject({ low: { basis: 'proved' } });
  const after = offsetAt(solution, { host: 'k', epoch: 0, atMs: 80_000 });
  expect(
    after.low.basis === 'proved' && after.low.ms > 790 && after.high.basis === 'proved' && after.high.ms < 810,
  ).toBe(true);
});

test('more liars than can be sorted out are listed, and what is left is still sound', () => {
  const evidence = createClockEvidence();
  const hosts = Array.from({ length: 7 }, (_, i) => `p${i}`);
  for (const host of hosts) read(evidence, { host, atMs: 1000, offset: { lowMs: -81, highMs: -79 } });
  for (let i = 0; i < 7; i++) read(evidence, { host: `c${i}`, atMs: 1000, offset: { lowMs: -1, highMs: 1 } });
  for (const host of hosts)
    for (let i = 0; i < 7; i++) follow(evidence, [host, 1000], [`k${i}`, 1001], [`c${i}`, 1002]);
  const { contradictions } = solveClocks(evidence);
  expect(contradictions.map(({ kind }) => kind)).toEqual(['many']);
  expect(contradictions[0]!.suspects[0]!.length).toBeGreaterThanOrEqual(7);
});

function read(evidence: ClockEvidence, reading: Omit<OffsetReading, 'epoch'>): void {
  addReading(evidence, { ...reading, epoch: 0 });
}

function follow(evidence: ClockEvidence, ...stamps: (readonly [host: string, atMs: number])[]): void {
  const all = stamps.map(([host, atMs]) => ({ host, epoch: 0, atMs }));
  for (let i = 1; i < all.length; i++) addCausality(evidence, { cause: all[i - 1]!, effect: all[i]! });
}

function evidenceOf(cluster: SimulatedCluster): ClockEvidence {
  const evidence = createClockEvidence();
  for (const reading of cluster.readings) addReading(evidence, reading);
  for (const { stamps } of cluster.records) {
    for (let i = 1; i < stamps.length; i++) addCausality(evidence, { cause: stamps[i - 1]!, effect: stamps[i]! });
  }
  return evidence;
}

function names(claimants: readonly Claimant[]): string[] {
  return claimants.map((claimant) => (claimant.kind === 'host' ? claimant.host : claimant.server));
}
