/**
 * Tightest bounds by shortest paths. The longest chain of constraints that leads from true time to a node gives its upper
 * bound (distance from node 0), one that leads back gives its lower bound (distance to it). The constraints contradict
 * each other exactly if some circle of them has a negative sum.
 *
 * Solved from scratch by Bellman-Ford in sweeps over all constraints, forwards and backwards in turn: the cells of a clock
 * follow each other in the list, so one sweep carries a bound through all of its time, and few sweeps settle all. A queue of
 * changed nodes does less work but jumps about in memory, which costs more the larger the graph is (`bench/clock-solver.ts`).
 * Hundreds of hosts cost a fraction of a second, so keeping a solution up to date edge by edge is not worth its mistakes. On a negative circle the
 * sweeps would go on for ever; it is looked for among the parents after every few of them.
 */
import type { ClockGraph } from './graph.ts';

export type Paths =
  | { readonly kind: 'distances'; readonly distanceMs: Float64Array; readonly parentEdge: Int32Array }
  | { readonly kind: 'cycle'; readonly edges: readonly number[]; readonly sumMs: number };

/** Below this a sum is rounding of floating-point numbers, not a contradiction. */
const toleranceMs = 1e-6;
const checkEvery = 4;

/**
 * `fromTrueTime` and `toTrueTime`: distances from and to node 0, infinite where no path leads. `feasibility`: distances
 * from everywhere at once, which find a negative circle wherever it is.
 */
export function shortestPaths(graph: ClockGraph, want: 'fromTrueTime' | 'toTrueTime' | 'feasibility'): Paths {
  const { nodeCount, edgeCount, limitMs } = graph;
  const backwards = want === 'toTrueTime';
  const tails = backwards ? graph.to : graph.from;
  const heads = backwards ? graph.from : graph.to;
  const distanceMs = new Float64Array(nodeCount).fill(want === 'feasibility' ? 0 : Number.POSITIVE_INFINITY);
  const parentEdge = new Int32Array(nodeCount).fill(-1);
  distanceMs[0] = 0;
  for (let sweep = 0; ; sweep++) {
    let tightened = false;
    const isForward = sweep % 2 === 0;
    for (let i = 0; i < edgeCount; i++) {
      const edge = isForward ? i : edgeCount - 1 - i;
      const head = heads[edge]!;
      const viaMs = distanceMs[tails[edge]!]! + limitMs[edge]!;
      if (viaMs >= distanceMs[head]! - toleranceMs) continue;
      distanceMs[head] = viaMs;
      parentEdge[head] = edge;
      tightened = true;
    }
    if (!tightened) return { kind: 'distances', distanceMs, parentEdge };
    const edges = sweep % checkEvery === checkEvery - 1 ? parentCycle(parentEdge, tails) : undefined;
    if (edges !== undefined) return cycle(graph, backwards ? edges : edges.reverse());
  }
}

function cycle(graph: ClockGraph, edges: readonly number[]): Paths {
  return { kind: 'cycle', edges, sumMs: edges.reduce((sum, edge) => sum + graph.limitMs[edge]!, 0) };
}

/** The edges of a circle among parents, each followed by the one that leads to its start; undefined if there is none. */
function parentCycle(parentEdge: Int32Array, tails: Int32Array): number[] | undefined {
  const seenIn = new Int32Array(parentEdge.length);
  for (let start = 0; start < parentEdge.length; start++) {
    const walk = start + 1;
    let node = start;
    while (seenIn[node] === 0 && parentEdge[node]! >= 0) {
      seenIn[node] = walk;
      node = tails[parentEdge[node]!]!;
    }
    if (seenIn[node] !== walk) continue;
    const edges: number[] = [];
    const end = node;
    do {
      const edge = parentEdge[node]!;
      edges.push(edge);
      node = tails[edge]!;
    } while (node !== end);
    return edges;
  }
  return undefined;
}
