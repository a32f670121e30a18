import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { hearFleet } from '../../test/hear-fleet.ts';
import { delays, networks } from '../../test/simulated-channel.ts';
import { fleetStartMs, type Told, tellFleet } from '../../test/simulated-fleet.ts';
import type { ClockReading } from '../report.ts';
import type { KnownDrift } from './known-clock.ts';

/** How a host reads its own clock against true time. */
interface Source {
  readonly askedEveryMs: number;
  /** How often a reading is passed on: the latest answer, older by then. */
  readonly toldEveryMs: number;
  /** What may be stated after five minutes. The last reading of those that come each minute is older than that. */
  readonly mostPpm: number;
}

/** Packets each time, of which the fastest counts; so chrony's figures are those of the best of its latest samples. */
const burst = 4;
/** What the server says of itself, and what it really is off: all the time, one way or the other. */
const rootMs = 0.1;

const sources: readonly (Source & { readonly name: string })[] = [
  { name: 'a server on the LAN, asked each 16 s', askedEveryMs: 16_000, toldEveryMs: 16_000, mostPpm: 5 },
  { name: 'chrony, which asks each 16 s', askedEveryMs: 16_000, toldEveryMs: 10_000, mostPpm: 5 },
  { name: 'a server on the LAN, asked each 64 s', askedEveryMs: 64_000, toldEveryMs: 64_000, mostPpm: 8 },
];
const drifts = [-300, 0, 50, 200, 500];
const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const seconds = 306;

test.for(sources.flatMap((source) => drifts.map((ppm) => ({ ...source, ppm }))))(
  '$name, $ppm ppm: after five minutes the drift is within what is stated, and that is ≤ $mostPpm ppm',
  ({ ppm, mostPpm, ...source }) => {
    for (const seed of seeds) {
      const drift = driftHeard(source, ppm, seed)!;
      expect(drift.against, `seed ${seed}`).toBeUndefined();
      expect(Math.abs(drift.ppm - ppm), `seed ${seed}: ${JSON.stringify(drift)}`).toBeLessThanOrEqual(drift.errorPpm);
      expect(drift.errorPpm, `seed ${seed}`).toBeLessThanOrEqual(mostPpm);
    }
  },
);

/** By a collector that hears of nothing but one host's readings. */
function driftHeard(
  source: Pick<Source, 'askedEveryMs' | 'toldEveryMs'>,
  ppm: number,
  seed: number,
): KnownDrift | undefined {
  const fleet = { seed, seconds, producers: [], brokers: [], consumers: ['c0'], ntp: () => undefined };
  const readings = readingsOf(source, ppm, seed);
  const told = tellFleet(fleet).map(({ receivedMs, report }): Told => {
    const own = readings.filter(({ takenMs }) => takenMs >= receivedMs - 1000 && takenMs < receivedMs);
    const clock = { ...report.clock, readings: own.map(({ reading }) => reading) };
    return { receivedMs, report: { ...report, clock } };
  });
  return hearFleet(told).assessment.clocks.find(({ name }) => name === 'c0')?.drift;
}

function readingsOf(
  source: Pick<Source, 'askedEveryMs' | 'toldEveryMs'>,
  ppm: number,
  seed: number,
): { takenMs: number; reading: ClockReading }[] {
  const random = prng(seed);
  const delay = delays(random, networks.lan, seconds);
  const falseMs = (random() < 0.5 ? -1 : 1) * rootMs;
  const startMs = random() * 2_000;
  const taken: { takenMs: number; reading: ClockReading }[] = [];
  let askMs = startMs;
  let answer = { atMs: 0, wrongMs: 0, errorMs: Number.NaN };
  for (let tellMs = startMs; tellMs < seconds * 1000; tellMs += source.toldEveryMs) {
    for (; askMs <= tellMs; askMs += source.askedEveryMs) {
      const trips = Array.from({ length: burst }, () => ({ there: delay(askMs), back: delay(askMs) }));
      const { there, back } = trips.reduce((a, b) => (a.there + a.back <= b.there + b.back ? a : b));
      answer = {
        atMs: askMs,
        wrongMs: (there - back) / 2 + falseMs,
        errorMs: (there + back) / 2 + rootMs,
      };
    }
    const aheadMs = 700 + (ppm * tellMs) / 1e6;
    const reading = {
      atMs: fleetStartMs + tellMs + aheadMs,
      offsetMs: aheadMs + answer.wrongMs,
      errorMs: answer.errorMs + (tellMs - answer.atMs) * 50e-6,
      server: 'time.example.org',
      epoch: 0,
    };
    taken.push({ takenMs: fleetStartMs + tellMs, reading });
  }
  return taken;
}
