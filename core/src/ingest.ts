import { assessLimits } from './assessment.ts';
import { backlogIn, isDrained } from './backlog.ts';
import { createHabit, learn } from './habit.ts';
import { widen } from './interval.ts';
import { noteDrops } from './known-drops.ts';
import type { Cell, Culprit, Point, Report, TaskReport } from './report.ts';
import { sourceKey } from './source.ts';
import type { LaneFold, State, TaskFold } from './state.ts';

/** How long series go back. */
export const historyMs = 900_000;
/** Wider brackets say too little of a delay to learn a habit from. */
const widestLearntBracketMs = 1_000;
/** Event times this far after their own append are a clock that is ahead, not the grain of the stamps. */
export const leastAheadMs = 100;
/** Promised drift of a disciplined clock between two readings (`docs/clocks.md`). */
const driftPpm = 50;

/**
 * Learns from a report; judges nothing. A report that came before is passed over whole, so a sender may repeat it safely.
 */
export function ingest(state: State, report: Report, receivedMs: number): 'accepted' | 'duplicate' {
  const agent = state.agents.get(report.agent.id);
  if (agent !== undefined && report.sequence <= agent.lastSequence) return 'duplicate';
  state.agents.set(report.agent.id, {
    identity: report.agent,
    health: report.health,
    lastSequence: report.sequence,
    lastReportMs: receivedMs,
    missedReports: (agent?.missedReports ?? 0) + (agent === undefined ? 0 : report.sequence - agent.lastSequence - 1),
    clockSource: report.clock.source,
  });
  learnClock(state, report);
  for (const task of report.tasks) {
    const fold = taskFold(state, report, task);
    if (fold === undefined) state.overflow.tasks++;
    else learnTask(state, fold, task, report.toMs);
  }
  return 'accepted';
}

function learnClock(state: State, report: Report): void {
  const { host } = report.agent;
  const known = state.hosts.get(host);
  const fold = known ?? { host, source: '', reading: undefined, steps: [], points: [] };
  if (known === undefined) state.hosts.set(host, fold);
  fold.source = report.clock.source;
  fold.reading = report.clock.readings.at(-1) ?? fold.reading;
  fold.steps.push(...report.clock.steps);
  fold.steps.splice(0, Math.max(0, fold.steps.length - 100));
  if (fold.reading === undefined) return;
  const { offsetMs, errorMs, atMs } = fold.reading;
  const bound = widen(
    { lowMs: offsetMs - errorMs, highMs: offsetMs + errorMs },
    { ageMs: report.toMs - atMs, driftPpm },
  );
  const secondMs = secondOf(report.toMs);
  if (fold.points.at(-1)?.secondMs !== secondMs) fold.points.push({ secondMs, ...bound });
  while (fold.points.length > 0 && fold.points[0]!.secondMs < secondMs - historyMs) fold.points.shift();
}

function taskFold(state: State, report: Report, task: TaskReport): TaskFold | undefined {
  const key = `${report.agent.id}|${task.id}`;
  const known = state.tasks.get(key);
  if (known !== undefined) return known;
  if (state.tasks.size >= assessLimits.maxTasks) return undefined;
  const fold: TaskFold = {
    key,
    id: task.id,
    group: task.group,
    agentId: report.agent.id,
    cluster: task.cluster,
    policies: task.policies,
    partitions: [],
    streamTimeMs: undefined,
    streamTimeBy: undefined,
    reportedMs: report.toMs,
    records: 0,
    late: 0,
    dropped: new Map(),
    lanes: new Map(),
    points: [],
    verdictsBySecond: new Map(),
  };
  state.tasks.set(key, fold);
  return fold;
}

function learnTask(state: State, fold: TaskFold, task: TaskReport, toMs: number): void {
  fold.policies = task.policies;
  fold.partitions = task.assignments.at(-1)?.partitions ?? fold.partitions;
  fold.streamTimeMs = task.streamTimeMs;
  fold.streamTimeBy = task.streamTimeBy;
  fold.reportedMs = toMs;
  const secondMs = secondOf(toMs);
  if (fold.points.at(-1)?.secondMs !== secondMs) {
    fold.points.push({ secondMs, streamTimeMs: task.streamTimeMs, onlineMs: undefined });
  }
  while (fold.points.length > 0 && fold.points[0]!.secondMs < secondMs - historyMs) fold.points.shift();
  state.revisedFromMs = Math.min(state.revisedFromMs, secondMs);
  for (const cell of task.cells) {
    const lane = laneFold(fold, cell);
    if (lane === undefined) state.overflow.lanes++;
    else learnCell(state, fold, lane, cell);
  }
}

function laneFold(task: TaskFold, cell: Cell): LaneFold | undefined {
  const key = `${cell.topic}/${cell.partition}/${sourceKey(cell.source)}`;
  const known = task.lanes.get(key);
  if (known !== undefined) return known;
  if (task.lanes.size >= assessLimits.maxLanesPerTask) return undefined;
  const lane: LaneFold = {
    key,
    source: cell.source,
    topic: cell.topic,
    partition: cell.partition,
    records: 0,
    late: 0,
    outOfOrder: 0,
    habit: createHabit(),
    lastSecondMs: cell.secondMs,
    lastEventMs: cell.last.eventMs,
    maxEventMs: cell.maxEventMs,
    lastAppendMs: undefined,
    progress: [],
    backlog: undefined,
    ahead: undefined,
    aheadEnded: undefined,
  };
  task.lanes.set(key, lane);
  return lane;
}

function learnCell(state: State, task: TaskFold, lane: LaneFold, cell: Cell): void {
  state.revisedFromMs = Math.min(state.revisedFromMs, lane.lastSecondMs, cell.secondMs);
  task.records += cell.count;
  lane.records += cell.count;
  lane.outOfOrder += cell.outOfOrder;

  const found = backlogIn(cell, lane.habit);
  if (found !== undefined) lane.backlog = found;
  const { backlog } = lane;
  if (backlog !== undefined && backlog.drainedMs === undefined && isDrained(cell, lane.habit)) {
    backlog.drainedMs = cell.secondMs + 1000;
  } else if (backlog === undefined || backlog.drainedMs !== undefined) learnHabit(lane, cell);
  learnAhead(lane, cell);

  lane.lastSecondMs = cell.secondMs;
  lane.lastEventMs = cell.last.eventMs;
  lane.maxEventMs = Math.max(lane.maxEventMs, cell.maxEventMs);
  lane.lastAppendMs = cell.last.append.highMs ?? lane.lastAppendMs;
  lane.progress.push({ secondMs: cell.secondMs, minEventMs: cell.minEventMs, maxEventMs: cell.maxEventMs });
  while (lane.progress[0]!.secondMs < cell.secondMs - historyMs) lane.progress.shift();

  if (cell.late === undefined) return;
  task.late += cell.late.count;
  lane.late += cell.late.count;
  for (const drops of cell.late.dropped) {
    task.dropped.set(drops.policy, (task.dropped.get(drops.policy) ?? 0) + drops.count);
    noteDrops(state, task.group, cell, drops);
  }
  state.lateRows.push({ task, lane, cell, late: cell.late, verdict: undefined, incidentId: undefined });
}

function learnHabit(lane: LaneFold, cell: Cell): void {
  const { gap } = cell;
  const gapMs = gap === undefined ? 0 : (gap.after.append.lowMs ?? 0) - (gap.before.append.highMs ?? 0);
  const delaysMs: number[] = [];
  for (const point of [cell.first, gap?.after, cell.last]) {
    if (point === undefined) continue;
    const { lowMs, highMs } = point.append;
    if (lowMs === undefined || highMs === undefined || highMs - lowMs > widestLearntBracketMs) continue;
    delaysMs.push(highMs - point.eventMs);
  }
  learn(lane.habit, gapMs, delaysMs);
}

/** Nothing but a clock that is ahead explains an event time after the moment its record was appended. */
function learnAhead(lane: LaneFold, cell: Cell): void {
  for (const point of [cell.first, cell.last]) {
    const { lowMs, highMs } = point.append;
    if (highMs === undefined) continue;
    const byMs = point.eventMs - highMs;
    if (byMs >= leastAheadMs) {
      lane.ahead ??= {
        sinceLowMs: lane.lastAppendMs ?? lowMs ?? highMs,
        sinceHighMs: highMs,
        lastMs: highMs,
        byMs,
        record: culpritFrom(cell, lane, point),
      };
      lane.ahead.lastMs = highMs;
      if (byMs > lane.ahead.byMs) {
        lane.ahead.byMs = byMs;
        lane.ahead.record = culpritFrom(cell, lane, point);
      }
    } else if (lane.ahead !== undefined) {
      lane.aheadEnded = { lowMs: lane.ahead.lastMs, highMs };
      lane.ahead = undefined;
    }
  }
}

function culpritFrom(cell: Cell, lane: LaneFold, point: Point): Culprit {
  return {
    topic: cell.topic,
    partition: cell.partition,
    offset: point.offset,
    source: lane.source,
    eventMs: point.eventMs,
    append: point.append,
    processedMs: cell.secondMs,
  };
}

export function secondOf(atMs: number): number {
  return Math.floor(atMs / 1000) * 1000;
}
