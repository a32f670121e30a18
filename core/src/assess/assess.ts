import { assessClocks } from '../clocks/assess-clocks.ts';
import { findingsOf } from '../findings/settle.ts';
import { arrivalModelOf } from '../habits/arrival-model.ts';
import { isInHabit } from '../habits/rhythms.ts';
import { type Incident, isConfirmed, type Verdict } from '../incidents/incident.ts';
import { attach } from '../incidents/incidents.ts';
import { settle } from '../incidents/settle.ts';
import { forgetSilent } from '../ingest/forget.ts';
import { hostClock } from '../ingest/host-clock.ts';
import { activeHold } from '../ingest/lane.ts';
import type { LaneFold, LateRow, State, TaskFold } from '../ingest/state.ts';
import { settleSuccessions } from '../ingest/succession.ts';
import { lastSecondOf, noteOnline } from '../ingest/task-points.ts';
import { isTickDue, noteTold } from '../news.ts';
import { historyMs, secondOf } from '../seconds.ts';
import { assessTopology } from '../topology/assess-topology.ts';
import { emptyTopology } from '../topology/topology.ts';
import {
  type Assessment,
  assessLimits,
  type SourceAssessment,
  type SourceState,
  type TaskAssessment,
} from './assessment.ts';
import { assessGroups } from './group-stream-time.ts';
import { judge } from './judge.ts';
import { producersOf } from './producers-shown.ts';
import { lastSeenMs, type OnlineStreamTime, onlineStreamTime, presenceOf } from './true-stream-time.ts';
import { forecastOfTask, suspicionNow, watchSources } from './watch.ts';

/** A cell that could not be decided is looked at again for this long: the missing evidence may still come. */
const reviseForMs = 120_000;
const maxSourcesShown = 200;

export function firstAssessment(nowMs: number): Assessment {
  return {
    nowMs,
    tick: 0,
    agents: [],
    tasks: [],
    producers: [],
    groups: [],
    hosts: [],
    clocks: [],
    findings: [],
    incidents: [],
    totals: [],
    topology: emptyTopology,
    revisedFromMs: nowMs,
    overflow: {},
  };
}

/** What is believed at `nowMs`. Only here do incidents open, grow and close, and are verdicts given and revised. */
export function assess(previous: Assessment, state: State, nowMs: number): Assessment {
  // First of all: should it fail, the next is due with the second and not at once.
  noteTold(state.news, nowMs, isTickDue(state, nowMs));
  state.hasUnjudged = false;
  settleSuccessions(state, nowMs);
  judgeRows(state, nowMs);
  forgetSilent(state, nowMs);
  watchSources(state, nowMs);
  const tasks = [...state.tasks.values()].map((task) => taskAssessment(state, task));
  const incidents = settleAll(state, previous, nowMs);
  const topology = assessTopology(state, nowMs);
  const clocks = assessClocks(state, nowMs);
  const revisedFromMs = Math.min(state.revisedFromMs, nowMs);
  state.revisedFromMs = Number.POSITIVE_INFINITY;
  return {
    nowMs,
    tick: previous.tick + 1,
    agents: [...state.agents.values()].map((agent) => ({
      identity: agent.identity,
      lastReportMs: agent.lastReportMs,
      lost: nowMs - agent.lastReportMs > assessLimits.agentLostMs,
      missedReports: agent.missedReports,
      health: agent.health,
    })),
    tasks,
    producers: producersOf(state, nowMs),
    groups: assessGroups(state, tasks, nowMs),
    hosts: [...state.hosts.values()].map((host) => hostClock(host, nowMs)),
    clocks,
    findings: findingsOf(state.findings, previous.findings),
    incidents,
    totals: [...state.totals.values()].map((total) => ({ ...total })),
    topology,
    revisedFromMs,
    overflow: { ...state.overflow, ...state.clocks.overflow, findings: state.findings.overflow },
  };
}

function judgeRows(state: State, nowMs: number): void {
  for (const row of state.lateRows) {
    if (row.verdict !== undefined && !isOpen(row)) continue;
    const verdict = judge(state, row);
    if (row.verdict?.kind === verdict.kind) continue;
    if (row.verdict !== undefined) count(state, row, row.verdict, -1);
    count(state, row, verdict, 1);
    row.verdict = verdict;
    attach(state, row, verdict, nowMs);
  }
  const open = state.lateRows.filter(isOpen);
  state.overflow.lateRows += Math.max(0, open.length - assessLimits.maxLateCells);
  state.lateRows = open.slice(-assessLimits.maxLateCells);
}

/** Whether what comes may still decide it. */
function isOpen({ verdict, task, secondMs }: LateRow): boolean {
  return verdict?.kind === 'undecided' && task.reportedMs - secondMs <= reviseForMs;
}

function count(state: State, { task, cell, late, secondMs }: LateRow, { kind }: Verdict, sign: 1 | -1): void {
  const dropped = sign * Math.max(0, ...late.dropped.map((drops) => drops.count));
  const key = `${task.group}|${cell.topic}|${cell.partition}|${kind}`;
  let total = state.totals.get(key);
  if (total === undefined && state.totals.size >= assessLimits.maxTotals) {
    state.overflow.totals += sign * late.count;
    return;
  }
  if (total === undefined) {
    total = { group: task.group, topic: cell.topic, partition: cell.partition, verdict: kind, late: 0, dropped: 0 };
    state.totals.set(key, total);
  }
  total.late += sign * late.count;
  total.dropped += dropped;
  if (total.late === 0) state.totals.delete(key);

  let second = task.verdictsBySecond.get(secondMs);
  if (second === undefined) {
    second = { late: new Map(), dropped: new Map() };
    task.verdictsBySecond.set(secondMs, second);
  }
  second.late.set(kind, (second.late.get(kind) ?? 0) + sign * late.count);
  second.dropped.set(kind, (second.dropped.get(kind) ?? 0) + dropped);
  state.revisedFromMs = Math.min(state.revisedFromMs, secondMs);
}

/** Newest first; the oldest make room, and suspicions never for lack of room of their own. */
function settleAll(state: State, previous: Assessment, nowMs: number): readonly Incident[] {
  const room = { confirmed: assessLimits.maxIncidents, suspicions: 2 * assessLimits.maxSuspicions };
  const kept: Incident[] = [];
  for (const fold of [...state.incidents.values()].reverse()) {
    const { id, status, updatedAtMs } = fold.incident;
    const isOld = status === 'withdrawn' && nowMs - updatedAtMs > historyMs;
    if (isOld || room[isConfirmed(fold.incident) ? 'confirmed' : 'suspicions']-- <= 0) state.incidents.delete(id);
    else if (fold.isReported) kept.push(settle(fold, state, nowMs));
  }
  const same =
    kept.length === previous.incidents.length && kept.every((incident, i) => incident === previous.incidents[i]);
  return same ? previous.incidents : kept;
}

function taskAssessment(state: State, task: TaskFold): TaskAssessment {
  const online = onlineStreamTime(state, task);
  task.bound = online?.bound;
  if (lastSecondOf(task.points) === secondOf(task.reportedMs)) noteOnline(task.points, online?.trueStreamTimeMs);
  for (const secondMs of task.verdictsBySecond.keys()) {
    if (secondMs < task.reportedMs - historyMs) task.verdictsBySecond.delete(secondMs);
  }
  const { streamTimeMs, streamTimeBy } = task;
  const held = online?.heldBackBy;
  const forecast = forecastOfTask(state, task);
  return {
    id: task.id,
    group: task.group,
    agentId: task.agentId,
    ...(task.cluster === undefined ? {} : { cluster: task.cluster }),
    partitions: task.partitions,
    policies: task.policies,
    reportedMs: task.reportedMs,
    ...(streamTimeMs === undefined ? {} : { streamTimeMs }),
    ...(streamTimeBy === undefined ? {} : { streamTimeBy }),
    ...(online === undefined ? {} : trueStreamTimeOf(online, streamTimeMs)),
    ...(held === undefined ? {} : { heldBackBy: held.source }),
    ...(forecast === undefined ? {} : { forecast }),
    records: task.records,
    late: task.late,
    dropped: [...task.dropped].map(([policy, count]) => ({ policy, count })),
    sources: sourcesOf(state, task),
  };
}

function trueStreamTimeOf(
  { trueStreamTimeMs, bound }: OnlineStreamTime,
  streamTimeMs: number | undefined,
): Pick<TaskAssessment, 'trueStreamTimeMs' | 'trueStreamTimeBound' | 'leadMs' | 'leadBound'> {
  const known = { trueStreamTimeMs, trueStreamTimeBound: bound };
  if (streamTimeMs === undefined) return known;
  const leadBound = { lowMs: streamTimeMs - bound.highMs, highMs: streamTimeMs - bound.lowMs };
  return { ...known, leadMs: streamTimeMs - trueStreamTimeMs, leadBound };
}

function sourcesOf(state: State, task: TaskFold): SourceAssessment[] {
  const bySource = Map.groupBy(task.lanes.values(), (lane) => lane.of);
  const most = [...bySource.values()].map((lanes) => ({ lanes, records: recordsOf(lanes) }));
  most.sort((a, b) => b.records - a.records);
  return most.slice(0, maxSourcesShown).map(({ lanes, records }): SourceAssessment => {
    const { of } = lanes[0]!;
    const aheadMs = Math.max(0, ...lanes.map((lane) => lane.ahead?.byMs ?? 0));
    const suspicion = suspicionNow(state, of);
    const arrival = arrivalModelOf(of, task.reportedMs);
    return {
      source: lanes[0]!.source,
      partitions: lanes.map(({ topic, partition }) => ({ topic, partition })),
      state: suspicion === undefined ? stateOf(lanes, task.reportedMs) : 'suspectedCut',
      ...(suspicion === undefined ? {} : { suspicion }),
      ...(of.told === undefined ? {} : { told: of.told }),
      records,
      late: lanes.reduce((sum, lane) => sum + lane.late, 0),
      lastEventMs: Math.max(...lanes.map((lane) => lane.last.eventMs)),
      lastSeenMs: Math.max(...lanes.map(lastSeenMs)),
      usualGapMs: Math.max(...lanes.map((lane) => lane.habit.usualGapMs)),
      ...(arrival === undefined ? {} : { arrival }),
      usualDelayMs: Math.max(...lanes.map((lane) => lane.habit.usualDelayMs)),
      ...(aheadMs > 0 ? { aheadMs } : {}),
      outOfOrderRatio: records === 0 ? 0 : lanes.reduce((sum, lane) => sum + lane.outOfOrder, 0) / records,
    };
  });
}

function recordsOf(lanes: readonly LaneFold[]): number {
  return lanes.reduce((sum, lane) => sum + lane.records, 0);
}

const rank = { live: 0, silent: 1, gone: 2 };

function stateOf(lanes: readonly LaneFold[], nowMs: number): SourceState {
  if (lanes[0]?.of.told?.kind === 'cut') return 'cut';
  if (lanes.some((lane) => activeHold(lane)?.kind === 'cutOff')) return 'cut';
  const [best] = lanes.map((lane) => presenceOf(lane, nowMs)).sort((a, b) => rank[a] - rank[b]);
  if (best === 'gone') return isInHabit(lanes[0]!.of, nowMs) ? 'idle' : 'gone';
  return best === 'silent' ? 'idle' : (best ?? 'gone');
}
