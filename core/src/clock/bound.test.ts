import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { clusterTruth, type SimulatedCluster, simulateCluster } from '../../test/simulated-cluster.ts';
import { type BoundEnd, type ClockSolution, offsetAt, solveClocks, trueTimesInOrder } from './bound.ts';
import {
  addCausality,
  addReading,
  allowDrift,
  assumeDelay,
  type ClockEvidence,
  createClockEvidence,
  forgetBefore,
} from './evidence.ts';

const seeds = Array.from({ length: 25 }, (_, i) => i + 1);

/** Three hosts and four records whose bounds can be worked out on paper: q and c know their time, k and p do not. */
function byHand(): ClockEvidence {
  const evidence = createClockEvidence({ cellMs: 10_000, quantumMs: 1, phiPpm: 0 });
  addReading(evidence, { host: 'c', epoch: 0, atMs: 1000, offset: { lowMs: 6.5, highMs: 9.5 } });
  addReading(evidence, { host: 'q', epoch: 0, atMs: 1000, offset: { lowMs: -2.75, highMs: -1.25 } });
  for (const [host, e, b, c] of [
    ['p', 1000, 1048, 1053],
    ['p', 1200, 1243, 1252],
    ['q', 1100, 1114, 1117],
    ['q', 1300, 1317, 1328],
  ] as const) {
    const append = { host: 'k', epoch: 0, atMs: b };
    addCausality(evidence, { cause: { host, epoch: 0, atMs: e }, effect: append });
    addCausality(evidence, { cause: append, effect: { host: 'c', epoch: 0, atMs: c } });
  }
  return evidence;
}

test.for([
  { why: 'its own reading bounds a host with an agent', host: 'c', want: [6.5, 9.5] },
  { why: 'a broker is bounded by the producer before and the consumer behind it', host: 'k', want: [2.5, 13.75] },
  { why: 'a producer without an agent has no upper bound', host: 'p', want: [-41.5, undefined] },
  { why: 'a host that nobody has seen has none at all', host: 'x', want: [undefined, undefined] },
])('$why', ({ host, want }) => {
  const { low, high } = offsetAt(solveClocks(byHand()), { host, epoch: 0, atMs: 1000 });
  expect([ms(low), ms(high)]).toEqual(want);
});

test('a declared longest delay bounds the producer from above, as an assumption', () => {
  const evidence = byHand();
  const cause = { host: 'p', epoch: 0, atMs: 1200 };
  assumeDelay(evidence, { cause, effect: { host: 'k', epoch: 0, atMs: 1243 }, withinMs: 50 });
  const { low, high } = offsetAt(solveClocks(evidence), cause);
  expect(low).toEqual({ basis: 'proved', ms: -41.5 });
  // At most 50 ms lie between: 13.75 − 43 + 50 and the rounding.
  expect(high).toEqual({ basis: 'assumed', ms: 21.75 });
});

test('an offset of another epoch says nothing', () => {
  const { low, high } = offsetAt(solveClocks(byHand()), { host: 'c', epoch: 1, atMs: 1000 });
  expect([low.basis, high.basis]).toEqual(['unknown', 'unknown']);
});

test.for(seeds)('seed %i: every proved bound contains the truth', (seed) => {
  const cluster = simulateCluster({ seed });
  const solution = solveClocks(evidenceOf(cluster));
  expect(solution.contradictions).toEqual([]);
  for (const { host, atMs, offsetMs } of clusterTruth(cluster)) {
    const { low, high } = offsetAt(solution, { host, epoch: 0, atMs });
    if (low.basis === 'proved') expect(low.ms, `${host} at ${atMs}`).toBeLessThanOrEqual(offsetMs + 1e-4);
    if (high.basis === 'proved') expect(high.ms, `${host} at ${atMs}`).toBeGreaterThanOrEqual(offsetMs - 1e-4);
  }
  for (const { stamps, trueMs } of cluster.records) {
    trueTimesInOrder(solution, stamps).forEach(({ low, high }, i) => {
      if (low.basis === 'proved') expect(low.ms).toBeLessThanOrEqual(trueMs[i]! + 1e-4);
      if (high.basis === 'proved') expect(high.ms).toBeGreaterThanOrEqual(trueMs[i]! - 1e-4);
    });
  }
});

test.for(seeds)('seed %i: more evidence never widens a bound', (seed) => {
  const cluster = simulateCluster({ seed });
  const half = {
    ...cluster,
    records: cluster.records.filter((_, i) => i % 2 === 0),
    readings: cluster.readings.filter((_, i) => i % 3 > 0),
  };
  const less = solveClocks(evidenceOf(half));
  const more = solveClocks(evidenceOf(cluster));
  for (const { host, atMs } of clusterTruth(cluster)) {
    const [wide, narrow] = [less, more].map((solution) => interval(solution, host, atMs));
    expect(narrow!.lowMs).toBeGreaterThanOrEqual(wide!.lowMs - 1e-4);
    expect(narrow!.highMs).toBeLessThanOrEqual(wide!.highMs + 1e-4);
  }
});

test.for(seeds)('seed %i: the order of arrival does not matter', (seed) => {
  const cluster = simulateCluster({ seed });
  const shuffled = {
    ...cluster,
    records: shuffle(cluster.records, seed),
    readings: shuffle(cluster.readings, seed + 1),
  };
  const one = solveClocks(evidenceOf(cluster));
  const other = solveClocks(evidenceOf(shuffled));
  for (const { host, atMs } of clusterTruth(cluster)) {
    const [a, b] = [one, other].map((solution) => interval(solution, host, atMs));
    expect(a!.lowMs === b!.lowMs || Math.abs(a!.lowMs - b!.lowMs) < 1e-4).toBe(true);
    expect(a!.highMs === b!.highMs || Math.abs(a!.highMs - b!.highMs) < 1e-4).toBe(true);
  }
});

test.for(seeds)(
  'seed %i: clocks that run faster than promised, as measured: no liar, and the truth is inside',
  (seed) => {
    const ppm = { k0: 200, p1: -500 };
    const cluster = simulateCluster({ seed, ppm });
    const measured = { k0: 225, p1: 560 };
    const solution = solveClocks(evidenceOf(cluster, measured));
    expect(solution.contradictions).toEqual([]);
    for (const { host, atMs, offsetMs } of clusterTruth(cluster)) {
      const { low, high } = offsetAt(solution, { host, epoch: 0, atMs });
      if (low.basis === 'proved') expect(low.ms, `${host} at ${atMs}`).toBeLessThanOrEqual(offsetMs + 1e-4);
      if (high.basis === 'proved') expect(high.ms, `${host} at ${atMs}`).toBeGreaterThanOrEqual(offsetMs - 1e-4);
    }
    // Teeth: held to the promise, such a broker contradicts honest hosts.
    expect(solveClocks(evidenceOf(cluster)).contradictions).not.toEqual([]);
  },
);

test('what is forgotten no longer bounds, and what is kept still does', () => {
  const cluster = simulateCluster({ seed: 3 });
  const kept = forgetBefore(evidenceOf(cluster), 60_000);
  expect(Math.min(...kept.nodes.map(({ cell }) => cell))).toBeGreaterThanOrEqual(6);
  const late = {
    ...cluster,
    records: cluster.records.filter(({ stamps }) => stamps.every(({ atMs }) => atMs >= 55_000)),
  };
  const wanted = solveClocks(evidenceOf({ ...late, readings: cluster.readings.filter(({ atMs }) => atMs >= 55_000) }));
  for (const host of ['c0', 'k0'])
    expect(interval(solveClocks(kept), host, 100_000)).toEqual(interval(wanted, host, 100_000));
});

function evidenceOf(cluster: SimulatedCluster, drifts: { readonly [host: string]: number } = {}): ClockEvidence {
  const evidence = createClockEvidence({ cellMs: 10_000, quantumMs: 1, phiPpm: cluster.phiPpm });
  for (const [host, ppm] of Object.entries(drifts)) allowDrift(evidence, host, ppm);
  for (const reading of cluster.readings) addReading(evidence, reading);
  for (const { stamps } of cluster.records) {
    for (let i = 1; i < stamps.length; i++) addCausality(evidence, { cause: stamps[i - 1]!, effect: stamps[i]! });
  }
  return evidence;
}

function interval(solution: ClockSolution, host: string, atMs: number): { lowMs: number; highMs: number } {
  const { low, high } = offsetAt(solution, { host, epoch: 0, atMs });
  return { lowMs: ms(low) ?? Number.NEGATIVE_INFINITY, highMs: ms(high) ?? Number.POSITIVE_INFINITY };
}

function ms(end: BoundEnd): number | undefined {
  return end.basis === 'unknown' ? undefined : end.ms;
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  const random = prng(seed);
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
