/**
 * Who lies when constraints contradict each other.
 *
 * A negative circle is a proof: of the claims on it (readings of hosts; causality and arithmetic are not in doubt) at least
 * one is false. The liars are the smallest set of hosts whose readings must go so that no circle is left. Found by
 * branching: any such set holds a claimant of any circle, so take one circle, try each claimant on it, and go on. If
 * several smallest sets exist, nobody can tell them apart and all are suspects; the bounds then believe none of them.
 *
 * Servers are tried first, on readings alone: a clock has one offset at a time, so two servers that say different things
 * of it contradict each other whatever the records say. Afterwards a server is blamed instead of hosts only where it alone
 * explains what would take more hosts than one.
 *
 * Invisible for ever: a producer behind, or a consumer ahead of, its claim. It looks like a slow path.
 */
import type { ClockEvidence } from './evidence.ts';
import {
  buildGraph,
  type ClockGraph,
  type EdgeKind,
  edgeKind,
  type LeftOut,
  nothingLeftOut,
  pairKey,
} from './graph.ts';
import type { Slews } from './slew.ts';
import { shortestPaths } from './solve.ts';

export type Claimant =
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'server'; readonly server: string };

/** One constraint of the circle, in the direction that θ(to) − θ(from) is at most `limitMs`; no host is true time. */
export interface CycleEdge {
  readonly kind: EdgeKind;
  readonly from: CyclePlace;
  readonly to: CyclePlace;
  readonly limitMs: number;
  readonly server?: string;
}

export interface CyclePlace {
  readonly host?: string;
  readonly epoch?: number;
  /** The middle of the cell, by that host's clock. */
  readonly atMs?: number;
}

export interface Contradiction {
  /**
   * `liars`: `suspects` holds one set, which is proved. `ambiguous`: any one of the sets explains everything. `many`: more
   * than could be sorted out, all on one list. `unsteady`: no reading is involved; clocks of these hosts were set
   * unnoticed, or drift faster than promised.
   */
  readonly kind: 'liars' | 'ambiguous' | 'many' | 'unsteady';
  readonly suspects: readonly (readonly Claimant[])[];
  /** The evidence: constraints that add up to less than nothing. */
  readonly cycle: readonly CycleEdge[];
  /** By how much at least they contradict each other. */
  readonly byMs: number;
}

export interface Trial {
  readonly leftOut: LeftOut;
  readonly contradictions: readonly Contradiction[];
}

const maxLiars = 4;
const maxSolves = 60;

/** Leaves out what contradicts the rest, and says why. What remains is feasible. */
export function findLiars(evidence: ClockEvidence, slews: Slews): Trial {
  const contradictions: Contradiction[] = [];
  let leftOut = nothingLeftOut;
  for (const causality of [false, true]) {
    const graphWithout = (out: LeftOut): ClockGraph =>
      buildGraph(evidence, { slews, leftOut: out, causality, assumptions: false });
    for (;;) {
      const found = firstCycle(graphWithout(leftOut));
      if (found === undefined) break;
      const { contradiction, drop } = judge(graphWithout, leftOut, found, causality);
      contradictions.push(contradiction);
      leftOut = drop;
    }
  }
  return { leftOut, contradictions };
}

interface FoundCycle {
  readonly graph: ClockGraph;
  readonly edges: readonly number[];
  readonly sumMs: number;
}

interface Judged {
  readonly contradiction: Contradiction;
  readonly drop: LeftOut;
}

function judge(
  graphWithout: (leftOut: LeftOut) => ClockGraph,
  leftOut: LeftOut,
  found: FoundCycle,
  causality: boolean,
): Judged {
  const told = { cycle: found.edges.map((edge) => describeEdge(found.graph, edge)), byMs: -found.sumMs };
  // Readings alone contradict each other: servers do, or a host with one server that contradicts itself.
  const first: ClaimantKind = causality ? 'host' : 'server';
  const steady = claimantsOn(found, first).length === 0 ? unsteady(found, leftOut) : undefined;
  if (steady !== undefined)
    return { drop: steady.drop, contradiction: { kind: 'unsteady', suspects: [steady.suspects], ...told } };

  let sets = smallestSets(graphWithout, leftOut, found, first, maxLiars);
  if (causality && (sets === undefined || sets[0]!.length > 1)) {
    const hostsNeeded = sets === undefined ? maxLiars + 1 : sets[0]!.length;
    const fewer = smallestSets(graphWithout, leftOut, found, 'server', hostsNeeded - 1);
    sets = fewer ?? sets;
  }
  if (sets === undefined) {
    const drop = greedily(graphWithout, leftOut, found, first);
    return { drop, contradiction: { kind: 'many', suspects: [newlyOut(leftOut, drop)], ...told } };
  }
  const drop = sets.flat().reduce(without, leftOut);
  return { drop, contradiction: { kind: sets.length === 1 ? 'liars' : 'ambiguous', suspects: sets, ...told } };
}

/** All smallest sets of claimants without which no circle is left; undefined beyond `most` of them. */
function smallestSets(
  graphWithout: (leftOut: LeftOut) => ClockGraph,
  leftOut: LeftOut,
  found: FoundCycle,
  kind: ClaimantKind,
  most: number,
): Claimant[][] | undefined {
  let solves = 0;
  for (let size = 1; size <= most; size++) {
    const sets = new Map<string, Claimant[]>();
    const grow = (dropped: readonly Claimant[], cycle: FoundCycle): void => {
      for (const claimant of claimantsOn(cycle, kind)) {
        const next = [...dropped, claimant];
        if (solves++ > maxSolves) return;
        const rest = firstCycle(graphWithout(next.reduce(without, leftOut)));
        if (rest === undefined) sets.set(next.map(claimantKey).sort().join('\n'), next);
        else if (next.length < size && claimantsOn(rest, kind).length > 0) grow(next, rest);
      }
    };
    grow([], found);
    if (solves > maxSolves) return undefined;
    if (sets.size > 0) return [...sets.values()];
  }
  return undefined;
}

function greedily(
  graphWithout: (leftOut: LeftOut) => ClockGraph,
  leftOut: LeftOut,
  found: FoundCycle,
  kind: ClaimantKind,
): LeftOut {
  let out = leftOut;
  for (let cycle: FoundCycle | undefined = found; cycle !== undefined; cycle = firstCycle(graphWithout(out))) {
    const claimants = claimantsOn(cycle, kind);
    if (claimants.length === 0) break;
    out = claimants.reduce(without, out);
  }
  return out;
}

function unsteady(found: FoundCycle, leftOut: LeftOut): { drop: LeftOut; suspects: Claimant[] } | undefined {
  const { graph, edges } = found;
  const hosts = new Set<string>();
  const pairs = new Set(leftOut.pairs);
  for (const edge of edges) {
    if (graph.basis[edge]! >= 0) return undefined;
    const from = graph.from[edge]! - 1;
    if (edgeKind(graph, edge) === 'steadiness') hosts.add(graph.evidence.nodes[from]!.track.host);
  }
  // Even within one cell the stamps contradict causality: a clock was set inside it, and no link is there to be cut.
  if (hosts.size === 0)
    for (const edge of edges) pairs.add(pairKey(graph.evidence, graph.from[edge]! - 1, graph.to[edge]! - 1));
  const all =
    hosts.size > 0 ? hosts : new Set(edges.map((edge) => graph.evidence.nodes[graph.from[edge]! - 1]!.track.host));
  return {
    drop: { ...leftOut, pairs, unsteady: new Set([...leftOut.unsteady, ...hosts]) },
    suspects: [...all].map((host) => ({ kind: 'host', host })),
  };
}

function firstCycle(graph: ClockGraph): FoundCycle | undefined {
  const paths = shortestPaths(graph, 'feasibility');
  return paths.kind === 'cycle' ? { graph, edges: paths.edges, sumMs: paths.sumMs } : undefined;
}

type ClaimantKind = Claimant['kind'];

function claimantsOn(found: FoundCycle, kind: ClaimantKind): Claimant[] {
  const claimants = new Map<string, Claimant>();
  for (const edge of found.edges) {
    const basis = found.graph.basis[edge]!;
    if (basis < 0) continue;
    const { host, server } = found.graph.evidence.readings[basis]!;
    const claimant: Claimant =
      kind === 'server' && server !== undefined ? { kind: 'server', server } : { kind: 'host', host };
    claimants.set(claimantKey(claimant), claimant);
  }
  return [...claimants.values()];
}

function claimantKey(claimant: Claimant): string {
  return claimant.kind === 'host' ? `host ${claimant.host}` : `server ${claimant.server}`;
}

function without(leftOut: LeftOut, claimant: Claimant): LeftOut {
  return claimant.kind === 'host'
    ? { ...leftOut, hosts: new Set([...leftOut.hosts, claimant.host]) }
    : { ...leftOut, servers: new Set([...leftOut.servers, claimant.server]) };
}

function newlyOut(before: LeftOut, after: LeftOut): Claimant[] {
  const hosts = [...after.hosts].filter((host) => !before.hosts.has(host));
  const servers = [...after.servers].filter((server) => !before.servers.has(server));
  return [
    ...hosts.map((host): Claimant => ({ kind: 'host', host })),
    ...servers.map((server): Claimant => ({ kind: 'server', server })),
  ];
}

function describeEdge(graph: ClockGraph, edge: number): CycleEdge {
  const basis = graph.basis[edge]!;
  const server = basis >= 0 ? graph.evidence.readings[basis]!.server : undefined;
  return {
    kind: edgeKind(graph, edge),
    from: describePlace(graph.evidence, graph.from[edge]!),
    to: describePlace(graph.evidence, graph.to[edge]!),
    limitMs: graph.limitMs[edge]!,
    ...(server === undefined ? {} : { server }),
  };
}

function describePlace(evidence: ClockEvidence, node: number): CyclePlace {
  if (node === 0) return {};
  const { track, cell } = evidence.nodes[node - 1]!;
  return { host: track.host, epoch: track.epoch, atMs: cell * evidence.promises.cellMs };
}
