import { describe, expect, test } from 'vitest';
import { hearFleet } from '../../test/hear-fleet.ts';
import { type Fleet, tellFleet } from '../../test/simulated-fleet.ts';

const fleet: Fleet = {
  seed: 1,
  seconds: 400,
  producers: ['c0', 'c1', 'p3'],
  brokers: ['broker 0', 'broker 1'],
  consumers: ['c0', 'c1'],
  perSecond: 20,
  ntp: () => ({ everyMs: 64_000, errorMs: 1 }),
};

describe('hosts that write to each other are read each minute, and one is slewed between two readings', () => {
  const [fast, slow] = [0.08333, 500e-6];
  test.for([
    { by: 'chronyd', byMs: 100, rate: fast },
    { by: 'chronyd', byMs: -100, rate: fast },
    { by: 'adjtime', byMs: 30, rate: slow },
    { by: 'adjtime', byMs: -100, rate: slow, awaits: 'c0' },
  ])('by $byMs ms, as fast as $by does: nobody is called a liar', ({ byMs, rate, awaits }) => {
    // Readings are taken after 2 to 10 s, and then each 64 s.
    const slewedMs = (t: number): number => Math.max(0, Math.min(Math.abs(byMs), (t - 150_000) * rate));
    const clocks = { c0: (t: number) => Math.sign(byMs) * slewedMs(t) };
    const suspects = new Set<string>();
    const awaited = new Set<string>();
    const { findings } = hearFleet(tellFleet({ ...fleet, clocks }), (assessment) => {
      for (const { name, isSuspect, awaitsReading } of assessment.clocks) {
        if (isSuspect) suspects.add(name);
        if (awaitsReading) awaited.add(name);
      }
    });
    expect([...suspects]).toEqual([]);
    if (awaits !== undefined) expect([...awaited]).toContain(awaits);
    expect(findings.map(({ finding }) => finding.sentence)).toEqual([]);
  });
});
