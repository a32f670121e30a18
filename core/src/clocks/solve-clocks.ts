/** All clocks at once, each 10 s: from what was gathered to an interval for each. Never while a report is taken in. */
import { type BoundEnd, type ClockSolution, offsetAt, solveClocks } from '../clock/bound.ts';
import {
  addCausality,
  addReading,
  allowDrift,
  assumeCausality,
  type ClockEvidence,
  createClockEvidence,
} from '../clock/evidence.ts';
import { floorAt } from '../clock/floor.ts';
import { findOddFloors } from '../clock/soft-floor.ts';
import type { EventTimeUse } from '../clock/use.ts';
import { useOf, watchOf } from './channels.ts';
import { type ClockAt, type ClockFold, type ClockNode, clockLimits } from './clock-fold.ts';
import { contradictionsOf } from './contradictions.ts';
import { driftsOf } from './drifts.ts';
import { gradeOf } from './grade.ts';
import type { ClockReadings, KnownClock, KnownDrift } from './known-clock.ts';
import { trimPairs } from './pairs.ts';

/** Solutions that a search for liars may take: less of large graphs, so that a tick stays short. */
const edgesPerSearch = 1_500_000;
const mostSolves = 60;
const fewestSolves = 4;

/** Changes `known`, `contradictions` and `history` of the fold. */
export function solveAll(fold: ClockFold, at: { readonly nowMs: number; readonly graceMs: number | undefined }): void {
  const { nowMs } = at;
  fold.solvedAtMs = nowMs;
  trimPairs(fold, nowMs);
  const channelsOf = Map.groupBy(fold.channels.values(), ({ from }) => from);
  const uses = new Map<string, EventTimeUse | undefined>();
  for (const { id, role } of fold.clocks.values()) {
    if (role !== 'broker') uses.set(id, useOf(channelsOf.get(id) ?? []));
  }
  const drifts = driftsOf(fold);
  const solve = (isOut: IsOut): ClockSolution => {
    const evidence = evidenceOf(fold, { uses, drifts, isOut });
    const solves = Math.round(edgesPerSearch / (evidence.causal.size + 3 * evidence.nodes.length + 1));
    return solveClocks(evidence, Math.min(mostSolves, Math.max(fewestSolves, solves)));
  };
  const solution = solve(() => false);
  const untilRead = solution.contradictions.length === 0 ? solution : solve(isNotReadYet(fold));
  fold.contradictions = contradictionsOf(fold, untilRead, nowMs);
  const later = laterThanPeers(fold, uses);
  const nodes = [...fold.clocks.values()];
  const known = nodes.map((node) =>
    knownClock({ node, solution, untilRead, at, use: uses.get(node.id), drift: drifts.get(node.id), later }),
  );
  fold.mostAheadMs = new Map(
    known.flatMap(({ id, high, use }) => (high.basis === 'unknown' || use === 'not-a-clock' ? [] : [[id, high.ms]])),
  );
  fold.known = known
    .sort((a, b) => rank[a.role] - rank[b.role] || a.name.localeCompare(b.name))
    .slice(0, clockLimits.maxShown);
  fold.history.push({
    atMs: Math.floor(nowMs / solveEveryMs) * solveEveryMs,
    clocks: fold.known.map(({ id, name, low, high }) => ({ id, name, low, high })),
  });
  if (fold.history.length > maxHistory) fold.history.shift();
}

export const solveEveryMs = 10_000;
const maxHistory = 90;
const rank = { host: 0, broker: 1, producer: 2 } as const;

/** Whether a stamp is left out. */
type IsOut = (clock: ClockAt, atMs: number) => boolean;

/** Two polls, as they are usual: so long its next reading may be on its way. */
const readAgainMs = 130_000;

/**
 * A clock that is being slewed moves faster than promised, and how fast is known when it is read again. Until then its stamps since
 * its last reading are held against nobody: what they contradict is bounded by nothing, and no one is accused.
 */
function isNotReadYet({ clocks }: ClockFold): IsOut {
  const lastReadMs = new Map<string, number>();
  for (const { id, epoch, lastMs, readings } of clocks.values()) {
    const ofEpoch = readings.flatMap((reading) => (reading.epoch === epoch ? [reading.atMs] : []));
    const atMs = Math.max(...ofEpoch);
    if (lastMs - atMs < readAgainMs) lastReadMs.set(id, atMs);
  }
  return ({ id, epoch }, atMs) =>
    epoch === clocks.get(id)?.epoch && atMs > (lastReadMs.get(id) ?? Number.POSITIVE_INFINITY);
}

function evidenceOf(
  fold: ClockFold,
  of: {
    readonly uses: ReadonlyMap<string, EventTimeUse | undefined>;
    readonly drifts: ReadonlyMap<string, KnownDrift>;
    readonly isOut: IsOut;
  },
): ClockEvidence {
  const { uses, drifts, isOut } = of;
  const evidence = createClockEvidence();
  for (const node of fold.clocks.values()) {
    allowMeasured(evidence, node, drifts.get(node.id));
    for (const reading of node.readings) addReading(evidence, reading);
  }
  for (const { from, to, isAssumed, cells } of fold.pairs.values()) {
    const use = uses.get(from.id);
    if (!isAssumed && (use === 'replay' || use === 'not-a-clock')) continue;
    for (const { fromMs, toMs } of cells.values()) {
      if (isOut(from, fromMs) || isOut(to, toMs)) continue;
      const cause = { host: from.id, epoch: from.epoch, atMs: fromMs };
      const effect = { host: to.id, epoch: to.epoch, atMs: toMs };
      if (isAssumed) assumeCausality(evidence, { cause, effect });
      else addCausality(evidence, { cause, effect });
    }
  }
  return evidence;
}

/**
 * A host with an agent keeps the promise, for its readings tell when it does not. Of a clock that nobody watches its own records
 * tell how fast it runs, surer and surer; until then it is granted what the worst of virtual machines do.
 */
function allowMeasured(evidence: ClockEvidence, { id, role }: ClockNode, drift: KnownDrift | undefined): void {
  if (role === 'host') return;
  const isKnown = drift !== undefined && drift.errorPpm < fastestUnwatchedPpm;
  // What it is measured against may itself drift as fast as promised.
  const againstPpm = drift?.against === undefined ? 0 : evidence.promises.phiPpm;
  allowDrift(evidence, id, isKnown ? Math.abs(drift.ppm) + drift.errorPpm + againstPpm : fastestUnwatchedPpm);
}

const fastestUnwatchedPpm = 500;

interface Node {
  readonly node: ClockNode;
  readonly solution: ClockSolution;
  /** The same without what clocks showed since they were last read. */
  readonly untilRead: ClockSolution;
  readonly at: { readonly nowMs: number; readonly graceMs: number | undefined };
  readonly use: EventTimeUse | undefined;
  readonly drift: KnownDrift | undefined;
  readonly later: ReadonlyMap<string, number>;
}

function knownClock({ node, solution, untilRead, at, use, drift, later }: Node): KnownClock {
  const { id, name, role, cluster } = node;
  const atMs = node.lastMs + at.nowMs - node.seenAtMs;
  const isNoClock = role === 'producer' && (use === 'replay' || use === 'not-a-clock');
  const unknown: BoundEnd = { basis: 'unknown' };
  const { low, high } = isNoClock
    ? { low: unknown, high: unknown }
    : offsetAt(solution, { host: id, epoch: node.epoch, atMs });
  const laterMs = later.get(id);
  const isSuspect = isLeftOut(node, untilRead);
  return {
    id,
    name,
    role,
    ...(cluster === undefined || cluster === '' ? {} : { cluster }),
    low,
    high,
    seenAtMs: node.seenAtMs,
    ...(drift === undefined ? {} : { drift }),
    ...(node.source === undefined ? {} : { readings: readingsOf(node, node.source, { solution: untilRead, atMs }) }),
    ...(role === 'host'
      ? {}
      : { provedIfNotSetSinceMs: Math.max(node.steadySinceMs, at.nowMs - clockLimits.windowMs) }),
    ...(role === 'broker' || use === undefined ? {} : { use }),
    ...(laterMs === undefined ? {} : { laterThanPeersMs: laterMs }),
    grade: gradeOf({ low, high }, at.graceMs),
    isSuspect,
    ...(isDoubted(node, solution) && !isDoubted(node, untilRead) ? { awaitsReading: true } : {}),
  };
}

function isDoubted(node: ClockNode, solution: ClockSolution): boolean {
  return isLeftOut(node, solution) || areSetAside(node, solution);
}

function isLeftOut({ id }: ClockNode, { leftOut }: ClockSolution): boolean {
  return leftOut.hosts.has(id) || leftOut.unsteady.has(id);
}

/** None of the servers that it was read from is believed. */
function areSetAside({ readings }: ClockNode, { leftOut }: ClockSolution): boolean {
  return readings.length > 0 && readings.every(({ server }) => server !== undefined && leftOut.servers.has(server));
}

function readingsOf(
  node: ClockNode,
  source: string,
  { solution, atMs }: { readonly solution: ClockSolution; readonly atMs: number },
): ClockReadings {
  const { readAtMs, sources } = node;
  let last: { readonly name: string; readonly atMs: number } | undefined;
  for (const [name, at] of readAtMs) if (last === undefined || at > last.atMs) last = { name, atMs: at };
  return {
    source,
    ...(last === undefined ? {} : { readFrom: last.name, readAtMs: last.atMs, ageMs: Math.max(0, atMs - last.atMs) }),
    sources,
    ...(areSetAside(node, solution) ? { setAside: true } : {}),
  };
}

/** Of the producers that one clock stamps next: those whose floor is out of line with the others'. */
function laterThanPeers(
  fold: ClockFold,
  uses: ReadonlyMap<string, EventTimeUse | undefined>,
): ReadonlyMap<string, number> {
  const later = new Map<string, number>();
  const byReceiver = Map.groupBy(fold.channels.values(), ({ to, epoch }) => `${to} ${epoch}`);
  for (const channels of byReceiver.values()) {
    const floors = channels.flatMap((channel) => {
      const line = channel.use === undefined ? undefined : watchOf(fold, channel)?.line;
      if (line === undefined || uses.get(channel.from) !== 'clock') return [];
      return [{ producer: channel.from, gapMs: floorAt(line, channel.newestSecond * 1000).gapMs }];
    });
    for (const { producer, byMs } of findOddFloors(floors)) {
      later.set(producer, Math.min(byMs, later.get(producer) ?? Number.POSITIVE_INFINITY));
    }
  }
  return later;
}
