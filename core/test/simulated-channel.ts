/** Seeded worlds for the laws about clocks: delays as networks have them, clocks that drift and are set. */

import { prng } from '../../testbed/src/story/prng.ts';

export type Random = () => number;

export const networks = {
  lan: { baseMs: 0.25, medianMs: 0.3, sigma: 0.6, tailShare: 0.01, episodeMs: 6 },
  cloud: { baseMs: 0.8, medianMs: 0.8, sigma: 0.8, tailShare: 0.02, episodeMs: 25 },
  wan: { baseMs: 38, medianMs: 2, sigma: 0.7, tailShare: 0.03, episodeMs: 40 },
} as const;
export type Network = keyof typeof networks;

export interface ChannelWorld {
  readonly network: Network;
  readonly seed: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly driftPpm?: number;
  readonly offsetMs?: number;
  /** The producer's clock is set by so much at that second. */
  readonly step?: { readonly atSecond: number; readonly byMs: number };
}

/** Stamps (create, append) of one channel, in append order; the broker's clock is right. */
export function simulateChannel(world: ChannelWorld): { fromMs: number; toMs: number }[] {
  const random = prng(world.seed);
  const delay = delays(random, networks[world.network], world.seconds);
  const records: { fromMs: number; toMs: number }[] = [];
  let t = 0;
  let appendedMs = 0;
  for (;;) {
    t += (-Math.log(1 - random()) / world.perSecond) * 1000;
    if (t > world.seconds * 1000) return records;
    const stepMs = world.step !== undefined && t >= world.step.atSecond * 1000 ? world.step.byMs : 0;
    const theta = (world.offsetMs ?? 0) + ((world.driftPpm ?? 0) * t) / 1e6 + stepMs;
    // One connection keeps its order.
    appendedMs = Math.max(appendedMs, t + delay(t));
    records.push({
      fromMs: Math.floor(1_790_000_000_000 + t + theta),
      toMs: Math.floor(1_790_000_000_000 + appendedMs),
    });
  }
}

/** A delay that only adds: base, log-normal jitter, rare long tails, episodes of congestion of several seconds. */
export function delays(random: Random, network: (typeof networks)[Network], seconds: number): (t: number) => number {
  const episodes: { fromMs: number; toMs: number; addMs: number }[] = [];
  for (let at = exponential(random) * 90_000; at < seconds * 1000; at += exponential(random) * 90_000) {
    episodes.push({
      fromMs: at,
      toMs: at + exponential(random) * 5_000,
      addMs: exponential(random) * network.episodeMs,
    });
  }
  return (t) => {
    let ms = network.baseMs + network.medianMs * Math.exp(network.sigma * normal(random));
    if (random() < network.tailShare) ms += network.medianMs * ((1 - random()) ** (-1 / 1.3) - 1) * 5;
    for (const episode of episodes) {
      if (t >= episode.fromMs && t < episode.toMs) ms += episode.addMs * (0.3 + random());
    }
    return Math.min(ms, 5_000);
  };
}

export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
