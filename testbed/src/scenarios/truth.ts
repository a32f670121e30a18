import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { PredictedIncident } from './predict.ts';

/** What was really going on in a world, as far as it is compared here. */
export interface Truth {
  readonly family: string;
  readonly durationMs: number;
  readonly faults: readonly {
    readonly id: string;
    readonly cause: string | null;
    readonly spansMs: readonly (readonly [startMs: number, endMs: number])[];
  }[];
  readonly producers: readonly { readonly process: { readonly kind: string } }[];
  /** Per record: its producer, and by how much it was made later than its event time says. */
  readonly recordProducer: readonly number[];
  readonly createdMinusE: readonly number[];
  /** How far a host's clock is ahead from a moment on. */
  readonly hostOffsetUs: { readonly [host: string]: readonly (readonly [atMs: number, offsetUs: number])[] };
  /** On a grid of true time. */
  readonly streamTime: readonly {
    readonly task: number;
    readonly stepMs: number;
    readonly tHigh: readonly (number | null)[];
  }[];
  readonly incidents: readonly TrueIncident[];
  readonly late: Causes;
  readonly dropped: Causes;
  readonly material: readonly (readonly [index: number, count: number])[];
}

export interface TrueIncident {
  readonly fault: string;
  readonly kind: string;
  readonly expected: boolean;
  readonly pids: readonly number[];
  readonly partitions: readonly number[];
  readonly tasks: readonly number[];
  readonly startBoundsMs: readonly [number, number];
  readonly endBoundsMs: readonly [number, number];
  readonly flapping: boolean;
}

interface Causes {
  readonly sets: readonly (readonly string[])[];
  readonly runs: readonly (readonly [index: number, count: number, set: number])[];
}

export function readTruth(path: string): Truth {
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Truth;
}

/** Per record the causes of its lateness, by name. */
export function causesOf(truth: Truth, { sets, runs }: Causes): Map<number, Set<string>> {
  const names = new Map(truth.faults.map(({ id, cause }) => [id, cause ?? id]));
  const out = new Map<number, Set<string>>();
  for (const [index, count, set] of runs) {
    const causes = new Set(sets[set]!.map((id) => names.get(id) ?? id));
    for (let i = index; i < index + count; i++) out.set(i, causes);
  }
  return out;
}

/** Per record the faults that made it late. */
export function causesOfFaults({ sets, runs }: Truth['late']): Map<number, readonly string[]> {
  return new Map(runs.flatMap((run) => expand([run]).map((index) => [index, sets[run[2]]!] as const)));
}

export function expand(runs: readonly (readonly [index: number, count: number, ...unknown[]])[]): number[] {
  return runs.flatMap(([index, count]) => Array.from({ length: count }, (_, i) => index + i));
}

/** Of the same kind and place, and at the same time: they share at least half of what they cover together. */
export function isFound(found: readonly PredictedIncident[], incident: TrueIncident): boolean {
  const there = found.filter((one) => isSamePlace(one, incident) && touches(one, incident));
  if (there.length === 0) return false;
  // The parts of a flapping outage may be reported one by one.
  const spans = incident.flapping
    ? [[Math.min(...there.map((one) => one.startMs)), Math.max(...there.map((one) => one.endMs))] as const]
    : there.map((one) => [one.startMs, one.endMs] as const);
  return spans.some(([startMs, endMs]) => overlap(startMs, endMs, incident) >= 0.5);
}

export function touches(found: PredictedIncident, { startBoundsMs, endBoundsMs }: TrueIncident): boolean {
  return found.startMs <= endBoundsMs[1] && found.endMs >= startBoundsMs[0];
}

export function isSamePlace(found: PredictedIncident, incident: TrueIncident): boolean {
  if (found.kind !== incident.kind) return false;
  const shared = found.partitions.some((partition) => incident.partitions.includes(partition));
  if (incident.kind === 'broker') return shared;
  if (incident.kind === 'interleave') {
    return found.task !== null && incident.tasks.length > 0 ? incident.tasks.includes(found.task) : shared;
  }
  return incident.pids.includes(found.pid) && (found.pid !== -1 || shared);
}

function overlap(startMs: number, endMs: number, { startBoundsMs, endBoundsMs }: TrueIncident): number {
  const trueStartMs = Math.min(Math.max(startMs, startBoundsMs[0]), startBoundsMs[1]);
  const trueEndMs = Math.min(Math.max(endMs, endBoundsMs[0]), endBoundsMs[1]);
  const sharedMs = Math.min(endMs, trueEndMs) - Math.max(startMs, trueStartMs);
  return sharedMs / (Math.max(endMs, trueEndMs) - Math.min(startMs, trueStartMs));
}
