import { cutEnd, cutStart, type Hold, retryGapMs } from '../assess/hold.ts';
import { culpritAppend, holdOf, stallOf } from '../assess/judge.ts';
import { aftermathOf } from '../assess/outage.ts';
import { partOf } from '../assess/part.ts';
import { meet } from '../assess/proof.ts';
import type { IncidentFold, LaneFold, LateRow, State } from '../ingest/state.ts';
import type { BoundedInstant } from '../interval.ts';
import { materialMs } from '../news.ts';
import { type Source, sourceKey } from '../source.ts';
import { type IncidentDraft, type IncidentKind, isConfirmed, type Verdict } from './incident.ts';
import { createIncident } from './incident-fold.ts';
import { addRow } from './incident-rows.ts';
import { forgetForecast } from './incident-status.ts';
import { tighten } from './tighten.ts';

/** Parts of one thing that happened may be seen this far apart, by the grain of polls, batches and retries. */
const slackMs = 2_000;
const betweenReports = 'its records between two reports were like those seen';

/** Puts a judged row to the incident that it belongs to, opening one when there is none. */
export function attach(state: State, row: LateRow, verdict: Verdict, nowMs: number): void {
  if (verdict.byMs < materialMs && row.late.dropped.length === 0) return;
  const fold = incidentOf(state, row, verdict, nowMs);
  if (fold !== undefined) addRow(fold, row, nowMs);
}

function incidentOf(state: State, row: LateRow, verdict: Verdict, nowMs: number): IncidentFold | undefined {
  const at: At = { state, row, nowMs };
  switch (verdict.kind) {
    case 'producerCutOff':
    case 'brokerOutage': {
      const found = holdOf(row);
      return found === undefined ? undefined : cutOff(at, verdict, found);
    }
    case 'clockBehind':
    case 'repartition': {
      const found = holdOf(row);
      return found === undefined ? undefined : shifted(at, verdict, found);
    }
    case 'clockAhead':
      return clockAhead(at, verdict);
    case 'backfill':
      return backfill(at, verdict);
    case 'consumerInterleave':
      return leftLying(at, verdict);
    default:
      return undefined;
  }
}

interface At {
  readonly state: State;
  readonly row: LateRow;
  readonly nowMs: number;
}
type VerdictOf<K extends IncidentKind> = Extract<Verdict, { readonly kind: K }> & { readonly kind: K };
interface Found {
  readonly hold: Hold;
  readonly lane: LaneFold;
}

/** One cut, however many partitions it is seen in: their bounds hold at once, so together they are tighter. */
function cutOff(at: At, verdict: VerdictOf<'producerCutOff' | 'brokerOutage'>, { hold, lane }: Found): IncidentFold {
  const { kind, evidence } = verdict;
  const start = cutStart(hold);
  const end = cutEnd(hold);
  const earlier = aftermathOf(lane, hold);
  const before = earlier && known(at, kind, undefined).find(({ holds }) => holds.has(earlier));
  if (before !== undefined) return before;
  // Its clock was behind before the cut, and still is.
  if (hold.shiftMs > 0) known(at, 'clockBehind', lane.source).at(-1)?.holds.add(hold);
  if (kind === 'producerCutOff') {
    const suspected = asSuspected(at, lane, start, end);
    if (suspected !== undefined) {
      suspected.holds.add(hold);
      const { proof, start: began, end: ended } = suspected.incident;
      suspected.incident = {
        ...suspected.incident,
        start: meet(proof && began, start),
        end: meet(proof && ended, end),
        evidence,
      };
      if (proof !== undefined) forgetForecast(suspected);
      return suspected;
    }
  }
  for (const fold of known(at, kind, kind === 'producerCutOff' ? lane.source : undefined)) {
    if (fold.holds.has(hold)) return fold;
    const { incident } = fold;
    if (
      fold.holds.size === 0 ||
      incident.end === undefined ||
      start.lowMs > incident.end.highMs ||
      incident.start.lowMs > end.highMs
    )
      continue;
    if (kind === 'brokerOutage' && !isSameLeader(fold, lane)) continue;
    fold.holds.add(hold);
    tighten(fold, start, end);
    return fold;
  }
  return open(at, {
    kind,
    source: kind === 'producerCutOff' ? lane.source : placeOf(lane),
    start,
    end,
    evidence,
    hold,
  });
}

/** The suspicion that this cut confirms, or what its agent has told of it: its source fell silent when the cut began. */
function asSuspected(
  { state }: At,
  lane: LaneFold,
  start: BoundedInstant,
  end: BoundedInstant,
): IncidentFold | undefined {
  for (const id of [lane.of.suspectedId, partOf(lane)?.suspectedId]) {
    const fold = id === undefined ? undefined : state.incidents.get(id);
    if (fold === undefined || fold.holds.size > 0) continue;
    const { suspicion, proof } = fold.incident;
    if (proof === undefined && isConfirmed(fold.incident)) continue;
    const { sinceMs } = (suspicion ?? proof)!;
    if (sinceMs >= start.lowMs - slackMs && sinceMs <= end.highMs) return fold;
  }
  return undefined;
}

function isSameLeader(fold: IncidentFold, lane: LaneFold): boolean {
  for (const other of fold.lanes) {
    if (other.topic === lane.topic && other.partition === lane.partition) return true;
    if (other.leader !== undefined && other.leader === lane.leader) return true;
  }
  return false;
}

/** A clock that is behind, or an upstream task that lags: from the first record that waited to the last. */
function shifted(
  at: At,
  verdict: VerdictOf<'clockBehind' | 'repartition'>,
  { hold: held, lane }: Found,
): IncidentFold | undefined {
  // Cut off besides: its clock was behind before.
  const hold = held.kind === 'shifted' ? held : lane.holds.findLast(({ kind }) => kind === 'shifted');
  if (hold === undefined) return undefined;
  const { kind, evidence } = verdict;
  const highMs = hold.after.lowMs;
  const lowMs = Math.min(hold.risingSinceMs ?? hold.before?.highMs ?? highMs, highMs);
  for (const fold of known(at, kind, lane.source)) {
    const isSame = fold.holds.has(hold) || [...fold.holds].some((other) => touches(other, hold));
    if (!isSame) continue;
    fold.holds.add(hold);
    if (highMs < fold.incident.start.highMs) {
      fold.incident = {
        ...fold.incident,
        start: { ...fold.incident.start, lowMs: Math.min(lowMs, fold.incident.start.lowMs), highMs },
      };
    }
    return fold;
  }
  const start: BoundedInstant = { lowMs, highMs, basis: 'assumed', assumption: betweenReports };
  return open(at, { kind, source: lane.source, start, evidence, hold });
}

function touches(a: Hold, b: Hold): boolean {
  const endOf = (hold: Hold): number => hold.promptMs ?? Number.POSITIVE_INFINITY;
  return a.after.lowMs <= endOf(b) + slackMs && b.after.lowMs <= endOf(a) + slackMs;
}

function clockAhead(at: At, verdict: VerdictOf<'clockAhead'>): IncidentFold {
  const { evidence } = verdict;
  const append = culpritAppend(at.state, at.row);
  const appendedMs = Number.isFinite(append.highMs) ? append.highMs : at.row.secondMs;
  const latest = known(at, 'clockAhead', evidence.source).at(-1);
  // Also what comes late against a stream time that its clock pulled ahead long ago is its doing.
  if (latest !== undefined) {
    const { end, evidence: before } = latest.incident;
    if (end === undefined || appendedMs <= end.highMs + slackMs) {
      if ('aheadMs' in before && evidence.aheadMs.lowMs > before.aheadMs.lowMs) {
        latest.incident = { ...latest.incident, evidence };
      }
      return latest;
    }
  }
  return open(at, {
    kind: 'clockAhead',
    source: evidence.source,
    start: aheadSince(at.row, verdict, appendedMs),
    evidence,
  });
}

/** Between the last record before it whose event time was possible and the first whose was not. */
function aheadSince({ task }: LateRow, { evidence }: VerdictOf<'clockAhead'>, appendedMs: number): BoundedInstant {
  const key = sourceKey(evidence.source);
  let lowMs = Number.NEGATIVE_INFINITY;
  let highMs = appendedMs;
  for (const lane of task.lanes.values()) {
    if (lane.ahead === undefined || sourceKey(lane.source) !== key) continue;
    lowMs = Math.max(lowMs, lane.ahead.sinceLowMs);
    highMs = Math.min(highMs, lane.ahead.sinceHighMs);
  }
  return {
    lowMs: Number.isFinite(lowMs) && lowMs <= highMs ? lowMs : highMs,
    highMs,
    basis: 'assumed',
    assumption: betweenReports,
  };
}

function backfill(at: At, { evidence }: VerdictOf<'backfill'>): IncidentFold {
  const { lane, secondMs } = at.row;
  const endMs = Number.isFinite(lane.last.lowMs) ? lane.last.lowMs : secondMs;
  const latest = known(at, 'backfill', lane.source).at(-1);
  if (latest !== undefined && latest.incident.status === 'open') {
    const startMs = Math.min(latest.incident.start.highMs, replayStart(lane, secondMs));
    latest.incident = {
      ...latest.incident,
      start: exactly(startMs),
      end: exactly(Math.max(endMs, latest.incident.end?.highMs ?? endMs)),
    };
    return latest;
  }
  const start = exactly(latest === undefined ? replayStart(lane, secondMs) : secondMs);
  return open(at, { kind: 'backfill', source: lane.source, start, end: exactly(endMs), evidence });
}

function replayStart({ replay, holds }: LaneFold, secondMs: number): number {
  if (replay.state === 'yes' && Number.isFinite(replay.first.lowMs)) return replay.first.lowMs;
  return holds.at(-1)?.after.lowMs ?? secondMs;
}

function leftLying(at: At, { evidence }: VerdictOf<'consumerInterleave'>): IncidentFold | undefined {
  const { row, state } = at;
  const stall = stallOf(state, row);
  if (stall === undefined) return undefined;
  for (const fold of known(at, 'consumerInterleave', undefined)) {
    if (!fold.tasks.has(row.task.id) || fold.stall === undefined) continue;
    const endMs = fold.stall.untilMs ?? fold.stall.lastMs;
    const isSame =
      stall.fromMs <= endMs + slackMs && Math.abs(fold.stall.fromMs - stall.fromMs) <= retryGapMs + slackMs;
    if (fold.stall !== stall && !isSame) continue;
    if ((stall.untilMs ?? stall.lastMs) > endMs) fold.stall = stall;
    return fold;
  }
  return open(at, {
    kind: 'consumerInterleave',
    source: placeOf(row.lane),
    start: exactly(stall.fromMs),
    evidence,
    stall,
  });
}

function exactly(atMs: number): BoundedInstant {
  return { lowMs: atMs, highMs: atMs, basis: 'assumed', assumption: 'to the second of a report' };
}

function placeOf({ topic, partition }: LaneFold): Source {
  return { kind: 'partition', topic, partition };
}

/** Oldest first. Also closed ones: what was late for it may be told of later. */
function known({ state, row }: At, kind: IncidentKind, source: Source | undefined): IncidentFold[] {
  const key = source === undefined ? undefined : sourceKey(source);
  return [...state.incidents.values()].filter(
    ({ incident }) =>
      incident.kind === kind &&
      incident.group === row.task.group &&
      (key === undefined || sourceKey(incident.source) === key),
  );
}

function open(
  { state, row, nowMs }: At,
  what: Pick<IncidentDraft, 'kind' | 'source' | 'start' | 'evidence'> & {
    readonly end?: BoundedInstant;
    readonly hold?: Hold;
    readonly stall?: IncidentFold['stall'];
  },
): IncidentFold {
  const { hold, stall, ...incident } = what;
  const fold = createIncident(state, { ...incident, status: 'open', group: row.task.group, nowMs });
  fold.tasks.add(row.task.id);
  if (hold !== undefined) fold.holds.add(hold);
  fold.stall = stall;
  return fold;
}
