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

import { type CycleEdge, describeEdge, type FoundCycle, firstCycle } from './cycle.ts';
import type { ClockEvidence } from './evidence.ts';
import { buildGraph, type ClockGraph, type LeftOut, nothingLeftOut } from './graph.ts';
import type { Slews } from './slew.ts';
import { steppedIn, unnoticedSteps, unsteadyOnly } from './unnoticed-step.ts';

export type Claimant =
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'server'; readonly server: string };

export interface Contradiction {
  /**
   * `liars`: `suspects` holds one set, which is proved. `ambiguous`: any one of the sets explains everything. `many`: more
   * than could be sorted out, all on one list. `unsteady`: not the readings; clocks of these hosts were set unnoticed, or
   * drift faster than promised.
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
export const defaultMaxSolves = 60;
/** Beyond these, nothing is searched for any more: whoever is on a circle is left out. */
const maxRounds = 8;

/**
 * Leaves out what contradicts the rest, and says why. What remains is feasible. The search for the smallest set costs up to
 * `maxSolves` solutions for each circle; beyond it, whoever is on a circle is left out.
 */
export function findLiars(evidence: ClockEvidence, slews: Slews, maxSolves: number = defaultMaxSolves): Trial {
  const contradictions: Contradiction[] = [];
  let leftOut = nothingLeftOut;
  for (const causality of [false, true]) {
    const graphWithout = (out: LeftOut): ClockGraph =>
      buildGraph(evidence, { slews, leftOut: out, causality, assumptions: false });
    // Each round leaves something out, so this ends.
    for (let round = 0; ; round++) {
      const found = firstCycle(graphWithout(leftOut));
      if (found === undefined) break;
      const most = round < maxRounds ? maxLiars : 0;
      const { contradiction, drop } = judge({ graphWithout, leftOut, found, causality, most, maxSolves });
      contradictions.push(contradiction);
      leftOut = drop;
    }
  }
  return { leftOut, contradictions };
}

interface Judged {
  readonly contradiction: Contradiction;
  readonly drop: LeftOut;
}

interface Case {
  readonly graphWithout: (leftOut: LeftOut) => ClockGraph;
  readonly leftOut: LeftOut;
  readonly found: FoundCycle;
  readonly causality: boolean;
  /** The largest set of liars that is looked for. */
  readonly most: number;
  readonly maxSolves: number;
}

function judge(of: Case): Judged {
  const { graphWithout, leftOut, found, causality, most } = of;
  const told = { cycle: found.edges.map((edge) => describeEdge(found.graph, edge)), byMs: -found.sumMs };
  // Readings alone contradict each other: servers do, or a host with one server that contradicts itself.
  const first: ClaimantKind = causality ? 'host' : 'server';
  const unsteady = unsteadyOnly(found, leftOut);
  if (unsteady !== undefined) {
    const suspects = [unsteady.hosts.map((host): Claimant => ({ kind: 'host', host }))];
    return { drop: unsteady.drop, contradiction: { kind: 'unsteady', suspects, ...told } };
  }

  const stepped = causality && most > 0 ? unnoticedSteps(graphWithout, leftOut, found) : [];
  if (stepped.length > 0) {
    const drop = stepped.reduce(steppedIn, leftOut);
    const suspects = stepped.map(({ host }): Claimant[] => [{ kind: 'host', host }]);
    return { drop, contradiction: { kind: 'unsteady', suspects, ...told } };
  }

  let sets = smallestSets(of, first, most);
  if (causality && (sets === undefined || sets[0]!.length > 1)) {
    const hostsNeeded = sets === undefined ? most + 1 : sets[0]!.length;
    const fewer = smallestSets(of, 'server', hostsNeeded - 1);
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
  { graphWithout, leftOut, found, maxSolves }: Case,
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
