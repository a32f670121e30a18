import type { BoundEnd, ClockPoint, Finding, KnownClock } from '@tidemark/core';

const proved = (ms: number): BoundEnd => ({ basis: 'proved', ms });
const assumed = (ms: number): BoundEnd => ({ basis: 'assumed', ms });
const unknown: BoundEnd = { basis: 'unknown' };
const graceMs = 5_000;

/** A cluster in which each kind of knowledge is to be seen: bounded, growing old, from one side only, not at all, wrong. */
export function clocksOf(nowMs: number): readonly KnownClock[] {
  const base = { seenAtMs: nowMs - 400, isSuspect: false };
  const within = { oneMs: 'yes', grace: { graceMs, within: 'yes' } } as const;
  return [
    {
      ...base,
      id: 'host orders-eu-1',
      name: 'orders-eu-1',
      role: 'host',
      low: proved(-0.41),
      high: proved(0.62),
      drift: { ppm: 3.1, errorPpm: 0.8, spanMs: 900_000 },
      readings: {
        source: 'chrony 127.0.0.1:323',
        readAtMs: nowMs - 4_000,
        ageMs: 4_000,
        sources: [{ name: 'chrony 127.0.0.1:323' }],
      },
      grade: within,
    },
    {
      ...base,
      id: 'host orders-eu-2',
      name: 'orders-eu-2',
      role: 'host',
      low: unknown,
      high: unknown,
      readings: { source: 'none (no NTP server configured, no chrony on 127.0.0.1:323)', sources: [] },
      grade: { oneMs: 'unknown', grace: { graceMs, within: 'unknown' } },
    },
    {
      ...base,
      id: 'broker main/2',
      name: 'broker 2',
      role: 'broker',
      cluster: 'main',
      low: proved(-3.2),
      high: proved(11.4),
      provedIfNotSetSinceMs: nowMs - 1_200_000,
      grade: { oneMs: 'unknown', grace: { graceMs, within: 'yes' } },
    },
    {
      ...base,
      id: 'producer main/n:B',
      name: 'B',
      role: 'producer',
      low: proved(-38),
      high: assumed(47),
      use: 'clock',
      grade: { oneMs: 'unknown', grace: { graceMs, within: 'yes' } },
    },
    {
      ...base,
      id: 'producer main/n:C',
      name: 'C',
      role: 'producer',
      low: proved(4_980),
      high: unknown,
      drift: { ppm: -41.2, errorPpm: 6, spanMs: 300_000, against: 'broker 2' },
      use: 'clock',
      grade: { oneMs: 'no', grace: { graceMs, within: 'unknown' } },
    },
    {
      ...base,
      id: 'host batch-7',
      name: 'batch-7',
      role: 'host',
      low: proved(-212),
      high: proved(188),
      isSuspect: true,
      readings: { source: 'SNTP time-b.example.org', readAtMs: nowMs - 31_000, ageMs: 31_000, sources: [] },
      grade: { oneMs: 'unknown', grace: { graceMs, within: 'yes' } },
    },
  ];
}

/** Hosts besides, all of them well kept: as a large cluster has. */
export function manyClocks(nowMs: number, count: number): readonly KnownClock[] {
  const good = clocksOf(nowMs)[0]!;
  return Array.from({ length: count }, (_, index) => ({
    ...good,
    id: `host web-${index + 1}`,
    name: `web-${index + 1}`,
    low: proved(-0.2 - (index % 7) / 20),
    high: proved(0.3 + (index % 5) / 20),
  }));
}

export function findingsOf(nowMs: number): readonly Finding[] {
  return [
    {
      id: 'clockContradiction-2',
      kind: 'clockContradiction',
      status: 'open',
      openedAtMs: nowMs - 45_000,
      updatedAtMs: nowMs - 5_000,
      subject: { kind: 'clocks', names: ['batch-7'] },
      evidence: {
        kind: 'liars',
        suspects: [[{ kind: 'host', host: 'batch-7' }]],
        byMs: 188,
        cycle: [
          {
            kind: 'reading',
            from: {},
            to: { host: 'orders-eu-1', atMs: nowMs - 65_000 },
            limitMs: 0.6,
            server: 'chrony',
          },
          {
            kind: 'causality',
            from: { host: 'orders-eu-1', atMs: nowMs - 65_000 },
            to: { host: 'broker 2', atMs: nowMs - 65_000 },
            limitMs: 12.4,
          },
          {
            kind: 'causality',
            from: { host: 'broker 2', atMs: nowMs - 65_000 },
            to: { host: 'batch-7', atMs: nowMs - 65_000 },
            limitMs: 11,
          },
          {
            kind: 'reading',
            from: { host: 'batch-7', atMs: nowMs - 65_000 },
            to: {},
            limitMs: -212,
            server: 'time-b.example.org',
          },
        ],
      },
      sentence:
        'batch-7 cannot be right: what it says of the time contradicts all others by 188 ms or more. Its readings are not believed.',
    },
    {
      id: 'clockDrift-1',
      kind: 'clockDrift',
      status: 'closed',
      openedAtMs: nowMs - 900_000,
      updatedAtMs: nowMs - 300_000,
      closedAtMs: nowMs - 300_000,
      subject: { kind: 'clock', id: 'producer main/n:C', name: 'C' },
      evidence: { ppm: -41.2, errorPpm: 6, spanMs: 300_000, against: 'broker 2' },
      sentence: "C's clock runs 41 ppm (±6) slow against broker 2: 3.6 s a day, measured over 5 min.",
    },
  ];
}

/** As they were at an instant: a little wider and narrower as time goes. */
export function clockPointsAt(clocks: readonly KnownClock[], atMs: number): readonly ClockPoint[] {
  const sway = Math.sin(atMs / 40_000) * 0.1;
  const moved = (end: BoundEnd): BoundEnd => (end.basis === 'unknown' ? end : { ...end, ms: end.ms * (1 + sway) });
  return clocks.map(({ id, name, low, high }) => ({ id, name, low: moved(low), high: moved(high) }));
}
