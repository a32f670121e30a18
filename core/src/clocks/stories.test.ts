import { describe, expect, test } from 'vitest';
import { hearFleet } from '../../test/hear-fleet.ts';
import { type Fleet, type NtpOf, tellFleet } from '../../test/simulated-fleet.ts';

const base: Fleet = {
  seed: 1,
  seconds: 400,
  producers: ['p1', 'p2', 'p3'],
  brokers: ['broker 0', 'broker 1'],
  consumers: ['c0', 'c1'],
};
const at = 200_000;
const since =
  (byMs: number) =>
  (trueMs: number): number =>
    trueMs > at ? byMs : 0;
const ntp = (of: Partial<NtpOf>) => (): NtpOf => ({ everyMs: 10_000, errorMs: 1, ...of });

interface Story {
  readonly why: string;
  readonly fleet: Partial<Fleet>;
  /** In the order of opening; nothing else may be said. */
  readonly want: readonly {
    readonly kind: string;
    readonly status: 'open' | 'closed';
    readonly says: RegExp;
    /** Opened within so many seconds after 200 s. */
    readonly withinSeconds?: number;
  }[];
}

const stories: readonly Story[] = [
  { why: 'a calm day raises nothing', fleet: {}, want: [] },
  { why: 'nor does one over a wide area', fleet: { network: 'wan', perSecond: 1, seconds: 900 }, want: [] },
  { why: 'nor one without append times', fleet: { logAppendTime: false }, want: [] },
  {
    why: 'a producer that drifts',
    fleet: { clocks: { p1: (t) => 300 + t * 200e-6 } },
    want: [{ kind: 'clockDrift', status: 'open', says: /^p1's clock runs (19|20)\d ppm .* fast: 17 s a day/ }],
  },
  {
    why: 'a broker that drifts, and none of its producers',
    fleet: { clocks: { 'broker 0': (t) => -t * 250e-6 } },
    want: [{ kind: 'clockDrift', status: 'open', says: /^broker 0's clock runs 2[45]\d ppm .* slow/ }],
  },
  {
    why: 'nobody reads the host that all are measured against: what they have in common is its own',
    fleet: { consumers: ['c0'], ntp: () => undefined, clocks: { c0: (t) => t * 300e-6 } },
    want: [
      {
        kind: 'clockSourceMissing',
        status: 'open',
        says: /^c0 has no clock source: set TIDEMARK_NTP_SERVERS or run chrony\. Until then nothing says how wrong/,
      },
      { kind: 'clockDrift', status: 'open', says: /^c0's clock runs (29|30)\d ppm .* fast against 5 others/ },
    ],
  },
  {
    why: 'a host that never had a source is told what to do, and no alarm is raised; it ends when it has one',
    fleet: {
      producers: [],
      ntp: (host) => ({
        everyMs: 16_000,
        errorMs: 1.5,
        lost: (t) => (host === 'c0' && t < at ? 'none (no NTP server configured)' : undefined),
      }),
    },
    want: [
      { kind: 'clockSourceMissing', status: 'closed', says: /^c0 has no clock source: set .* nothing says how wrong/ },
    ],
  },
  {
    why: 'a producer set ahead',
    fleet: { clocks: { p1: since(120) } },
    want: [
      { kind: 'clockStep', status: 'closed', says: /^p1's clock was set forward by about 120 ms/, withinSeconds: 12 },
    ],
  },
  {
    why: 'a producer set back by more than its records are apart is seen at once',
    fleet: { perSecond: 60, clocks: { p1: since(-500) } },
    want: [
      { kind: 'clockStep', status: 'closed', says: /^p1's clock was set back by about 500 ms/, withinSeconds: 12 },
    ],
  },
  {
    why: 'with one channel alone, by its event times',
    fleet: { perSecond: 60, brokers: ['broker 0'], clocks: { p1: since(-500) } },
    want: [
      { kind: 'clockStep', status: 'closed', says: /^p1's clock was set back .* create times/, withinSeconds: 12 },
    ],
  },
  {
    why: 'with one channel and nothing in its event times, nobody can tell from a delay',
    fleet: { brokers: ['broker 0'], held: (producer, _, t) => (producer === 'p1' && t > at ? 80 : 0) },
    want: [{ kind: 'clockStep', status: 'closed', says: /^p1: clock behind or records held back by about 8\d ms/ }],
  },
  {
    why: 'a broker that is set moves what all its producers send there, and no producer is blamed',
    fleet: { clocks: { 'broker 0': since(120) } },
    want: [
      {
        kind: 'clockStep',
        status: 'closed',
        says: /^broker 0's clock was set forward by about 120 ms/,
        withinSeconds: 12,
      },
    ],
  },
  {
    why: 'a host with an agent is set back, and says so itself',
    fleet: { clocks: { c0: since(-300) }, steps: { c0: { atMs: at, byMs: -300 } } },
    want: [
      { kind: 'clockStep', status: 'closed', says: /^c0's clock was set back by 300 ms: its agent/, withinSeconds: 3 },
    ],
  },
  {
    why: 'a clock that is slewed by 100 ms as fast as chronyd does is no alarm, and no liar',
    fleet: { ntp: ntp({}), clocks: { c0: (t) => Math.max(0, Math.min(100, (t - at) * 0.08333)) } },
    want: [],
  },
  {
    why: 'nor is it where producers are compared with it directly',
    fleet: {
      ntp: ntp({}),
      logAppendTime: false,
      clocks: { c0: (t) => Math.max(0, Math.min(100, (t - at) * 0.08333)) },
    },
    want: [],
  },
  {
    why: 'a host that is ahead by more than the smallest grace, and knows it, is told of until it is set right',
    fleet: {
      ntp: ntp({}),
      clocks: { c0: (t) => (t < at ? 8_000 : 0) },
      steps: { c0: { atMs: at, byMs: -8_000 } },
    },
    want: [
      {
        kind: 'clockOff',
        status: 'closed',
        says: /^c0's clock is at least 8 s ahead of true time, which is proved, and the smallest grace in use is 5 s: .* others' records/,
      },
      { kind: 'clockStep', status: 'closed', says: /^c0's clock was set back by 8 s: its agent/ },
    ],
  },
  {
    why: 'one that is behind by less than that costs nobody a record',
    fleet: { ntp: ntp({}), clocks: { c0: () => -3_000 } },
    want: [],
  },
  {
    why: 'a producer without an agent is proved to be ahead by its own records',
    fleet: { clocks: { p1: () => 8_000 } },
    want: [{ kind: 'clockOff', status: 'open', says: /^p1's clock is at least 8 s ahead of true time/ }],
  },
  {
    why: 'of three servers the one that lies is named, once, and the clocks stay known',
    fleet: { ntp: ntp({ servers: ['a', 'b', 'c'], lieMs: (server, t) => (server === 'b' && t > at ? 60 : 0) }) },
    want: [
      { kind: 'clockContradiction', status: 'open', says: /^b cannot be right: .* Its readings are not believed\.$/ },
    ],
  },
  {
    why: 'of two servers nobody can tell which one lies: that is said once, and not that nothing was read',
    fleet: { ntp: ntp({ servers: ['a', 'b'], lieMs: (server) => (server === 'b' ? 2_500 : 0) }) },
    want: [
      {
        kind: 'clockContradiction',
        status: 'open',
        says: /^a or b is wrong by 2\.5 s or more, and nothing tells which/,
      },
    ],
  },
  {
    why: 'a host that lies about its own clock is named by the records that pass through it',
    fleet: {
      producers: ['p1', 'c0', 'c1'],
      consumers: ['c0', 'c1', 'c2'],
      ntp: (host) => ({ everyMs: 10_000, errorMs: 1, lieMs: (_, t) => (host === 'c2' && t > at ? 60 : 0) }),
    },
    want: [{ kind: 'clockContradiction', status: 'open', says: /^c2 cannot be right/ }],
  },
  {
    why: 'a chronyd that has lost its sources, and finds them again',
    fleet: {
      ntp: (host) => ({
        everyMs: 16_000,
        errorMs: 1.5,
        lost: (t) =>
          host === 'c0' && t > 100_000 && t < 250_000 ? 'none (chrony 127.0.0.1:323: not synchronised)' : undefined,
      }),
    },
    want: [
      {
        kind: 'clockSourceLost',
        status: 'closed',
        says: /^c0 has lost a clock source \(chrony .* not synchronised\): it was last read .* ago, and its bound/,
      },
    ],
  },
  {
    why: 'a producer that is cut off and comes back has no other clock than before',
    fleet: {
      perSecond: 20,
      held: (producer, _, t) => (producer === 'p1' && t > at && t < at + 60_000 ? at + 60_000 - t : 0),
    },
    want: [],
  },
  {
    why: 'a queue that fills and stays full delays all of a producer alike: that is as good as a clock set back, and both are said',
    fleet: {
      seconds: 620,
      held: (producer, _, t) => (producer === 'p1' ? Math.max(0, Math.min(5_000, (t - at) / 60)) : 0),
    },
    want: [
      {
        kind: 'clockStep',
        status: 'closed',
        says: /^p1's clock was set back by about 5 s, or all of its records are under way for so much longer/,
      },
    ],
  },
  {
    why: 'threads that share a name write a little out of order, which is no clock running backwards, also under congestion',
    fleet: {
      seed: 4,
      seconds: 800,
      perSecond: 20,
      stamps: Object.fromEntries(
        ['p1', 'p2'].map((name) => [name, (t, random) => Math.floor(t - (random() < 0.03 ? random() * 200 : 0))]),
      ),
    },
    want: [],
  },
  {
    why: 'sensor times and replays are no clocks: nothing is said of them',
    fleet: { stamps: { p1: (t, random) => t - 2000 - random() * 3000, p2: (t) => t * 3 - 1e8 } },
    want: [],
  },
];

test.for(stories)('$why', ({ fleet, want }) => {
  const { findings } = hearFleet(tellFleet({ ...base, ...fleet }));
  const said = findings.map(({ finding: { kind, status, sentence } }) => ({ kind, status, sentence }));
  expect(said).toEqual(want.map(({ kind, status, says }) => ({ kind, status, sentence: expect.stringMatching(says) })));
  findings.forEach(({ opened, openedAtSecond }, i) => {
    expect(opened, 'flapped').toBe(1);
    const { withinSeconds } = want[i]!;
    if (withinSeconds !== undefined) expect(openedAtSecond - at / 1000).toBeLessThan(withinSeconds);
    if (withinSeconds !== undefined) expect(openedAtSecond).toBeGreaterThanOrEqual(at / 1000);
  });
});

describe('what is believed after a step', () => {
  test('a producer that was set begins anew: its bound holds the new truth', () => {
    const { assessment } = hearFleet(tellFleet({ ...base, perSecond: 60, clocks: { p1: since(-500) } }));
    const { low, provedIfNotSetSinceMs } = assessment.clocks.find(({ name }) => name === 'p1')!;
    expect(low).toMatchObject({ basis: 'proved' });
    expect(low.basis === 'proved' && low.ms).toBeLessThanOrEqual(-500);
    expect(provedIfNotSetSinceMs).toBeGreaterThan(assessment.nowMs - 200_000);
  });

  test('a host whose servers contradict each other was read, and nothing of it is believed; it is no liar itself', () => {
    const two = ntp({ servers: ['a', 'b'], lieMs: (server) => (server === 'b' ? 2_500 : 0) });
    const { assessment } = hearFleet(tellFleet({ ...base, producers: [], ntp: two }));
    const { isSuspect, low, readings } = assessment.clocks.find(({ name }) => name === 'c0')!;
    expect({ isSuspect, low }).toEqual({ isSuspect: false, low: { basis: 'unknown' } });
    expect(readings!.setAside).toBe(true);
    expect(readings!.ageMs).toBeLessThan(30_000);
    expect(['a', 'b']).toContain(readings!.readFrom);
  });

  test('a lost source: the bound grows by 50 ppm of the age of its last reading', () => {
    const lost = (t: number) => (t > 100_000 ? 'none (no chrony on 127.0.0.1:323)' : undefined);
    const { assessment } = hearFleet(tellFleet({ ...base, producers: [], ntp: ntp({ lost }) }));
    const { low, high, readings } = assessment.clocks.find(({ name }) => name === 'c0')!;
    expect(readings!.ageMs).toBeGreaterThan(295_000);
    const widthMs = low.basis === 'proved' && high.basis === 'proved' ? high.ms - low.ms : Number.NaN;
    expect(widthMs).toBeGreaterThan(2 * 295_000 * 50e-6);
    expect(widthMs).toBeLessThan(2 * 320_000 * 50e-6 + 2);
  });
});
