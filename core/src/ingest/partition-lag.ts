import { assessLimits } from '../assess/assessment.ts';
import type { TopicPartition } from '../report.ts';
import type { State } from './state.ts';

/** How far a group is behind in one partition. */
export interface PartitionLag extends TopicPartition {
  readonly cluster: string | undefined;
  readonly group: string;
  /** Who reads it: the host of its agent, and its task. */
  readonly host: string;
  readonly task: string;
  /** Next offset to process, and the end of the partition as last seen. */
  readonly position: number;
  readonly highWaterOffset: number;
  readonly lag: number;
  /**
   * How long the oldest record that waits has waited, at most: nothing that was appended before the last record that was
   * processed waits any more. 0 when nothing waits. Undefined: nothing has been processed yet, so it is not known.
   */
  readonly lagMs: number | undefined;
}

/** A partition whose end was not seen for so long may have got records that nobody knows of: then it is not said to have none. */
const seenWithinMs = 15_000;

/**
 * The lag of every partition that somebody reads, by what consumers and their fetches saw; nothing is interpolated between polls
 * and nothing extrapolated. So an idle producer does not make it grow, and what is not known has no row.
 */
export function lagsOf(state: State, nowMs: number): PartitionLag[] {
  const lags: PartitionLag[] = [];
  for (const input of state.topology.inputs.values()) {
    const { topic, partition, position, highWaterOffset, readUntilMs } = input;
    const task = state.tasks.get(input.taskKey);
    const agent = task && state.agents.get(task.agentId);
    if (position === undefined || highWaterOffset === undefined || task === undefined || agent === undefined) continue;
    if (nowMs - agent.lastReportMs > assessLimits.agentLostMs) continue;
    const lag = Math.max(0, highWaterOffset - position);
    if (lag === 0 && task.reportedMs - input.positionAtMs > seenWithinMs) continue;
    lags.push({
      cluster: task.cluster,
      group: task.group,
      host: agent.identity.host,
      task: task.id,
      topic,
      partition,
      position,
      highWaterOffset,
      lag,
      lagMs: lag === 0 ? 0 : Number.isFinite(readUntilMs) ? Math.max(0, task.reportedMs - readUntilMs) : undefined,
    });
  }
  return lags;
}
