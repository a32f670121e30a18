import { expect, test } from 'vitest';
import { simulateChannel } from '../../test/simulated-channel.ts';
import { type ClockStepFound, createClockMatrix, watchChannel } from './attribute.ts';

const startMs = 1_790_000_000_000;

interface Moved {
  readonly producer?: string;
  readonly broker?: string;
  readonly byMs: number;
}

/** Producers × brokers, each pair a channel; the clocks of the named producer, or broker, or the path of both, move at 300 s. */
function run(options: {
  seed: number;
  producers: readonly string[];
  brokers: readonly string[];
  moved?: Moved;
}): ClockStepFound[] {
  const { moved, seed } = options;
  const stamps = options.producers.flatMap((producer, p) =>
    options.brokers.flatMap((broker, b) =>
      simulateChannel({
        network: 'cloud',
        seed: seed * 100 + p * 10 + b,
        seconds: 450,
        perSecond: 5,
        driftPpm: (p - 1) * 40,
      }).map(({ fromMs, toMs }) => {
        const hit = (moved?.producer ?? producer) === producer && (moved?.broker ?? broker) === broker;
        const byMs = hit && toMs > startMs + 300_000 ? (moved?.byMs ?? 0) : 0;
        const onBroker = moved?.broker !== undefined;
        // Brokers' clocks are far apart: only the consumer's time is common to all.
        return {
          producer,
          broker,
          fromMs: fromMs + p * 700 + (onBroker ? 0 : byMs),
          toMs: toMs - b * 5_000 + (onBroker ? byMs : 0),
          seenMs: toMs + 2,
        };
      }),
    ),
  );
  stamps.sort((a, b) => a.seenMs - b.seenMs);
  const matrix = createClockMatrix();
  return stamps.flatMap(({ producer, broker, seenMs, ...pair }) =>
    watchChannel(matrix, { producer, broker }, pair, seenMs),
  );
}

const wide = { producers: ['p0', 'p1', 'p2'], brokers: ['k0', 'k1'] };
test.for([
  { why: 'nothing moved', world: wide, want: [] },
  {
    why: 'all channels of a producer moved: its clock',
    world: { ...wide, moved: { producer: 'p1', byMs: 90 } },
    want: [['producer', 'p1', 90]],
  },
  {
    why: 'the same, set back',
    world: { ...wide, moved: { producer: 'p2', byMs: -90 } },
    want: [['producer', 'p2', -90]],
  },
  {
    why: 'all channels of a broker moved: its clock, with the sign turned',
    world: { ...wide, moved: { broker: 'k1', byMs: 90 } },
    want: [['broker', 'k1', 90]],
  },
  { why: 'the same, set back', world: { ...wide, moved: { broker: 'k0', byMs: -90 } }, want: [['broker', 'k0', -90]] },
  {
    why: 'one channel among several moved: its path',
    world: { ...wide, moved: { producer: 'p0', broker: 'k1', byMs: 90 } },
    want: [['path', 'p0', -90]],
  },
  {
    why: 'the only channels of two producers moved alike: the clock of their broker',
    world: { producers: ['p0', 'p1'], brokers: ['k0'], moved: { broker: 'k0', byMs: 90 } },
    want: [['broker', 'k0', 90]],
  },
  {
    why: 'a single channel whose event time ran far backwards: the producer',
    world: { producers: ['p0'], brokers: ['k0'], moved: { producer: 'p0', byMs: -3000 } },
    want: [['producer', 'p0', -3000]],
  },
])('$why', ({ world, want }) => {
  for (const seed of [1, 2, 3]) {
    const found = run({ seed, ...world });
    const told = found.map(({ kind, producer, broker }) => [kind, kind === 'broker' ? broker : producer]);
    expect(told, `seed ${seed}`).toEqual(want.map(([kind, host]) => [kind, host]));
    for (const [i, { byMs }] of found.entries()) expect(Math.abs(byMs - Number(want[i]![2]))).toBeLessThan(4);
  }
});
