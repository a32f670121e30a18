import type { LaneFold, TaskFold } from './state.ts';

/**
 * The true stream time `T`: the smallest creation time among the events that a task will still process. Nobody knows it while
 * an event is held up somewhere, so it is estimated *online* from each source's habit, and corrected *with hindsight* when
 * the events have come (`series.ts`).
 */
export interface OnlineStreamTime {
  readonly trueStreamTimeMs: number;
  /** The lane that is overdue and holds it back; undefined when nobody is. */
  readonly heldBackBy: LaneFold | undefined;
}

/** Reports come a second after what they tell of, and a fetch may wait: no source is overdue sooner. */
const leastOverdueMs = 3_000;
const overdueTimes = 3;
/** A source silent for this long, or this many times its habit, holds nothing back any more. */
const goneMs = 300_000;
const goneTimes = 20;

export type Presence = 'live' | 'silent' | 'gone';

/** `nowMs`: the agent's clock at its last report. */
export function presenceOf(lane: LaneFold, nowMs: number): Presence {
  const silentMs = nowMs - (lane.lastAppendMs ?? lane.lastSecondMs + 1000);
  const { usualGapMs } = lane.habit;
  if (silentMs > Math.max(goneMs, goneTimes * usualGapMs)) return 'gone';
  return silentMs > Math.max(leastOverdueMs, overdueTimes * usualGapMs) ? 'silent' : 'live';
}

/** An event time of the lane on the consumer's clock; the difference of the clocks and the least transit are in the floor. */
export function createdMs(lane: LaneFold, eventMs: number): number {
  return Number.isNaN(lane.habit.floorMs) ? eventMs : eventMs + lane.habit.floorMs;
}

export function onlineStreamTime(task: TaskFold): OnlineStreamTime | undefined {
  const nowMs = task.reportedMs;
  let best: OnlineStreamTime | undefined;
  for (const lane of task.lanes.values()) {
    const presence = presenceOf(lane, nowMs);
    if (presence === 'gone') continue;
    const { usualGapMs, usualDelayMs } = lane.habit;
    const trueStreamTimeMs =
      presence === 'silent'
        ? Math.min(createdMs(lane, lane.maxEventMs) + usualGapMs, nowMs)
        : nowMs - usualDelayMs - Math.max(0, lane.habit.floorMs || 0);
    if (best === undefined || trueStreamTimeMs < best.trueStreamTimeMs) {
      best = { trueStreamTimeMs, heldBackBy: presence === 'silent' ? lane : undefined };
    }
  }
  return best;
}
