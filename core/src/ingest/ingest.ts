import { assessLimits } from '../assess/assessment.ts';
import { createReplay, mayBeBacklog } from '../assess/replay.ts';
import { createPartitionFold, learnFetches, type PartitionFold, partitionKey } from '../assess/stall.ts';
import { createdBound, createdFromMs } from '../assess/true-stream-time.ts';
import { learnClockStamps, learnHostReadings } from '../clocks/learn-clocks.ts';
import { arrivalOf, type Correction, correctionOf } from '../habits/arrival.ts';
import { createHabit, isKnown } from '../habits/habit.ts';
import { learnHeard, learnPart } from '../habits/heard.ts';
import { countRecords, createPace } from '../habits/pace.ts';
import { isHeldUp, learnDay } from '../habits/rhythms.ts';
import { usualIn } from '../habits/source-habit.ts';
import { isNews, materialMs, noteNews } from '../news.ts';
import type { Cell, FetchCell, Report, TaskReport } from '../report.ts';
import { secondOf } from '../seconds.ts';
import { sourceKey } from '../source.ts';
import { learnInputPosition, learnInputRecords } from '../topology/fold.ts';
import { clockErrorMs, learnClock } from './host-clock.ts';
import { noteDrops } from './known-drops.ts';
import { learnArrivals } from './lane.ts';
import { createLaneHistory, newestFirst, noteCell } from './lane-history.ts';
import { learnProducers, learnWriter, writerHostOf } from './producers.ts';
import type { HostFold, LaneFold, SourceFold, State, TaskFold } from './state.ts';
import { begin, laneBefore, noteHeard } from './succession.ts';
import { beginSecond, createTaskPoints, noteCame } from './task-points.ts';

/**
 * Learns from a report; judges nothing. A report that came before is passed over whole, so a sender may repeat it safely.
 */
export function ingest(state: State, report: Report, receivedMs: number): 'accepted' | 'duplicate' {
  const agent = state.agents.get(report.agent.id);
  if (isDuplicate(state, report)) return 'duplicate';
  state.agents.set(report.agent.id, {
    identity: report.agent,
    health: report.health,
    lastSequence: report.sequence,
    lastReportMs: receivedMs,
    missedReports: (agent?.missedReports ?? 0) + (agent === undefined ? 0 : report.sequence - agent.lastSequence - 1),
    clockSource: report.clock.source,
    produced: report.produced ?? [],
    toMs: report.toMs,
  });
  const host = learnClock(state, report, agent?.toMs);
  const clock = learnHostReadings(state.clocks, report, receivedMs);
  const toMs = report.toMs - (host.reading?.offsetMs ?? 0);
  for (const task of report.tasks) {
    const fold = taskFold(state, report, task, toMs);
    if (fold === undefined) state.overflow.tasks++;
    else learnTask(state, fold, task, { host, toMs, reportedMs: report.toMs });
    if (task.cells.length > 0) state.hasUnjudged = true;
    const origin = { host: clock, offsetMs: report.toMs - toMs, toMs: report.toMs, receivedMs };
    learnClockStamps(state.clocks, task, { ...origin, writerHost: (cell) => writerHostOf(state, task.group, cell) });
  }
  learnProducers(state, report, { offsetMs: report.toMs - toMs, toMs });
  return 'accepted';
}

/** Whether it was counted before, be it long ago: an agent that could not hear our answer asks again when it can. */
export function isDuplicate(state: State, { agent: { id }, sequence }: Report): boolean {
  const lastSequence = state.agents.get(id)?.lastSequence ?? state.lastSequences.get(id);
  return lastSequence !== undefined && sequence <= lastSequence;
}

function taskFold(state: State, report: Report, task: TaskReport, toMs: number): TaskFold | undefined {
  const key = `${report.agent.id}|${task.id}`;
  const known = state.tasks.get(key);
  if (known !== undefined) return known;
  if (state.tasks.size >= assessLimits.maxTasks) return undefined;
  const fold: TaskFold = {
    key,
    id: task.id,
    group: task.group,
    cluster: task.cluster,
    agentId: report.agent.id,
    policies: task.policies,
    partitions: [],
    assigned: new Set(),
    streamTimeMs: undefined,
    streamTimeBy: undefined,
    reportedMs: toMs,
    fetchedMs: toMs,
    fetchedFromMs: toMs,
    clockErrorMs: undefined,
    fittedMs: Number.NEGATIVE_INFINITY,
    isUnsure: false,
    bound: undefined,
    records: 0,
    late: 0,
    dropped: new Map(),
    lanes: new Map(),
    points: createTaskPoints(),
    verdictsBySecond: new Map(),
  };
  state.tasks.set(key, fold);
  return fold;
}

function learnTask(
  state: State,
  fold: TaskFold,
  task: TaskReport,
  { host, toMs, reportedMs }: { readonly host: HostFold; readonly toMs: number; readonly reportedMs: number },
): void {
  fold.policies = task.policies;
  const assignment = task.assignments.at(-1);
  if (assignment !== undefined) {
    fold.partitions = assignment.partitions;
    fold.assigned = new Set(assignment.partitions.map((p) => partitionKey(fold.group, p.topic, p.partition)));
  }
  fold.streamTimeMs = task.streamTimeMs;
  fold.streamTimeBy = task.streamTimeBy;
  fold.reportedMs = toMs;
  fold.clockErrorMs = clockErrorMs(host, reportedMs);
  fold.isUnsure = reportedMs < host.unsureUntilMs;
  const secondMs = secondOf(toMs);
  beginSecond(fold.points, secondMs, task.streamTimeMs);
  state.revisedFromMs = Math.min(state.revisedFromMs, secondMs);
  const offsetMs = host.reading?.offsetMs ?? 0;
  for (const fetches of task.fetches) {
    const trueMs = trueSecond(fetches.secondMs, offsetMs);
    const partition = partitionFold(state, fold.group, fetches, trueMs);
    if (fetches.answered > 0) {
      fold.fetchedMs = trueMs;
      fold.fetchedFromMs = fetches.secondMs - offsetMs;
    }
    if (partition === undefined) state.overflow.partitions++;
    else learnFetches(partition, fetches, trueMs);
    learnInputPosition(state, fold, fetches, offsetMs);
  }
  for (const cell of task.cells) {
    const correction = correctionOf(state, { host, cluster: task.cluster }, cell);
    learnInputRecords(state, fold, cell, correction);
    const lane = laneFold(state, fold, cell, correction);
    if (lane === undefined) state.overflow.lanes++;
    else learnCell(state, fold, lane, cell, correction);
  }
}

function partitionFold(state: State, group: string, cell: FetchCell, trueMs: number): PartitionFold | undefined {
  const key = partitionKey(group, cell.topic, cell.partition);
  const known = state.partitions.get(key);
  if (known !== undefined) return known;
  if (state.partitions.size >= assessLimits.maxPartitions) return undefined;
  const fold = createPartitionFold(group, cell, trueMs);
  state.partitions.set(key, fold);
  return fold;
}

function laneFold(state: State, task: TaskFold, cell: Cell, correction: Correction): LaneFold | undefined {
  const key = `${cell.topic}/${cell.partition}/${sourceKey(cell.source)}`;
  const known = task.lanes.get(key);
  if (known !== undefined) return known;
  if (task.lanes.size >= assessLimits.maxLanesPerTask) return undefined;
  const of = sourceFold(state, task.group, cell);
  const first = arrivalOf(cell.first, correction);
  const placeKey = partitionKey(task.group, cell.topic, cell.partition);
  if (of.lanes.length === 0) begin(state, of, { placeKey, first, cell });
  const before = laneBefore(state, of, placeKey);
  const sinceMs = state.partitions.get(placeKey)?.sinceMs ?? Number.NEGATIVE_INFINITY;
  const isNew = of.lanes.every(({ replay }) => replay.state === 'unknown');
  const isOldThere = isNew && mayBeBacklog(first, { sinceMs, firstSequence: cell.firstSequence });
  const lane: LaneFold = {
    key,
    task,
    of,
    source: of.source,
    topic: cell.topic,
    partition: cell.partition,
    placeKey,
    leader: cell.leader,
    records: 0,
    late: 0,
    lastMaterialMs: Number.NaN,
    outOfOrder: 0,
    habit: before?.habit ?? createHabit(),
    lastSecondMs: trueSecond(cell.secondMs, correction.agentMs),
    maxEventMs: cell.maxEventMs,
    last: before?.last ?? first,
    history: createLaneHistory(),
    holds: [],
    replay: before?.replay ?? createReplay(first, isOldThere),
    ahead: undefined,
    aheadEnded: undefined,
  };
  task.lanes.set(key, lane);
  of.lanes.push(lane);
  return lane;
}

function sourceFold(state: State, group: string, { source }: Cell): SourceFold {
  const key = `${group}|${sourceKey(source)}`;
  const known = state.sources.get(key);
  if (known !== undefined) return known;
  const fold: SourceFold = {
    key,
    group,
    source,
    lanes: [],
    parts: new Map(),
    records: 0,
    outOfOrder: 0,
    lastSeenMs: Number.NaN,
    gapsMs: [],
    gapAt: 0,
    usualGapMs: 0,
    habit: undefined,
    pace: createPace(),
    rhythm: state.rhythms.bySource.get(key),
    lastCreatedMs: Number.NEGATIVE_INFINITY,
    latestMs: Number.NEGATIVE_INFINITY,
    promptMs: Number.NEGATIVE_INFINITY,
    earlier: { idle: 0, cut: 0, idleMs: 0 },
    suspectedId: undefined,
    suspectedSinceMs: Number.NaN,
    holds: [],
    beginning: undefined,
    continues: undefined,
    continuedBy: undefined,
    writers: new Map(),
    told: undefined,
  };
  state.sources.set(key, fold);
  return fold;
}

function learnCell(state: State, task: TaskFold, lane: LaneFold, cell: Cell, correction: Correction): void {
  const secondMs = trueSecond(cell.secondMs, correction.agentMs);
  state.revisedFromMs = Math.min(state.revisedFromMs, lane.lastSecondMs, secondMs);
  task.records += cell.count;
  lane.records += cell.count;
  lane.of.records += cell.count;
  lane.outOfOrder += cell.outOfOrder;
  const ledBefore = lane.leader;
  lane.leader = cell.leader ?? lane.leader;
  noteHeard(state, lane.of, arrivalOf(cell.first, correction), cell);
  const wasReplay = lane.replay.state !== 'no';
  const wasUsualKnown = isKnown(usualIn(lane));
  learnArrivals(lane, cell, correction, secondMs);
  learnWriter(state, lane.of, task.cluster, cell);

  lane.lastSecondMs = secondMs;
  lane.maxEventMs = Math.max(lane.maxEventMs, cell.maxEventMs);
  const appendMs = Number.isFinite(lane.last.highMs) ? lane.last.highMs : secondMs;
  const createdMs = createdFromMs(lane, cell.minEventMs, arrivalOf(cell.first, correction));
  countRecords(lane.of.pace, cell.count, appendMs);
  const isHeld = isHeldUp(lane, secondMs);
  const fromMs = arrivalOf(cell.first, correction).lowMs;
  learnDay(state, lane.of, { sinceMs: lane.of.pace.sinceMs, fromMs, toMs: appendMs, isHeld });
  const heard = { fromMs, toMs: appendMs, lastMadeMs: Math.min(cell.maxEventMs, appendMs) };
  learnHeard(lane.of, heard);
  learnPart(lane, ledBefore, cell.count, heard);
  noteCell(lane.history, { secondMs, count: cell.count, createdMs, maxEventMs: cell.maxEventMs, appendMs });
  if (lane.replay.state === 'no') {
    // Whether it is a replay was not clear before, or it has caught up with the present: now what came before counts as well.
    const came = wasReplay ? newestFirst(lane.history) : [{ lastSecondMs: secondMs, createdMs }];
    for (const { lastSecondMs, createdMs } of came)
      noteCame(task.points, lastSecondMs, createdMs, createdBound(state, lane, createdMs));
  }

  if (cell.late === undefined) return;
  task.late += cell.late.count;
  lane.late += cell.late.count;
  if (cell.late.maxLatenessMs >= materialMs) {
    if (isNews(lane.lastMaterialMs, secondMs)) noteNews(state.news, state.agents.get(task.agentId)!.lastReportMs);
    lane.lastMaterialMs = secondMs;
  }
  for (const drops of cell.late.dropped) {
    task.dropped.set(drops.policy, (task.dropped.get(drops.policy) ?? 0) + drops.count);
    noteDrops(state, task.group, cell, drops);
  }
  const slowest = cell.slowest === undefined ? undefined : arrivalOf(cell.slowest, correction);
  const floorMs = usualIn(lane).floorMs || 0;
  state.lateRows.push({
    task,
    lane,
    cell,
    late: cell.late,
    correction,
    secondMs,
    waitMs: slowest === undefined ? Number.NEGATIVE_INFINITY : slowest.lowMs - slowest.eventMs - floorMs,
    longestWaitMs: slowest === undefined ? Number.NEGATIVE_INFINITY : slowest.highMs - slowest.eventMs - floorMs,
    wasUsualKnown,
    verdict: undefined,
    incidentId: undefined,
  });
}

/** The second of true time in which most of a second of the agent's clock lies. */
function trueSecond(secondMs: number, offsetMs: number): number {
  return Math.round((secondMs - offsetMs) / 1000) * 1000;
}
