/**
 * From evidence to intervals: how far each clock may be off at any of its stamps, and when each stamp truly was.
 *
 * Proved, assumed and unknown are never mixed. A producer without an agent and without a way back has no provable upper
 * bound: whatever it says may have waited for any time. An end that is not proved is assumed or unknown, and says so.
 */
import type { Interval } from '../interval.ts';
import { type ClockEvidence, cellOf, driftMs, promisesOf, type Stamp, type Track, trackKey } from './evidence.ts';
import { buildGraph, type LeftOut } from './graph.ts';
import { type Contradiction, defaultMaxSolves, findLiars } from './liar.ts';
import { findSlews, type Slews, slewWithin } from './slew.ts';
import { shortestPaths } from './solve.ts';

/** One end of an interval, and what it rests on. */
export type BoundEnd =
  | { readonly basis: 'proved'; readonly ms: number }
  | { readonly basis: 'assumed'; readonly ms: number }
  | { readonly basis: 'unknown' };

export interface TwoEnds {
  readonly low: BoundEnd;
  readonly high: BoundEnd;
}

interface Ends {
  readonly lowMs: Float64Array;
  readonly highMs: Float64Array;
}

export interface ClockSolution {
  readonly evidence: ClockEvidence;
  readonly slews: Slews;
  readonly leftOut: LeftOut;
  /** Nothing here: all evidence agrees. Else the bounds hold without what is named. */
  readonly contradictions: readonly Contradiction[];
  /** By evidence node; infinite where nothing is proved. */
  readonly proved: Ends;
  /** The same with assumptions taken for true; undefined when there are none, or when they contradict what is proved. */
  readonly assumed: Ends | undefined;
}

export function solveClocks(evidence: ClockEvidence, maxSolves: number = defaultMaxSolves): ClockSolution {
  const slews = findSlews(evidence);
  const { leftOut, contradictions } = findLiars(evidence, slews, maxSolves);
  const solve = (assumptions: boolean): Ends | undefined => {
    const graph = buildGraph(evidence, { slews, leftOut, causality: true, assumptions });
    const from = shortestPaths(graph, 'fromTrueTime');
    const to = shortestPaths(graph, 'toTrueTime');
    if (from.kind === 'cycle' || to.kind === 'cycle') return undefined;
    return { lowMs: to.distanceMs.subarray(1).map((ms) => -ms), highMs: from.distanceMs.subarray(1) };
  };
  // What `findLiars` leaves is feasible, but for the rounding of sums: then nothing is claimed.
  const proved = solve(false) ?? nothingProved(evidence.nodes.length);
  return {
    evidence,
    slews,
    leftOut,
    contradictions,
    proved,
    assumed: evidence.assumed.size > 0 ? solve(true) : undefined,
  };
}

function nothingProved(nodes: number): Ends {
  const lowMs = new Float64Array(nodes).fill(Number.NEGATIVE_INFINITY);
  return { lowMs, highMs: new Float64Array(nodes).fill(Number.POSITIVE_INFINITY) };
}

/** How far the host's clock was ahead of true time when it showed `atMs`. */
export function offsetAt(solution: ClockSolution, stamp: Stamp): TwoEnds {
  const proved = endsAt(solution, solution.proved, stamp);
  const assumed = solution.assumed === undefined ? undefined : endsAt(solution, solution.assumed, stamp);
  return {
    low: end(proved.lowMs, assumed?.lowMs),
    high: end(proved.highMs, assumed?.highMs),
  };
}

/** When a stamp truly was. The clock was anywhere in [atMs, atMs + quantum) when it was rounded down. */
export function trueTimeOf(solution: ClockSolution, stamp: Stamp): TwoEnds {
  const offset = offsetAt(solution, stamp);
  return {
    low: mapEnd(offset.high, (ms) => stamp.atMs - ms),
    high: mapEnd(offset.low, (ms) => stamp.atMs + solution.evidence.promises.quantumMs - ms),
  };
}

/**
 * When the stamps of one record truly were, given that they followed each other: none began before the one before it could
 * have, none ended after the one behind it must have.
 */
export function trueTimesInOrder(solution: ClockSolution, stamps: readonly Stamp[]): TwoEnds[] {
  const alone = stamps.map((stamp) => trueTimeOf(solution, stamp));
  const lows = alone.map(({ low }) => low);
  const highs = alone.map(({ high }) => high);
  for (let i = 1; i < lows.length; i++) lows[i] = tighter(lows[i]!, lows[i - 1]!, Math.max);
  for (let i = highs.length - 2; i >= 0; i--) highs[i] = tighter(highs[i]!, highs[i + 1]!, Math.min);
  return stamps.map((_, i) => ({ low: lows[i]!, high: highs[i]! }));
}

function endsAt(solution: ClockSolution, ends: Ends, stamp: Stamp): Interval {
  const { evidence, slews, leftOut } = solution;
  const track = evidence.tracks.get(trackKey(stamp.host, stamp.epoch));
  let lowMs = Number.NEGATIVE_INFINITY;
  let highMs = Number.POSITIVE_INFINITY;
  if (track === undefined) return { lowMs, highMs };
  for (const cell of nearestCells(solution, track, stamp.atMs, leftOut.unsteady.has(track.host))) {
    const node = track.cells.get(cell)!;
    const middleMs = cell * evidence.promises.cellMs;
    const [fromMs, toMs] = middleMs < stamp.atMs ? [middleMs, stamp.atMs] : [stamp.atMs, middleMs];
    const slackMs = driftMs(promisesOf(evidence, stamp.host), toMs - fromMs) + slewWithin(slews, track, fromMs, toMs);
    lowMs = Math.max(lowMs, ends.lowMs[node]! - slackMs);
    highMs = Math.min(highMs, ends.highMs[node]! + slackMs);
  }
  return { lowMs, highMs };
}

/** The cells on both sides of a stamp; of a clock that is not held to be steady, only its own. Neighbours know the rest. */
function nearestCells(solution: ClockSolution, track: Track, atMs: number, alone: boolean): number[] {
  const { promises } = solution.evidence;
  const own = cellOf(promises, atMs);
  if (alone) return track.cells.has(own) ? [own] : [];
  let below: number | undefined;
  let above: number | undefined;
  for (const cell of track.cells.keys()) {
    if (cell * promises.cellMs <= atMs) {
      if (below === undefined || cell > below) below = cell;
    } else if (above === undefined || cell < above) above = cell;
  }
  return [below, above].filter((cell) => cell !== undefined);
}

function end(provedMs: number, assumedMs: number | undefined): BoundEnd {
  if (Number.isFinite(provedMs)) return { basis: 'proved', ms: provedMs };
  if (assumedMs !== undefined && Number.isFinite(assumedMs)) return { basis: 'assumed', ms: assumedMs };
  return { basis: 'unknown' };
}

function mapEnd(from: BoundEnd, to: (ms: number) => number): BoundEnd {
  return from.basis === 'unknown' ? from : { basis: from.basis, ms: to(from.ms) };
}

/** The tighter of two ends. A proof is not replaced by an assumption, however much tighter that is. */
function tighter(own: BoundEnd, other: BoundEnd, pick: (a: number, b: number) => number): BoundEnd {
  if (other.basis === 'unknown') return own;
  if (own.basis === 'unknown') return other;
  if (own.basis !== other.basis) return own.basis === 'proved' ? own : other;
  return pick(own.ms, other.ms) === own.ms ? own : other;
}
