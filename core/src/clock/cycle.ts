/** A circle of constraints with a negative sum: the proof that they contradict each other, and how it is told. */
import type { ClockEvidence } from './evidence.ts';
import { type ClockGraph, type EdgeKind, edgeKind } from './graph.ts';
import { shortestPaths } from './solve.ts';

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

export interface FoundCycle {
  readonly graph: ClockGraph;
  readonly edges: readonly number[];
  readonly sumMs: number;
}

export function firstCycle(graph: ClockGraph): FoundCycle | undefined {
  const paths = shortestPaths(graph, 'feasibility');
  return paths.kind === 'cycle' ? { graph, edges: paths.edges, sumMs: paths.sumMs } : undefined;
}

/** Evidence nodes on it, without true time. */
export function nodesOn(found: FoundCycle): number[] {
  return found.edges.map((edge) => found.graph.from[edge]! - 1).filter((node) => node >= 0);
}

export function describeEdge(graph: ClockGraph, edge: number): CycleEdge {
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
