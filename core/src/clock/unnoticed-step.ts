/**
 * A clock that was set and nobody said so. Hosts without an agent announce nothing; to the constraints their step looks like
 * somebody's lie, because the cells before and after it are tied together.
 *
 * What gives it away: the clock's cells, each taken for itself, agree with all others, and disagree with one another. A
 * false reading contradicts the others at any time.
 */
import { type Interval, intersect, widen } from '../interval.ts';
import { type FoundCycle, firstCycle, nodesOn } from './cycle.ts';
import { promisesOf, type Track } from './evidence.ts';
import { type ClockGraph, edgeKind, type LeftOut, pairKey } from './graph.ts';
import { shortestPaths } from './solve.ts';

/** A lie that hardly shows may show only across time too: small contradictions are left to the readings. */
const smallestStepMs = 10;
/** A clock that was set shows in one cell, one that was set and set back in two. */
const maxStepCells = 2;

export interface UnnoticedStep {
  readonly host: string;
  /** Nodes in which it was set: stamps from before and after are mixed in them. */
  readonly cells: readonly number[];
}

type GraphWithout = (leftOut: LeftOut) => ClockGraph;

/** Hosts without an agent whose being set explains all contradictions. */
export function unnoticedSteps(graphWithout: GraphWithout, leftOut: LeftOut, found: FoundCycle): UnnoticedStep[] {
  if (-found.sumMs < smallestStepMs) return [];
  const { evidence } = found.graph;
  const watched = new Set(evidence.readings.map(({ host }) => host));
  const hosts = new Set(nodesOn(found).map((node) => evidence.nodes[node]!.track.host));
  const steps: UnnoticedStep[] = [];
  for (const host of hosts) {
    const cells = watched.has(host) ? undefined : cellsOfSteps(graphWithout, leftOut, host);
    if (cells !== undefined && hasMoved(graphWithout(steppedIn(leftOut, { host, cells })), host))
      steps.push({ host, cells });
  }
  return steps;
}

export function steppedIn(leftOut: LeftOut, { host, cells }: UnnoticedStep): LeftOut {
  return {
    ...leftOut,
    unsteady: new Set([...leftOut.unsteady, host]),
    cells: new Set([...leftOut.cells, ...cells]),
  };
}

/** A circle without any reading: nobody claimed anything, so clocks were set, or drift faster than promised. */
export function unsteadyOnly(found: FoundCycle, leftOut: LeftOut): { drop: LeftOut; hosts: string[] } | undefined {
  const { graph, edges } = found;
  if (edges.some((edge) => graph.basis[edge]! >= 0)) return undefined;
  const hostOf = (edge: number): string => graph.evidence.nodes[graph.from[edge]! - 1]!.track.host;
  const tied = new Set(edges.filter((edge) => edgeKind(graph, edge) === 'steadiness').map(hostOf));
  if (tied.size > 0)
    return { hosts: [...tied], drop: { ...leftOut, unsteady: new Set([...leftOut.unsteady, ...tied]) } };
  // Set within one cell of each: no tie is there to be cut, so these hosts' stamps are not compared any more.
  const pairs = edges.map((edge) => pairKey(graph.evidence, graph.from[edge]! - 1, graph.to[edge]! - 1));
  return { hosts: [...new Set(edges.map(hostOf))], drop: { ...leftOut, pairs: new Set([...leftOut.pairs, ...pairs]) } };
}

/** The few cells that contradict the rest even when they are not tied together; undefined if they are not few. */
function cellsOfSteps(graphWithout: GraphWithout, leftOut: LeftOut, host: string): number[] | undefined {
  const cells: number[] = [];
  for (;;) {
    const cycle = firstCycle(graphWithout(steppedIn(leftOut, { host, cells })));
    if (cycle === undefined) return cells;
    const own = nodesOn(cycle).find((node) => cycle.graph.evidence.nodes[node]!.track.host === host);
    if (own === undefined || cells.length === maxStepCells) return undefined;
    cells.push(own);
  }
}

/** Do the cells of a host, not tied together in this graph, say that its clock has moved? */
function hasMoved(graph: ClockGraph, host: string): boolean {
  const high = shortestPaths(graph, 'fromTrueTime');
  const low = shortestPaths(graph, 'toTrueTime');
  if (high.kind === 'cycle' || low.kind === 'cycle') return false;
  const boundOf = (node: number): Interval => ({
    lowMs: -low.distanceMs[node + 1]!,
    highMs: high.distanceMs[node + 1]!,
  });
  return [...graph.evidence.tracks.values()].some((track) => track.host === host && moves(graph, track, boundOf));
}

function moves(graph: ClockGraph, track: Track, boundOf: (node: number) => Interval): boolean {
  const { cellMs, phiPpm } = promisesOf(graph.evidence, track.host);
  let known: Interval = { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY };
  let before: number | undefined;
  for (const cell of [...track.cells.keys()].sort((a, b) => a - b)) {
    const ageMs = before === undefined ? 0 : (cell - before) * cellMs;
    const both = intersect(widen(known, { ageMs, driftPpm: phiPpm }), boundOf(track.cells.get(cell)!));
    if (both === undefined) return true;
    known = both;
    before = cell;
  }
  return false;
}
