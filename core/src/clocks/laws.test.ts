import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { hearFleet } from '../../test/hear-fleet.ts';
import { type Fleet, fleetStartMs, offsetIn, type Told, tellFleet } from '../../test/simulated-fleet.ts';
import type { Assessment } from '../assess/assessment.ts';
import type { KnownClock } from './known-clock.ts';

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

/** c1 also produces, under its own name: what it sends has a way back. */
function fleetOf(seed: number): Fleet {
  const clocks = ['p1', 'p2', 'broker 0', 'broker 1', 'c0', 'c1', 'c2'].map((host, i) => {
    const offsetMs = ((seed * 7919 + i * 104_729) % 2000) - 1000;
    const ppm = ((seed * 31 + i * 17) % 90) - 45;
    return [host, (trueMs: number) => offsetMs + (ppm * trueMs) / 1e6] as const;
  });
  return {
    seed,
    seconds: 180,
    producers: ['p1', 'p2', 'c1'],
    brokers: ['broker 0', 'broker 1'],
    consumers: ['c0', 'c1', 'c2'],
    network: (['lan', 'cloud', 'wan'] as const)[seed % 3]!,
    clocks: Object.fromEntries(clocks),
    logAppendTime: seed % 4 !== 0,
    // c2 has an agent and nobody to ask.
    ntp: (host) => (host === 'c2' ? undefined : { everyMs: 16_000, errorMs: 1 + (seed % 3) }),
  };
}

test.for(seeds)('seed %i: what is proved of a clock contains the truth, at each solution', (seed) => {
  const fleet = fleetOf(seed);
  let solutions = 0;
  let clocks: readonly KnownClock[] = [];
  const { assessment, findings } = hearFleet(tellFleet(fleet), (assessment) => {
    if (assessment.clocks === clocks) return;
    clocks = assessment.clocks;
    solutions += 1;
    for (const { name, low, high } of clocks) {
      const truthMs = offsetIn(fleet, name, assessment.nowMs - fleetStartMs);
      if (low.basis === 'proved') expect(low.ms, `${name}, ${assessment.nowMs}`).toBeLessThanOrEqual(truthMs + 0.05);
      if (high.basis === 'proved')
        expect(high.ms, `${name}, ${assessment.nowMs}`).toBeGreaterThanOrEqual(truthMs - 0.05);
    }
  });
  expect(solutions).toBeGreaterThan(15);
  expect(findings.filter(({ finding }) => finding.kind === 'clockContradiction')).toEqual([]);
  const bases = Object.fromEntries(assessment.clocks.map(({ name, low, high }) => [name, [low.basis, high.basis]]));
  expect(bases).toMatchObject({ p1: ['proved', 'unknown'], c0: ['proved', 'proved'], c1: ['proved', 'proved'] });
  expect(bases.c2![1]).toBe('proved');
  if (fleet.logAppendTime) expect(bases['broker 0']).toEqual(['proved', 'proved']);
});

test.for(seeds)('seed %i: more evidence never widens a bound', (seed) => {
  const told = tellFleet(fleetOf(seed));
  const less = told.map(({ receivedMs, report }) => ({
    receivedMs,
    report: {
      ...report,
      tasks: report.tasks.map((task) => ({
        ...task,
        cells: task.cells.filter((_, i) => (i + report.sequence) % 2 === 0),
      })),
      clock: { ...report.clock, readings: report.sequence % 3 === 0 ? [] : report.clock.readings },
    },
  }));
  const narrow = ends(hearFleet(told).assessment);
  for (const [name, [low, high]] of ends(hearFleet(less).assessment)) {
    expect(narrow.get(name)![0], name).toBeGreaterThanOrEqual(low - ageSlackMs);
    expect(narrow.get(name)![1], name).toBeLessThanOrEqual(high + ageSlackMs);
  }
});

test.for(seeds)('seed %i: the order in which agents and cells come does not matter', (seed) => {
  const told = tellFleet(fleetOf(seed));
  const lateHost = `c${seed % 3}`;
  const other = told
    .map(({ receivedMs, report }): Told => {
      const tasks = report.tasks.map((task) => ({ ...task, cells: task.cells.toReversed() }));
      return { receivedMs: receivedMs + (report.agent.host === lateHost ? 700 : 0), report: { ...report, tasks } };
    })
    .sort((a, b) => a.receivedMs - b.receivedMs);
  const one = ends(hearFleet(told).assessment);
  for (const [name, [low, high]] of ends(hearFleet(other).assessment)) {
    expect(finite(one.get(name)![0] - low), name).toBeLessThan(ageSlackMs);
    expect(finite(one.get(name)![1] - high), name).toBeLessThan(ageSlackMs);
  }
});

test('what is learnt of clocks is plain data: a copy of it goes on as the original does', () => {
  const told = tellFleet(fleetOf(2));
  const half = told.length >> 1;
  const { state, assessment } = hearFleet(told.slice(0, half));
  const copy = hearFleet(told.slice(half), undefined, { state: deserialize(serialize(state)), assessment });
  const whole = hearFleet(told);
  expect(copy.assessment.clocks).toEqual(whole.assessment.clocks);
  expect(copy.assessment.findings).toEqual(whole.assessment.findings);
});

/** A clock is looked at where it was last seen: a second more or less of drift. */
const ageSlackMs = 0.2;

function ends(assessment: Assessment): Map<string, [low: number, high: number]> {
  return new Map(
    assessment.clocks.map(({ name, low, high }) => [
      name,
      [
        low.basis === 'proved' ? low.ms : Number.NEGATIVE_INFINITY,
        high.basis === 'proved' ? high.ms : Number.POSITIVE_INFINITY,
      ],
    ]),
  );
}

/** ∞ − ∞ is no difference. */
function finite(difference: number): number {
  return Number.isNaN(difference) ? 0 : Math.abs(difference);
}
