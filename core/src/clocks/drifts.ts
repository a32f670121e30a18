/**
 * How fast each clock runs, over what a chain of floors says: producer against broker, broker against the host that fetches from
 * it, that host against true time by its readings. Without readings the chain ends at the host, which is then named.
 */
import { type Drift, driftOf, fastestClockPpm } from '../clock/drift.ts';
import type { OffsetReading } from '../clock/evidence.ts';
import { useOf, watchOf } from './channels.ts';
import type { ChannelFold, ClockFold, ClockNode } from './clock-fold.ts';
import type { KnownDrift } from './known-clock.ts';

const longSpanMs = 300_000;
const longPoints = 24;
/** A slew between two readings looks like drift; it contradicts the readings around it, if there are some. */
const fewestReadings = 4;
/** What less says is noise. */
const leastSpanMs = 60_000;

export function driftsOf(fold: ClockFold): ReadonlyMap<string, KnownDrift> {
  const drifts = new Map<string, KnownDrift>();
  const channelsOf = Map.groupBy(fold.channels.values(), ({ from }) => from);
  const rank = { host: 0, broker: 1, producer: 2 };
  const nodes = [...fold.clocks.values()].sort((a, b) => rank[a.role] - rank[b.role]);
  for (const node of nodes) {
    const channels = channelsOf.get(node.id) ?? [];
    if (node.role === 'producer' && useOf(channels) !== 'clock') continue;
    const drift = node.role === 'host' ? hostDrift(node) : chainDrift(fold, channels, drifts);
    if (drift !== undefined) drifts.set(node.id, drift);
  }
  return drifts;
}

/** By the server that is surest: several of them differ by their own errors, and one may be false. */
function hostDrift({ readings }: ClockNode): KnownDrift | undefined {
  let best: KnownDrift | undefined;
  for (const ofServer of Map.groupBy(readings, ({ server }) => server).values()) {
    const drift = driftOfReadings(ofServer);
    if (drift !== undefined && (best === undefined || drift.errorPpm < best.errorPpm)) best = drift;
  }
  return best;
}

/**
 * Two readings some time apart allow a slope between the steepest and the flattest line through both. If no one line goes
 * through all, the clock does not drift but is being moved.
 */
function driftOfReadings(readings: readonly OffsetReading[]): KnownDrift | undefined {
  if (readings.length < fewestReadings) return undefined;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < readings.length; i++) {
    for (let j = i + 1; j < readings.length; j++) {
      // Several agents of a host take turns, in no order.
      const [a, b] =
        readings[i]!.atMs < readings[j]!.atMs ? [readings[i]!, readings[j]!] : [readings[j]!, readings[i]!];
      const apartMs = b.atMs - a.atMs;
      if (apartMs === 0) continue;
      low = Math.max(low, (b.offset.lowMs - a.offset.highMs) / apartMs);
      high = Math.min(high, (b.offset.highMs - a.offset.lowMs) / apartMs);
      if (low > high) return undefined;
    }
  }
  const times = readings.map(({ atMs }) => atMs);
  const spanMs = Math.max(...times) - Math.min(...times);
  if (!(spanMs >= leastSpanMs)) return undefined;
  return { ppm: ((low + high) / 2) * 1e6, errorPpm: ((high - low) / 2) * 1e6, spanMs };
}

/** The surest of its channels to a clock whose own drift is known, or that is a host. */
function chainDrift(
  fold: ClockFold,
  channels: readonly ChannelFold[],
  drifts: ReadonlyMap<string, KnownDrift>,
): KnownDrift | undefined {
  let best: KnownDrift | undefined;
  for (const channel of channels) {
    const own = channelDrift(fold, channel);
    const to = fold.clocks.get(channel.to);
    if (own === undefined || to === undefined || own.spanMs < leastSpanMs) continue;
    if (Math.abs(own.ppm) > fastestClockPpm) continue;
    const of = drifts.get(to.id);
    const against = of === undefined ? to.name : of.against;
    const drift: KnownDrift = {
      ppm: own.ppm + (of?.ppm ?? 0),
      errorPpm: own.errorPpm + (of?.errorPpm ?? 0),
      spanMs: Math.min(own.spanMs, of?.spanMs ?? own.spanMs),
      ...(against === undefined ? {} : { against }),
    };
    if (best === undefined || isBetter(drift, best)) best = drift;
  }
  return best;
}

/** Against true time rather than another clock; else the surer one. */
function isBetter(a: KnownDrift, b: KnownDrift): boolean {
  if ((a.against === undefined) !== (b.against === undefined)) return a.against === undefined;
  return a.errorPpm < b.errorPpm;
}

function channelDrift(fold: ClockFold, channel: ChannelFold): Drift | undefined {
  const long = channel.long.length < longPoints ? undefined : driftOf({ windowMs: 0, points: channel.long });
  if (long !== undefined && long.spanMs > longSpanMs) return long;
  const watch = watchOf(fold, channel);
  return watch === undefined ? undefined : driftOf(watch.floor);
}
