/**
 * Clocks that are being slewed: moved on purpose, faster than drift, without a step. chronyd does it at up to 83 ms a
 * second, and the clock is never wrong in doing so. Held to the promise φ, its readings would contradict each other and an
 * honest host would be called a liar.
 *
 * So where two readings of one host by one server lie further apart than φ allows, the clock is taken to have moved by
 * what they differ, at any speed, at any moment between them. Blind to a clock that moved away and back between readings.
 */
import { widen, widthMs } from '../interval.ts';
import { type ClockEvidence, type OffsetReading, promisesOf, type Track, trackKey } from './evidence.ts';

/** From one reading to the next of a track, and by how much its offset moved in between beyond φ. */
export interface Slew {
  readonly fromMs: number;
  readonly toMs: number;
  readonly byMs: number;
}

/** By `trackKey`. */
export type Slews = ReadonlyMap<string, readonly Slew[]>;

export function findSlews(evidence: ClockEvidence): Slews {
  const byServer = new Map<string, OffsetReading[]>();
  for (const reading of evidence.readings) {
    const key = `${trackKey(reading.host, reading.epoch)}\n${reading.server ?? ''}`;
    const known = byServer.get(key);
    if (known === undefined) byServer.set(key, [reading]);
    else known.push(reading);
  }
  const slews = new Map<string, Slew[]>();
  for (const readings of byServer.values()) {
    readings.sort((a, b) => a.atMs - b.atMs);
    for (let i = 1; i < readings.length; i++) {
      const { phiPpm } = promisesOf(evidence, readings[i]!.host);
      const slew = between(readings[i - 1]!, readings[i]!, phiPpm);
      if (slew === undefined) continue;
      const key = trackKey(readings[i]!.host, readings[i]!.epoch);
      slews.set(key, [...(slews.get(key) ?? []), slew]);
    }
  }
  return slews;
}

/** How far a track may have been slewed between two of its stamps. */
export function slewWithin(slews: Slews, track: Track, fromMs: number, toMs: number): number {
  if (slews.size === 0) return 0;
  let sumMs = 0;
  for (const slew of slews.get(trackKey(track.host, track.epoch)) ?? []) {
    if (slew.toMs > fromMs && slew.fromMs < toMs) sumMs += slew.byMs;
  }
  return sumMs;
}

function between(a: OffsetReading, b: OffsetReading, driftPpm: number): Slew | undefined {
  const aged = widen(a.offset, { ageMs: b.atMs - a.atMs, driftPpm });
  const gapMs = Math.max(b.offset.lowMs - aged.highMs, aged.lowMs - b.offset.highMs);
  if (gapMs <= 0) return undefined;
  // The true offsets may lie anywhere in both readings: the movement is at most from end to end.
  return { fromMs: a.atMs, toMs: b.atMs, byMs: gapMs + widthMs(aged) + widthMs(b.offset) };
}
