import type { ClockSolution } from '../clock/bound.ts';
import type { CycleEdge, CyclePlace } from '../clock/cycle.ts';
import type { Claimant } from '../clock/liar.ts';
import type { ClockFold, ContradictionSeen } from './clock-fold.ts';
import { beginAnew } from './forget-clock.ts';

const maxCycleShown = 64;

/** What contradicts what, by names. A clock that was set unnoticed begins anew: what was known of it before is worth nothing. */
export function contradictionsOf(fold: ClockFold, solution: ClockSolution, nowMs: number): ContradictionSeen[] {
  const nameOf = (id: string): string => fold.clocks.get(id)?.name ?? id;
  return solution.contradictions.map(({ kind, suspects, cycle, byMs }) => {
    if (kind === 'unsteady')
      for (const set of suspects) for (const claimant of set) beginAnewIfHost(fold, claimant, nowMs);
    const named = suspects.map((set) => set.map((claimant) => withName(claimant, nameOf)));
    return {
      key: `${kind === 'unsteady' ? kind : ''} ${named.flat().map(claimantName).sort().join(', ')}`,
      kind,
      suspects: named,
      cycle: cycle.slice(0, maxCycleShown).map((edge) => edgeByName(edge, nameOf)),
      byMs,
    };
  });
}

export function claimantName(claimant: Claimant): string {
  return claimant.kind === 'host' ? claimant.host : claimant.server;
}

function beginAnewIfHost(fold: ClockFold, claimant: Claimant, nowMs: number): void {
  const node = claimant.kind === 'host' ? fold.clocks.get(claimant.host) : undefined;
  if (node !== undefined) beginAnew(fold, node, nowMs);
}

function withName(claimant: Claimant, nameOf: (id: string) => string): Claimant {
  return claimant.kind === 'host' ? { kind: 'host', host: nameOf(claimant.host) } : claimant;
}

function edgeByName(edge: CycleEdge, nameOf: (id: string) => string): CycleEdge {
  return { ...edge, from: placeByName(edge.from, nameOf), to: placeByName(edge.to, nameOf) };
}

function placeByName(place: CyclePlace, nameOf: (id: string) => string): CyclePlace {
  return place.host === undefined ? place : { ...place, host: nameOf(place.host) };
}
