import type { State } from '../ingest/state.ts';
import type { BoundedInstant, Interval } from '../interval.ts';
import type { ToldSource } from '../source.ts';
import { isAgentLost } from './agent-lost.ts';
import type { TaskAssessment } from './assessment.ts';

/**
 * The true stream time of a consumer group: the least of its tasks', for the group is only as far as the one that has the oldest
 * event still to process. The low end of its bound is the least low end, the high end the least high end.
 *
 * A task whose agent is lost counts with what was last known of it, since `T` never goes back, and may by now be anywhere up to now;
 * not if others have all of its partitions. A stream time of the group there is not: each task has its own. What is told instead is
 * the task that runs ahead the furthest.
 */
export interface GroupAssessment {
  readonly group: string;
  readonly cluster?: string;
  /** That count, and those among them whose agent is lost. */
  readonly tasks: number;
  readonly lostTasks: number;
  /** Absent: it is not known of any task. */
  readonly trueStreamTimeMs?: number;
  readonly trueStreamTimeBound?: BoundedInstant;
  /** The task with the least `T`, if that waits for a source that is overdue, and the source. */
  readonly heldBackBy?: { readonly task: string; readonly source: ToldSource };
  /** Of the task with the greatest lead. */
  readonly greatestLead?: { readonly task: string; readonly leadMs: number; readonly leadBound: Interval };
}

/** `tasks`: as assessed just now. */
export function assessGroups(state: State, tasks: readonly TaskAssessment[], nowMs: number): GroupAssessment[] {
  const byGroup = Map.groupBy(tasks, ({ cluster, group }) => `${cluster ?? ''}|${group}`);
  return [...byGroup.values()].map((members) => groupAssessment(state, members, nowMs));
}

function groupAssessment(state: State, members: readonly TaskAssessment[], nowMs: number): GroupAssessment {
  const { counted, lost } = thatCount(state, members, nowMs);
  let least: TaskAssessment | undefined;
  let low: BoundedInstant | undefined;
  let highMs = Number.POSITIVE_INFINITY;
  let greatestLead: GroupAssessment['greatestLead'];
  for (const task of counted) {
    const { trueStreamTimeMs, trueStreamTimeBound: bound, leadMs, leadBound } = task;
    if (trueStreamTimeMs === undefined || bound === undefined) continue;
    if (least === undefined || trueStreamTimeMs < least.trueStreamTimeMs!) least = task;
    if (low === undefined || bound.lowMs < low.lowMs) low = bound;
    highMs = Math.min(highMs, lost.has(task) ? Math.max(bound.highMs, nowMs) : bound.highMs);
    if (leadMs === undefined || leadBound === undefined) continue;
    if (greatestLead === undefined || leadMs > greatestLead.leadMs) greatestLead = { task: task.id, leadMs, leadBound };
  }
  const { group, cluster } = members[0]!;
  return {
    group,
    ...(cluster === undefined ? {} : { cluster }),
    tasks: counted.length,
    lostTasks: lost.size,
    ...(least === undefined ? {} : { trueStreamTimeMs: least.trueStreamTimeMs! }),
    ...(low === undefined ? {} : { trueStreamTimeBound: { ...low, highMs } }),
    ...(least?.heldBackBy === undefined ? {} : { heldBackBy: { task: least.id, source: least.heldBackBy } }),
    ...(greatestLead === undefined ? {} : { greatestLead }),
  };
}

/** The tasks that count, and those of them whose agent is lost. */
function thatCount(
  state: State,
  members: readonly TaskAssessment[],
  nowMs: number,
): { readonly counted: readonly TaskAssessment[]; readonly lost: ReadonlySet<TaskAssessment> } {
  const lost = new Set(members.filter(({ agentId }) => isAgentLost(state, agentId, nowMs)));
  if (lost.size === 0) return { counted: members, lost };
  const heard = new Set(members.filter((task) => !lost.has(task)).flatMap((task) => [...placesOf(state, task)]));
  for (const task of lost) if ([...placesOf(state, task)].every((place) => heard.has(place))) lost.delete(task);
  return { counted: members.filter((task) => lost.has(task) || !isAgentLost(state, task.agentId, nowMs)), lost };
}

/** The partitions that a task has, as keys; without assignments, those that it has had records of. */
function placesOf({ tasks }: State, { agentId, id }: TaskAssessment): ReadonlySet<string> {
  const task = tasks.get(`${agentId}|${id}`);
  if (task === undefined) return new Set();
  return task.assigned.size > 0 ? task.assigned : new Set([...task.lanes.values()].map((lane) => lane.placeKey));
}
