/**
 * What is known of clocks, as difference constraints.
 *
 * θ(h, x) is the offset of host h's clock when that clock shows x: clock − true time, so the true instant of a stamp x is
 * x − θ(h, x). There is one unknown per host, epoch and cell of that clock: θ when the clock shows the middle of the cell.
 * Three things are known about them:
 *
 *   a reading     low ≤ θ(h, x) ≤ high                  NTP: the offset, give or take delay / 2 and the server's root distance
 *   causality     θ(b, xb) − θ(a, xa) ≤ xb − xa + q     the event stamped xa came before the one stamped xb
 *   steadiness    |θ(h, x) − θ(h, y)| ≤ φ·|x − y|       no clock of one epoch drifts faster than promised, or than measured
 *
 * q is the rounding: a stamp x, rounded down, means [x, x + q). Cells are counted on the host's own clock, so that a
 * constraint can be put in its place before true time is known; a stamp beside the middle of its cell costs φ per
 * millisecond of distance. Of all causal pairs between two cells only the smallest difference matters: a record costs O(1)
 * and an hour of records no more than its cells.
 */
import type { Interval } from '../interval.ts';

export interface ClockPromises {
  readonly cellMs: number;
  /** Stamps are rounded down to a multiple of this: 1 for `Date.now` and Java's `currentTimeMillis`. */
  readonly quantumMs: number;
  /** The fastest that a clock may drift without having been set: 50 for a disciplined or good one, 200 to 500 for a VM. */
  readonly phiPpm: number;
}

export const defaultPromises: ClockPromises = { cellMs: 10_000, quantumMs: 1, phiPpm: 50 };

/** A stamp of a host's clock. Announced steps count up the epoch: offsets of two epochs are unrelated. */
export interface Stamp {
  readonly host: string;
  readonly epoch: number;
  readonly atMs: number;
}

/** One clock between two steps. */
export interface Track {
  readonly host: string;
  readonly epoch: number;
  /** Node by cell. */
  readonly cells: Map<number, number>;
}

export interface Node {
  readonly track: Track;
  readonly cell: number;
}

/** A claim about a clock: true unless its host, or the server that it asked, is wrong. */
export interface OffsetReading extends Stamp {
  readonly offset: Interval;
  readonly server?: string;
}

interface PlacedReading extends OffsetReading {
  readonly node: number;
}

export interface CausalEdge {
  readonly from: number;
  readonly to: number;
  /** θ(to) − θ(from) is at most this. */
  limitMs: number;
}

/** Owned and changed by the functions below. */
export interface ClockEvidence {
  readonly promises: ClockPromises;
  /** By host: of a clock that was measured to run faster than is promised of all. */
  readonly broken: Map<string, ClockPromises>;
  readonly tracks: Map<string, Track>;
  readonly nodes: Node[];
  readonly readings: PlacedReading[];
  readonly causal: Map<number, CausalEdge>;
  /** What the user declared or a habit suggests, kept apart from what is proved. */
  readonly assumed: Map<number, CausalEdge>;
}

export function createClockEvidence(promises: ClockPromises = defaultPromises): ClockEvidence {
  return {
    promises,
    broken: new Map(),
    tracks: new Map(),
    nodes: [],
    readings: [],
    causal: new Map(),
    assumed: new Map(),
  };
}

/**
 * That clock drifts by up to so much, as was measured: it is not held to the promise, which it would break in every cell, and an
 * honest one beside it would look like a liar. To be said before anything of that clock is added.
 */
export function allowDrift(evidence: ClockEvidence, host: string, driftPpm: number): void {
  if (driftPpm > evidence.promises.phiPpm) evidence.broken.set(host, { ...evidence.promises, phiPpm: driftPpm });
}

export function promisesOf({ broken, promises }: ClockEvidence, host: string): ClockPromises {
  return broken.get(host) ?? promises;
}

export function addReading(evidence: ClockEvidence, reading: OffsetReading): void {
  evidence.readings.push({ ...reading, node: nodeOf(evidence, reading) });
}

/** The event stamped `cause` came before the one stamped `effect`: a record was created before it was appended. */
export function addCausality(evidence: ClockEvidence, pair: { readonly cause: Stamp; readonly effect: Stamp }): void {
  keepSmallest(evidence, evidence.causal, pair.cause, pair.effect, pair.effect.atMs - pair.cause.atMs);
}

/**
 * An assumption: `effect` came at most `withinMs` after `cause`. Only this bounds from above a producer that nothing else
 * bounds, so it must be told apart from proof wherever it is shown.
 */
export function assumeDelay(
  evidence: ClockEvidence,
  pair: { readonly cause: Stamp; readonly effect: Stamp; readonly withinMs: number },
): void {
  keepSmallest(evidence, evidence.assumed, pair.effect, pair.cause, pair.cause.atMs - pair.effect.atMs + pair.withinMs);
}

/** The same, taken for true and not proved: such as that nothing was appended before it was first asked for in vain. */
export function assumeCausality(
  evidence: ClockEvidence,
  pair: { readonly cause: Stamp; readonly effect: Stamp },
): void {
  keepSmallest(evidence, evidence.assumed, pair.cause, pair.effect, pair.effect.atMs - pair.cause.atMs);
}

/** Cells whose own clock shows less are dropped, so that evidence of a window stays bounded. Returns what remains. */
export function forgetBefore(evidence: ClockEvidence, atMs: number): ClockEvidence {
  const firstCell = cellOf(evidence.promises, atMs);
  const kept: ClockEvidence = { ...createClockEvidence(evidence.promises), broken: evidence.broken };
  const moved = evidence.nodes.map(({ track, cell }) =>
    cell < firstCell ? undefined : nodeAt(kept, { host: track.host, epoch: track.epoch, cell }),
  );
  for (const reading of evidence.readings) {
    const node = moved[reading.node];
    if (node !== undefined) kept.readings.push({ ...reading, node });
  }
  for (const kind of ['causal', 'assumed'] as const) {
    for (const edge of evidence[kind].values()) {
      const from = moved[edge.from];
      const to = moved[edge.to];
      if (from !== undefined && to !== undefined)
        kept[kind].set(edgeKey(from, to), { from, to, limitMs: edge.limitMs });
    }
  }
  return kept;
}

export function trackKey(host: string, epoch: number): string {
  return `${epoch} ${host}`;
}

export function cellOf(promises: ClockPromises, atMs: number): number {
  return Math.floor(atMs / promises.cellMs + 0.5);
}

/** How far the clock may have drifted between a stamp and the middle of its cell. */
export function ageMs(promises: ClockPromises, atMs: number): number {
  return driftMs(promises, Math.abs(atMs - cellOf(promises, atMs) * promises.cellMs));
}

export function driftMs(promises: ClockPromises, distanceMs: number): number {
  return (distanceMs * promises.phiPpm) / 1e6;
}

function keepSmallest(
  evidence: ClockEvidence,
  edges: Map<number, CausalEdge>,
  from: Stamp,
  to: Stamp,
  differenceMs: number,
): void {
  const { promises } = evidence;
  const a = nodeOf(evidence, from);
  const b = nodeOf(evidence, to);
  const agedMs = ageMs(promisesOf(evidence, from.host), from.atMs) + ageMs(promisesOf(evidence, to.host), to.atMs);
  const limitMs = differenceMs + promises.quantumMs + agedMs;
  const key = edgeKey(a, b);
  const known = edges.get(key);
  if (known === undefined) edges.set(key, { from: a, to: b, limitMs });
  else if (limitMs < known.limitMs) known.limitMs = limitMs;
}

function nodeOf(evidence: ClockEvidence, stamp: Stamp): number {
  return nodeAt(evidence, { host: stamp.host, epoch: stamp.epoch, cell: cellOf(evidence.promises, stamp.atMs) });
}

function nodeAt(evidence: ClockEvidence, place: { host: string; epoch: number; cell: number }): number {
  const key = trackKey(place.host, place.epoch);
  let track = evidence.tracks.get(key);
  if (track === undefined) {
    track = { host: place.host, epoch: place.epoch, cells: new Map() };
    evidence.tracks.set(key, track);
  }
  let node = track.cells.get(place.cell);
  if (node === undefined) {
    node = evidence.nodes.push({ track, cell: place.cell }) - 1;
    track.cells.set(place.cell, node);
  }
  return node;
}

function edgeKey(from: number, to: number): number {
  return from * 2 ** 26 + to;
}
