/**
 * The constraints as a graph: an edge from a to b of `limit` says θ(b) − θ(a) ≤ limit. Node 0 is true time, whose θ is 0;
 * evidence node n is node n + 1. What an edge rests on is kept beside it, for blame.
 */
import { ageMs, type ClockEvidence, driftMs, promisesOf, type Track } from './evidence.ts';
import { type Slews, slewWithin } from './slew.ts';

/** What is left out of a graph, because it was found to contradict the rest. */
export interface LeftOut {
  readonly hosts: ReadonlySet<string>;
  readonly servers: ReadonlySet<string>;
  /** Hosts whose cells are not tied together: their clock was set and nobody said so. */
  readonly unsteady: ReadonlySet<string>;
  /** Nodes in which a clock was set: what was stamped before and after cannot be told apart. */
  readonly cells: ReadonlySet<number>;
  /** Pairs of hosts between which causality is not believed, as `pairKey` names them. */
  readonly pairs: ReadonlySet<string>;
}

export const nothingLeftOut: LeftOut = {
  hosts: new Set(),
  servers: new Set(),
  unsteady: new Set(),
  cells: new Set(),
  pairs: new Set(),
};

export type EdgeKind = 'reading' | 'causality' | 'steadiness' | 'assumption';

export interface ClockGraph {
  readonly evidence: ClockEvidence;
  readonly nodeCount: number;
  edgeCount: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly limitMs: Float64Array;
  /** Index of the reading, or −1 − kind for the others: `edgeKind` reads it. */
  readonly basis: Int32Array;
}

export function buildGraph(
  evidence: ClockEvidence,
  options: {
    readonly slews: Slews;
    readonly leftOut: LeftOut;
    readonly causality: boolean;
    readonly assumptions: boolean;
  },
): ClockGraph {
  const { promises, nodes } = evidence;
  const { leftOut, slews } = options;
  const most = 2 * (evidence.readings.length + nodes.length) + evidence.causal.size + evidence.assumed.size;
  const graph: ClockGraph = {
    evidence,
    nodeCount: nodes.length + 1,
    edgeCount: 0,
    from: new Int32Array(most),
    to: new Int32Array(most),
    limitMs: new Float64Array(most),
    basis: new Int32Array(most),
  };
  // A clock that was being slewed moved within its cell by more than φ: every constraint there is that much wider.
  const slewOf = nodes.map(({ track, cell }) =>
    slewWithin(slews, track, (cell - 0.5) * promises.cellMs, (cell + 0.5) * promises.cellMs),
  );

  evidence.readings.forEach((reading, index) => {
    if (leftOut.hosts.has(reading.host) || (reading.server !== undefined && leftOut.servers.has(reading.server)))
      return;
    if (leftOut.cells.has(reading.node)) return;
    const slackMs = ageMs(promisesOf(evidence, reading.host), reading.atMs) + slewOf[reading.node]!;
    addEdge(graph, 0, reading.node + 1, reading.offset.highMs + slackMs, index);
    addEdge(graph, reading.node + 1, 0, slackMs - reading.offset.lowMs, index);
  });
  const addAll = (edges: ClockEvidence['causal'], kind: EdgeKind): void => {
    for (const edge of edges.values()) {
      if (leftOut.cells.has(edge.from) || leftOut.cells.has(edge.to)) continue;
      if (leftOut.pairs.size > 0 && leftOut.pairs.has(pairKey(evidence, edge.from, edge.to))) continue;
      const limitMs = edge.limitMs + slewOf[edge.from]! + slewOf[edge.to]!;
      addEdge(graph, edge.from + 1, edge.to + 1, limitMs, -1 - kinds.indexOf(kind));
    }
  };
  if (options.causality) addAll(evidence.causal, 'causality');
  if (options.assumptions) addAll(evidence.assumed, 'assumption');
  for (const track of evidence.tracks.values()) {
    if (!leftOut.unsteady.has(track.host)) addLinks(graph, track, slews);
  }
  return graph;
}

export function edgeKind(graph: ClockGraph, edge: number): EdgeKind {
  const basis = graph.basis[edge]!;
  return basis >= 0 ? 'reading' : kinds[-1 - basis]!;
}

export function pairKey(evidence: ClockEvidence, from: number, to: number): string {
  return `${evidence.nodes[from]!.track.host}\n${evidence.nodes[to]!.track.host}`;
}

const kinds: readonly EdgeKind[] = ['causality', 'steadiness', 'assumption'];

function addLinks(graph: ClockGraph, track: Track, slews: Slews): void {
  const promises = promisesOf(graph.evidence, track.host);
  const cells = [...track.cells.keys()].sort((a, b) => a - b);
  for (let i = 1; i < cells.length; i++) {
    const beforeMs = cells[i - 1]! * promises.cellMs;
    const afterMs = cells[i]! * promises.cellMs;
    const limitMs = driftMs(promises, afterMs - beforeMs) + slewWithin(slews, track, beforeMs, afterMs);
    const a = track.cells.get(cells[i - 1]!)! + 1;
    const b = track.cells.get(cells[i]!)! + 1;
    addEdge(graph, a, b, limitMs, -1 - kinds.indexOf('steadiness'));
    addEdge(graph, b, a, limitMs, -1 - kinds.indexOf('steadiness'));
  }
}

function addEdge(graph: ClockGraph, from: number, to: number, limitMs: number, basis: number): void {
  const edge = graph.edgeCount++;
  graph.from[edge] = from;
  graph.to[edge] = to;
  graph.limitMs[edge] = limitMs;
  graph.basis[edge] = basis;
}
