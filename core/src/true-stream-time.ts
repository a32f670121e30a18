import type { Arrival } from './arrival.ts';
import { latestOf } from './lane-history.ts';
import type { LaneFold, SourceFold, State, TaskFold } from './state.ts';

/**
 * The true stream time `T`: the smallest creation time among the events that a task will still process, replays aside. Nobody
 * knows it while an event is held up somewhere, so it is estimated *online* from what each source is used to do, and corrected
 * *with hindsight* when the events have come (`series.ts`).
 *
 *     a source that is heard of    all that was made before the last fetch is here, less what its records usually take
 *     one that is overdue          nothing is known of it since its last event
 *     one that is gone             holds nothing back, nor does one that another continues (`succession.ts`)
 */
export interface OnlineStreamTime {
  readonly trueStreamTimeMs: number;
  /** The lane that is overdue and holds it back; undefined when nobody is. */
  readonly heldBackBy: LaneFold | undefined;
}

/** Reports come a second after what they tell of, and a fetch may wait: no source is overdue sooner. */
const leastOverdueMs = 3_000;
/**
 * A source is overdue after this many times the gap that nine of ten of its gaps stay below. To be wrong costs little, since
 * nobody is accused: the estimate waits at the last event for a moment. One partition of it alone must be missed for longer,
 * for there are many.
 */
const overdueTimes = 2;
const laneOverdueTimes = 3;
/** A source silent for this long, or this many times its habit, holds nothing back any more. */
const goneMs = 300_000;
const goneTimes = 20;

export type Presence = 'live' | 'silent' | 'gone';

/** `nowMs`: the true time of the task's last report. */
export function presenceOf(lane: LaneFold, nowMs: number): Presence {
  const { usualGapMs } = lane.habit;
  const silentMs = nowMs - lastSeenMs(lane);
  const ofAll = lane.of.continuedBy === undefined ? presenceOfSource(lane.of, nowMs) : 'gone';
  if (ofAll !== 'live') return ofAll;
  if (silentMs > Math.max(goneMs, goneTimes * usualGapMs)) return 'gone';
  return silentMs > Math.max(leastOverdueMs, laneOverdueTimes * usualGapMs) ? 'silent' : 'live';
}

/** In whichever partition. */
export function presenceOfSource({ lastSeenMs, usualGapMs }: SourceFold, nowMs: number): Presence {
  const silentMs = nowMs - lastSeenMs;
  if (silentMs > Math.max(goneMs, goneTimes * usualGapMs)) return 'gone';
  return silentMs > Math.max(leastOverdueMs, overdueTimes * usualGapMs) ? 'silent' : 'live';
}

/** When it was last heard of, by append time where that is known. */
export function lastSeenMs({ last, lastSecondMs }: LaneFold): number {
  return Number.isFinite(last.highMs) ? last.highMs : lastSecondMs + 1000;
}

/**
 * When the first-made event of a cell was created, by true time: its own clock says so, unless that is known to be wrong.
 * Nothing is created after it was appended; and records that all wait the same time were created later than they say.
 */
export function createdFromMs(lane: LaneFold, minEventMs: number, first: Arrival): number {
  if (lane.ahead !== undefined) return Number.isFinite(first.lowMs) ? Math.min(minEventMs, first.lowMs) : minEventMs;
  const hold = lane.holds.at(-1);
  const isBehind = hold?.untilMs === undefined && hold?.kind === 'shifted' && !lane.topic.endsWith('-repartition');
  return isBehind ? minEventMs + hold.heldMs : minEventMs;
}

/** What nothing is known of since: the creation time of the last event of the source, or of the lane if only that is overdue. */
export function silentSinceMs(lane: LaneFold): number {
  const last = latestOf(lane.history);
  return last === undefined ? lane.maxEventMs : Math.min(last.maxEventMs, last.lastAppendMs);
}

export function onlineStreamTime(state: State, task: TaskFold): OnlineStreamTime | undefined {
  const nowMs = task.reportedMs;
  const upToMs = Math.min(nowMs, task.fetchedMs + 1000);
  let best: OnlineStreamTime | undefined;
  for (const lane of task.lanes.values()) {
    if (lane.replay.state === 'yes' || !isAssigned(task, lane)) continue;
    const presence = presenceOf(lane, nowMs);
    if (presence === 'gone') continue;
    const isHeld = presence === 'silent' || isKeptBack(state, lane, nowMs);
    const usualMs = lane.habit.typicalDelayMs + Math.max(0, lane.habit.floorMs || 0);
    const trueStreamTimeMs = isHeld ? Math.min(heldAtMs(lane, nowMs), upToMs) : upToMs - usualMs;
    if (best === undefined || trueStreamTimeMs < best.trueStreamTimeMs) {
      best = { trueStreamTimeMs, heldBackBy: isHeld ? lane : undefined };
    }
  }
  return best;
}

/** Its records are late already, or wait on a broker that refuses or for a consumer that does not take them. */
function isKeptBack(state: State, lane: LaneFold, nowMs: number): boolean {
  const hold = lane.holds.at(-1);
  if (hold !== undefined && hold.untilMs === undefined) return true;
  const partition = state.partitions.get(lane.placeKey);
  if (partition === undefined) return false;
  const spell = partition.errors.at(-1);
  if (spell !== undefined && nowMs - spell.untilMs < leastOverdueMs) return true;
  const stall = partition.stalls.at(-1);
  return stall !== undefined && stall.untilMs === undefined;
}

/** Of a source that is overdue as a whole, its last event wherever it was written; of one partition of it, the last there. */
function heldAtMs(lane: LaneFold, nowMs: number): number {
  const { of } = lane;
  const isAll = nowMs - of.lastSeenMs > Math.max(leastOverdueMs, overdueTimes * of.usualGapMs);
  return isAll ? of.lastCreatedMs : silentSinceMs(lane);
}

/** Partitions move: what is still to come of one is its new task's. Without assignments, a task keeps what it has seen. */
export function isAssigned({ assigned }: TaskFold, { placeKey }: LaneFold): boolean {
  return assigned.size === 0 || assigned.has(placeKey);
}
