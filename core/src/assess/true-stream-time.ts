import { mostAheadOf } from '../clocks/learn-clocks.ts';
import type { Arrival } from '../habits/arrival.ts';
import { isKnown } from '../habits/habit.ts';
import { isUnordered, leastAheadMs } from '../ingest/lane.ts';
import { latestOf } from '../ingest/lane-history.ts';
import type { LaneFold, SourceFold, State, TaskFold } from '../ingest/state.ts';
import type { BoundedInstant, Interval } from '../interval.ts';
import { sourceName } from '../source.ts';
import { formatDuration } from '../telling/format.ts';
import { transitSlackMs } from './hold.ts';

/**
 * The true stream time `T`: the smallest creation time among the events that a task will still process, replays aside. Nobody
 * knows it while an event is held up somewhere, so it is estimated *online* from what each source is used to do, and corrected
 * *with hindsight* when the events have come (`series.ts`).
 *
 *     a source that is heard of    all that was made before the last fetch is here, less what its records usually take
 *     one that is overdue          nothing is known of it since its last event
 *     one that is gone             holds nothing back, nor does one that another continues (`succession.ts`)
 *     one with an agent of its own (`told.ts`)   holds nothing back while it has nothing to send, else since its oldest record
 *
 * That is one number out of many that may be true. `bound` is what `T` lies in, at the time of the task's last report:
 *
 *     high   that time, at the latest that its host's clock allows: proved, for no event is made after now. It is true where
 *            whoever is silent has nothing to say
 *     low    assumed, and the least of all sources'. Of one that is heard of, its events come no later than the latest of late (of one
 *            that is unordered by nature: than ever), counted from when the second began in which something was last fetched. Of
 *            one that is overdue or hardly known yet, what is still to come was made after its last event
 *
 * Stamps are taken for what the clock that made them may at most be ahead, by the solved clocks, or for a tenth of a second where
 * that is not known. So the low end fails where a source is later than it has been and not overdue yet (the first seconds of a cut),
 * where several without a name share a partition, so that the silence of one is not seen, and where one that counts as gone comes
 * back. `docs/how-we-know.md` has how often.
 */
export interface OnlineStreamTime {
  readonly trueStreamTimeMs: number;
  readonly bound: BoundedInstant;
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

/** Of a source, or of a part of one: whether it has come to its end there. */
export function isGoneAfter(silentMs: number, usualGapMs: number): boolean {
  return silentMs > Math.max(goneMs, goneTimes * usualGapMs);
}

export type Presence = 'live' | 'silent' | 'gone';

/** `nowMs`: the true time of the task's last report. */
export function presenceOf(lane: LaneFold, nowMs: number): Presence {
  const { usualGapMs } = lane.habit;
  const silentMs = nowMs - lastSeenMs(lane);
  const ofAll = lane.of.continuedBy === undefined ? presenceOfSource(lane.of, nowMs) : 'gone';
  if (ofAll !== 'live') return ofAll;
  if (isGoneAfter(silentMs, usualGapMs)) return 'gone';
  return silentMs > Math.max(leastOverdueMs, laneOverdueTimes * usualGapMs) ? 'silent' : 'live';
}

/** In whichever partition. */
export function presenceOfSource({ lastSeenMs, usualGapMs }: SourceFold, nowMs: number): Presence {
  const silentMs = nowMs - lastSeenMs;
  if (isGoneAfter(silentMs, usualGapMs)) return 'gone';
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

/** Undefined: no source is known that could hold it. */
export function onlineStreamTime(state: State, task: TaskFold): OnlineStreamTime | undefined {
  const nowMs = task.reportedMs;
  const upToMs = Math.min(nowMs, task.fetchedMs + 1000);
  let best: { readonly trueStreamTimeMs: number; readonly heldBackBy: LaneFold | undefined } | undefined;
  let least: LowEnd | undefined;
  for (const lane of task.lanes.values()) {
    if (lane.replay.state === 'yes' || !isAssigned(task, lane)) continue;
    const presence = presenceOf(lane, nowMs);
    if (presence === 'gone' || (presence === 'silent' && lane.of.told?.kind === 'idle')) continue;
    const isHeld = presence === 'silent' || isKeptBack(state, lane, nowMs);
    const usualMs = lane.habit.typicalDelayMs + Math.max(0, lane.habit.floorMs || 0);
    const trueStreamTimeMs = isHeld ? Math.min(heldAtMs(lane, nowMs), upToMs) : upToMs - usualMs;
    if (best === undefined || trueStreamTimeMs < best.trueStreamTimeMs) {
      best = { trueStreamTimeMs, heldBackBy: isHeld ? lane : undefined };
    }
    const lowEnd = lowEndOf(lane, isHeld);
    if (least === undefined || lowEnd.lowMs < least.lowMs) least = lowEnd;
  }
  return best === undefined ? undefined : { ...best, bound: boundOf(state, task, least!) };
}

interface LowEnd {
  readonly lowMs: number;
  readonly lane: LaneFold;
  /** What it rests on: its last event, or how late its events come at most. */
  readonly latestMs: number | undefined;
}

/** No event of this lane that is still to come was made before this, the consumer's clock taken for right. */
function lowEndOf(lane: LaneFold, isHeld: boolean): LowEnd {
  const { reportedMs, fetchedFromMs } = lane.task;
  const heardMs = Math.min(reportedMs, fetchedFromMs);
  if (isHeld || !isKnown(lane.habit))
    return { lowMs: Math.min(heldAtMs(lane, reportedMs), heardMs), lane, latestMs: undefined };
  const latestMs = latestToComeOf(lane);
  return { lowMs: heardMs - latestMs, lane, latestMs };
}

/** How long its events take from their creation to the broker, at most. */
function latestToComeOf({ habit, of }: LaneFold): number {
  // A clock that is ahead hides the least transit.
  const leastMs = habit.floorMs < 0 ? transitSlackMs : habit.floorMs;
  const latelyMs = leastMs + Math.max(habit.usualDelayMs, habit.typicalDelayMs);
  return isUnordered(of) ? Math.max(latelyMs, of.latestMs) : latelyMs;
}

function boundOf(state: State, task: TaskFold, { lowMs, lane, latestMs }: LowEnd): BoundedInstant {
  const clockMs = task.clockErrorMs ?? 0;
  const name = sourceName(lane.source);
  return {
    lowMs: lowMs - clockMs - stampedLateMs(state, lane),
    highMs: task.reportedMs + clockMs,
    basis: 'assumed',
    assumption:
      lane.of.told?.kind === 'cut'
        ? `its agent tells of the oldest record of ${name} that waits: what is still to come is no older`
        : latestMs === undefined
          ? `nothing is known of ${name} since its last event: if it has nothing to say, the high end is true`
          : `events of ${name} come within ${formatDuration(latestMs)} of being made, as they have so far`,
  };
}

/** What the true creation time of an event lies in, by the stamp of it: if its clock is behind, it was made before it was appended. */
export function createdBound(state: State, lane: LaneFold, createdMs: number): Interval {
  const stampedEarlyMs = Math.max(leastAheadMs, lane.habit.floorMs || 0);
  return { lowMs: createdMs - stampedLateMs(state, lane), highMs: createdMs + stampedEarlyMs };
}

/** By how much its stamps may be later than the truth. A clock that nobody knows is granted what would not be told from a right one. */
function stampedLateMs({ clocks }: State, { source, task }: LaneFold): number {
  return Math.max(0, mostAheadOf(clocks, source, task.cluster) ?? leastAheadMs);
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
  if (!isAll) return silentSinceMs(lane);
  const waitsMs = of.told?.kind === 'cut' ? of.told.proof.createdMs : undefined;
  return Math.max(of.lastCreatedMs, waitsMs ?? of.lastCreatedMs);
}

/** Partitions move: what is still to come of one is its new task's. Without assignments, a task keeps what it has seen. */
export function isAssigned({ assigned }: TaskFold, { placeKey }: LaneFold): boolean {
  return assigned.size === 0 || assigned.has(placeKey);
}
