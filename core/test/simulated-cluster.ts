import { prng } from '../../testbed/src/story/prng.ts';
import { delays, networks } from './simulated-channel.ts';

export interface SimulatedStamp {
  readonly host: string;
  readonly epoch: number;
  readonly atMs: number;
}

export interface SimulatedCluster {
  readonly phiPpm: number;
  readonly seconds: number;
  /** Offset at true time 0, and drift. */
  readonly clocks: ReadonlyMap<string, { readonly offsetMs: number; readonly ppm: number }>;
  readonly readings: readonly (SimulatedStamp & {
    readonly offset: { readonly lowMs: number; readonly highMs: number };
  })[];
  /** Create, append and fetch of each record, with the instants at which they truly were. */
  readonly records: readonly { readonly stamps: readonly SimulatedStamp[]; readonly trueMs: readonly number[] }[];
}

/** Two producers, two brokers, two consumers; by default the second producer and the brokers have no agent. True time starts at 0. */
export function simulateCluster(options: {
  readonly seed: number;
  readonly seconds?: number;
  readonly agents?: readonly string[];
  /** How far a host is ahead of what its readings claim. */
  readonly lies?: { readonly [host: string]: number };
  /** Hosts whose clocks run at that rate instead of a good one. */
  readonly ppm?: { readonly [host: string]: number };
}): SimulatedCluster {
  const random = prng(options.seed);
  const seconds = options.seconds ?? 120;
  const phiPpm = 50;
  const clocks = new Map(
    ['p0', 'p1', 'k0', 'k1', 'c0', 'c1'].map((host) => [
      host,
      { offsetMs: Math.round((random() - 0.5) * 2000), ppm: (random() - 0.5) * 90 },
    ]),
  );
  for (const [host, ppm] of Object.entries(options.ppm ?? {})) clocks.set(host, { ...clocks.get(host)!, ppm });
  const shown = (host: string, trueMs: number): number => {
    const { offsetMs, ppm } = clocks.get(host)!;
    return trueMs + offsetMs + (ppm * trueMs) / 1e6;
  };
  const stamp = (host: string, trueMs: number): SimulatedStamp => ({
    host,
    epoch: 0,
    atMs: Math.floor(shown(host, trueMs)),
  });

  const readings = (options.agents ?? ['p0', 'c0', 'c1']).flatMap((host) => {
    const ofHost = [];
    for (let t = 2000 + random() * 10_000; t < seconds * 1000; t += 16_000) {
      const atMs = shown(host, t);
      const errorMs = 1 + random() * 3;
      // The truth is anywhere in the claim, not in its middle.
      const middleMs = atMs - t - (options.lies?.[host] ?? 0) + (random() - 0.5) * 2 * errorMs;
      ofHost.push({ host, epoch: 0, atMs, offset: { lowMs: middleMs - errorMs, highMs: middleMs + errorMs } });
    }
    return ofHost;
  });

  const there = delays(random, networks.cloud, seconds);
  const back = delays(random, networks.lan, seconds);
  const records = [];
  for (let t = 0; t < seconds * 1000; t += 20 + random() * 300) {
    const producer = `p${Math.floor(random() * 2)}`;
    const broker = `k${Math.floor(random() * 2)}`;
    const consumer = `c${Math.floor(random() * 2)}`;
    const appendedMs = t + there(t);
    const fetchedMs = appendedMs + back(t);
    records.push({
      stamps: [stamp(producer, t), stamp(broker, appendedMs), stamp(consumer, fetchedMs)],
      trueMs: [t, appendedMs, fetchedMs],
    });
  }
  return { phiPpm, seconds, clocks, readings, records };
}

/** The offset of every host at times in and around the run, by its own clock. */
export function clusterTruth(cluster: SimulatedCluster): { host: string; atMs: number; offsetMs: number }[] {
  return [...cluster.clocks].flatMap(([host, { offsetMs, ppm }]) =>
    [0.02, 0.31, 0.55, 0.83, 1.2].map((share) => {
      const t = share * cluster.seconds * 1000;
      const theta = offsetMs + (ppm * t) / 1e6;
      return { host, atMs: t + theta, offsetMs: theta };
    }),
  );
}
