import type { Backlog } from './backlog.ts';
import type { Verdict } from './finding.ts';
import { leastAheadMs } from './ingest.ts';
import { sourceKey } from './source.ts';
import type { LaneFold, LateRow, TaskFold } from './state.ts';

/** Late by at least this much is material; less has, as a rule, no cause worth a name. */
export const materialMs = 1_000;
/** A source this often out of order within itself is one that is unordered by nature. */
const unorderedRatio = 0.05;

/**
 * Why are the late records of this cell late? One best cause for all of them: the one without which they would have been less
 * than half as late. Strongest evidence first; what is only likely is said to be undecided.
 */
export function judge(row: LateRow): Verdict {
  const { lane, late } = row;
  const byMs = late.maxLatenessMs;
  const aheadMs = aheadOf(row);
  const held = heldBack(row);
  if (aheadMs >= Math.max(leastAheadMs, byMs / 2, held?.heldMs ?? 0)) {
    const { culprit } = late;
    return {
      kind: 'clockAhead',
      byMs,
      evidence: { source: culprit.source, aheadMs: { lowMs: aheadMs, highMs: aheadMs }, record: culprit },
    };
  }
  if (held !== undefined && held.heldMs >= byMs / 2) {
    return { kind: 'producerCutOff', byMs, evidence: held.backlog.evidence };
  }
  if (isUnordered(row, byMs)) return { kind: 'outOfOrderSource', byMs };
  if (byMs >= materialMs && wasThereFirst(row)) {
    return { kind: 'consumerInterleave', byMs, evidence: { culprit: late.culprit } };
  }
  const { usualDelayMs, usualGapMs } = lane.habit;
  if (byMs < Math.max(materialMs, 2 * (usualDelayMs + usualGapMs))) return { kind: 'ordinary', byMs };
  return undecided(row, byMs);
}

/** How far the culprit's event time lies after the latest moment that it can have been appended at. */
function aheadOf({ late }: LateRow): number {
  const { eventMs, append } = late.culprit;
  return append.highMs === undefined ? 0 : eventMs - append.highMs;
}

/** The backlog that this cell belongs to, of this partition or else of another one of the same source, and the wait. */
export function heldBack(row: LateRow): { readonly backlog: Backlog; readonly heldMs: number } | undefined {
  const { lane, cell, late, task } = row;
  const appendMs = late.lastAppendMs ?? cell.last.append.highMs;
  if (appendMs === undefined) return undefined;
  const own = lane.backlog;
  const backlog = own !== undefined && covers(own, cell.secondMs) ? own : backlogElsewhere(task, lane, cell.secondMs);
  if (backlog === undefined) return undefined;
  const floorMs = Number.isNaN(lane.habit.floorMs) ? 0 : lane.habit.floorMs;
  return { backlog, heldMs: appendMs - late.minEventMs - floorMs };
}

/** A cut is usually of the whole way to the broker: other partitions of the source came back with it. */
function backlogElsewhere(task: TaskFold, lane: LaneFold, secondMs: number): Backlog | undefined {
  const key = sourceKey(lane.source);
  for (const other of task.lanes.values()) {
    if (other === lane || sourceKey(other.source) !== key) continue;
    if (other.backlog !== undefined && covers(other.backlog, secondMs)) return other.backlog;
  }
  return undefined;
}

function covers(backlog: Backlog, secondMs: number): boolean {
  return secondMs >= backlog.fromMs && (backlog.drainedMs === undefined || secondMs < backlog.drainedMs + 1000);
}

/** These records are out of order within their own source, or, if they matter, their source often is. */
function isUnordered({ lane, late }: LateRow, byMs: number): boolean {
  if (late.outOfOrder * 2 >= late.count) return true;
  return byMs >= materialMs && lane.records >= 20 && lane.outOfOrder >= unorderedRatio * lane.records;
}

/** All of the late records were on the broker before the culprit was: the consumer took the younger one first. */
function wasThereFirst({ late }: LateRow): boolean {
  const { lastAppendMs, culprit } = late;
  return lastAppendMs !== undefined && culprit.append.lowMs !== undefined && lastAppendMs < culprit.append.lowMs;
}

function undecided({ lane, late }: LateRow, byMs: number): Verdict {
  if (late.lastAppendMs === undefined)
    return { kind: 'undecided', byMs, missing: 'the append times: no fetch was seen' };
  if (lane.source.kind === 'partition') {
    return { kind: 'undecided', byMs, missing: 'a producer id, so order within the source is not known' };
  }
  if (lane.habit.cells < 5)
    return { kind: 'undecided', byMs, missing: 'a history of this source', likely: 'producerCutOff' };
  return { kind: 'undecided', byMs, missing: 'any sign of a cut, a clock ahead or disorder', likely: 'clockBehind' };
}
