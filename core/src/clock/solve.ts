/**
 * Tightest bounds by shortest paths. The longest chain of constraints that leads from true time to a node gives its upper
 * bound (distance from node 0), one that leads back gives its lower bound (distance to it). The constraints contradict
 * each other exactly if some circle of them has a negative sum.
 *
 * Solved from scratch by Bellman-Ford with a queue: every cell a solution of hundreds of hosts costs a fraction of a
 * second, so keeping one up to date edge by edge is not worth its mistakes. A negative circle would keep the queue busy
 * for ever; it is looked for among the parents each time as many steps were made as there are nodes.
 */
import type { ClockGraph } from './graph.ts';

export type Paths =
  | { readonly kind: 'distances'; readonly distanceMs: Float64Array; readonly parentEdge: Int32Array }
  | { readonly kind: 'cycle'; readonly edges: readonly number[]; readonly sumMs: number };

/** Below this a sum is rounding of floating-point numbers, not a contradiction. */
const toleranceMs = 1e-6;

/**
 * `fromTrueTime` and `toTrueTime`: distances from and to node 0, infinite where no path leads. `feasibility`: distances
 * from everywhere at once, which find a negative circle wherever it is.
 */
export function shortestPaths(graph: ClockGraph, want: 'fromTrueTime' | 'toTrueTime' | 'feasibility'): Paths {
  const { nodeCount, edgeCount, limitMs } = graph;
  const backwards = want === 'toTrueTime';
  const tails = backwards ? graph.to : graph.from;
  const heads = backwards ? graph.from : graph.to;
  const { firstOut, out } = adjacency(tails, nodeCount, edgeCount);

  const distanceMs = new Float64Array(nodeCount).fill(want === 'feasibility' ? 0 : Number.POSITIVE_INFINITY);
  const parentEdge = new Int32Array(nodeCount).fill(-1);
  const queue = new Int32Array(nodeCount);
  const queued = new Uint8Array(nodeCount);
  let head = 0;
  let length = 0;
  const push = (node: number): void => {
    if (queued[node] === 1) return;
    queued[node] = 1;
    queue[(head + length++) % nodeCount] = node;
  };
  if (want === 'feasibility') for (let node = 0; node < nodeCount; node++) push(node);
  else {
    distanceMs[0] = 0;
    push(0);
  }

  let untilCheck = nodeCount;
  while (length > 0) {
    const node = queue[head]!;
    head = (head + 1) % nodeCount;
    length -= 1;
    queued[node] = 0;
    const baseMs = distanceMs[node]!;
    for (let i = firstOut[node]!; i < firstOut[node + 1]!; i++) {
      const edge = out[i]!;
      const next = heads[edge]!;
      const viaMs = baseMs + limitMs[edge]!;
      if (viaMs >= distanceMs[next]! - toleranceMs) continue;
      distanceMs[next] = viaMs;
      parentEdge[next] = edge;
      push(next);
      untilCheck -= 1;
    }
    if (untilCheck <= 0) {
      const edges = parentCycle(parentEdge, tails);
      if (edges !== undefined) return cycle(graph, backwards ? edges : edges.reverse());
      untilCheck = nodeCount;
    }
  }
  return { kind: 'distances', distanceMs, parentEdge };
}

function cycle(graph: ClockGraph, edges: readonly number[]): Paths {
  return { kind: 'cycle', edges, sumMs: edges.reduce((sum, edge) => sum + graph.limitMs[edge]!, 0) };
}

function adjacency(tails: Int32Array, nodeCount: number, edgeCount: number): { firstOut: Int32Array; out: Int32Array } {
  const firstOut = new Int32Array(nodeCount + 1);
  for (let edge = 0; edge < edgeCount; edge++) firstOut[tails[edge]! + 1]! += 1;
  for (let node = 0; node < nodeCount; node++) firstOut[node + 1]! += firstOut[node]!;
  const fill = firstOut.slice();
  const out = new Int32Array(edgeCount);
  for (let edge = 0; edge < edgeCount; edge++) {
    const tail = tails[edge]!;
    out[fill[tail]!] = edge;
    fill[tail]! += 1;
  }
  return { firstOut, out };
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
