import { isNewsDue, noteTold } from '../news.ts';
import { type AgentHealth, type ClockReport, type Report, reportVersion, type TaskReport } from '../report.ts';
import { secondOf } from '../seconds.ts';
import { culpritOf, type Observation, observeLimits, type PartitionState, type TaskState } from './observation.ts';
import { closedCell, type OpenCell } from './open-cell.ts';
import { takeProducer } from './producing.ts';

/**
 * Everything since the last report, as plain JSON; starts the next. Only whole seconds go out, so that a cell is never sent
 * in two parts; with `final`, and where there is news, also the second that is still open.
 */
export function takeReport(
  observation: Observation,
  nowMs: number,
  said: {
    readonly clock: ClockReport;
    readonly health: Pick<AgentHealth, 'queuedReports' | 'droppedReports' | 'unreadable' | 'errors'>;
  },
  final = false,
): Report {
  const isDue = isNewsDue(observation, nowMs);
  for (const task of observation.tasks) {
    if (final || task.closed || isDue || nowMs >= task.secondMs + 1000) closeSecond(task);
  }
  if (isDue || final || secondOf(nowMs) > observation.news.sinceMs) noteTold(observation.news, nowMs, isDue);
  const { produced } = observation;
  const report: Report = {
    version: reportVersion,
    agent: observation.agent,
    sequence: observation.sequence++,
    fromMs: observation.fromMs,
    toMs: nowMs,
    tasks: observation.tasks.map(taskReport),
    ...(produced.topics.size === 0 ? {} : { produced: [...produced.topics] }),
    ...(observation.producers.length === 0 ? {} : { producers: observation.producers.map(takeProducer) }),
    clock: said.clock,
    health: {
      ...said.health,
      records: observation.records,
      redelivered: observation.redelivered,
      overflow: {
        ...observation.overflow,
        ...(produced.overflow === 0 ? {} : { produced: produced.overflow }),
        ...overflowOfProducers(observation),
      },
    },
  };
  observation.fromMs = nowMs;
  for (let i = observation.tasks.length - 1; i >= 0; i--) {
    if (observation.tasks[i]!.closed) observation.tasks.splice(i, 1);
  }
  for (let i = observation.producers.length - 1; i >= 0; i--) {
    if (observation.producers[i]!.closed) observation.producers.splice(i, 1);
  }
  return report;
}

/** By names of their own beside the others, and only where there is something to say. */
function overflowOfProducers({ producingOverflow: counts }: Observation): { readonly [what: string]: number } {
  return Object.fromEntries(
    Object.entries({
      producers: counts.producers,
      producerSends: counts.sends,
      producerBrokers: counts.brokers,
      producerWrites: counts.writes,
    }).filter(([, count]) => count > 0),
  );
}

function taskReport(task: TaskState): TaskReport {
  const by = culpritOf(task);
  const report: TaskReport = {
    id: task.id,
    group: task.group,
    member: task.member,
    ...(task.cluster === undefined ? {} : { cluster: task.cluster }),
    policies: task.policies,
    ...(by === undefined ? {} : { streamTimeMs: task.streamTimeMs, streamTimeBy: by }),
    assignments: task.assignments,
    cells: task.cells,
    fetches: task.fetches,
  };
  task.assignments = [];
  task.cells = [];
  task.fetches = [];
  return report;
}

/** Turns what is open into rows. The next record or fetch opens the next second. */
export function closeSecond(task: TaskState): void {
  const { overflow } = task.observation;
  for (const lane of task.openLanes) {
    if (task.cells.length >= observeLimits.maxCells) overflow.cells++;
    else {
      const { partition } = lane;
      task.cells.push(
        closedCell(
          lane.cell,
          {
            source: lane.source,
            producerId: lane.producerId,
            firstSequence: lane.firstSequence,
            topic: partition.topic,
            partition: partition.partition,
            leader: partition.leader,
            leaderEpoch: partition.leaderEpoch,
          },
          lane.last,
        ),
      );
    }
    lane.firstSequence = undefined;
    forget(lane.cell);
  }
  task.openLanes.length = 0;
  for (const partition of task.partitions.values()) {
    if (partition.fetch.touched) closeFetches(task, partition);
  }
  task.secondMs = Number.NaN;
}

/** A cell that went out must not be found open by a record of the same second, which a clock set back may bring. */
function forget(cell: OpenCell): void {
  cell.secondMs = Number.NaN;
  cell.gap = undefined;
  cell.late = undefined;
}

function closeFetches(task: TaskState, partition: PartitionState): void {
  const { fetch } = partition;
  if (task.fetches.length >= observeLimits.maxFetchCells) task.observation.overflow.cells++;
  else {
    task.fetches.push({
      topic: partition.topic,
      partition: partition.partition,
      secondMs: task.secondMs,
      ...(partition.leader === undefined ? {} : { leader: partition.leader }),
      asked: fetch.asked,
      answered: fetch.answered,
      errors: fetch.errors,
      ...(fetch.firstHighWaterOffset === undefined ? {} : { firstHighWaterOffset: fetch.firstHighWaterOffset }),
      ...(fetch.lastHighWaterOffset === undefined ? {} : { lastHighWaterOffset: fetch.lastHighWaterOffset }),
      ...(partition.nextOffset >= 0 ? { position: partition.nextOffset } : {}),
      paused: partition.paused,
    });
  }
  fetch.touched = false;
  fetch.asked = 0;
  fetch.answered = 0;
  fetch.errors = 0;
  fetch.firstHighWaterOffset = undefined;
  fetch.lastHighWaterOffset = undefined;
}
