import type { PartitionState } from './observation.ts';
import { forgetBrokerClock } from './open-cell.ts';

/**
 * Whose clock stamped a record of a LogAppendTime topic? Its partition's leader at the time, which need not be the one that is
 * fetched from now. What is in the log when a node first answers was appended by the one before; from there on it is the
 * node's own. The leader that is met first is taken to have led before.
 */
export function enterLeader(partition: PartitionState, leader: number): void {
  if (partition.leader !== undefined) {
    partition.leaderFromOffset = Number.POSITIVE_INFINITY;
    forgetLeader(partition);
  }
  partition.leader = leader;
}

/** A node that only refuses, because it leads nothing, has no high-water offset to begin with. */
export function noteLeaderFrom(partition: PartitionState, highWaterOffset: number): void {
  if (partition.leaderFromOffset === Number.POSITIVE_INFINITY) partition.leaderFromOffset = highWaterOffset;
}

/** The records tell of an election, perhaps of one that we did not see. */
export function enterLeaderEpoch(partition: PartitionState, leaderEpoch: number | undefined): void {
  if (partition.leaderEpoch !== undefined) forgetLeader(partition);
  partition.leaderEpoch = leaderEpoch;
}

function forgetLeader(partition: PartitionState): void {
  for (const lane of partition.lanes.values()) forgetBrokerClock(lane.cell);
}
