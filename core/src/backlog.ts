import type { Silence } from './finding.ts';
import { type Habit, isKnown } from './habit.ts';
import type { BoundedInstant } from './interval.ts';
import type { Cell, Point } from './report.ts';

/**
 * Idle or cut off? Both are silent, and nothing tells them apart while the silence lasts. The return does: an idle source
 * comes back with an event that was made just now, a cut-off one with the events that it made meanwhile, oldest first, which
 * have waited about as long as the silence lasted.
 *
 *     cut off   append ──●●●●───────────────●●●●●●●●──●──●──    event times of the burst fill the silence
 *     idle      append ──●●●●───────────────●───●───●──●──●──   event times of the return are new
 *
 * What this cannot tell: a cut in which the source made no event, and whether the source or its way to the broker failed.
 */
export interface Backlog {
  readonly before: Point;
  readonly after: Point;
  readonly evidence: Silence;
  readonly start: BoundedInstant;
  readonly end: BoundedInstant;
  /** Second in which the first held record was processed; and in which the source had caught up, undefined until then. */
  readonly fromMs: number;
  drainedMs: number | undefined;
}

/** No shorter silence is judged: a poll, a retry or a pause for breath of a busy network is no cut. */
export const leastSilenceMs = 2_000;
/** Nor is a record that waited less than this beyond its source's usual delay. */
export const leastHeldMs = 1_000;
/** A silence or wait is unusual beyond this many times the habit. */
const unusual = 3;
/** Between two attempts of a cut-off producer to deliver lie at most: the connection may have been back that long. */
export const retryGapMs = 2_000;
/** The least transit from producer to broker, which is inside the floor: assumed to be below this. */
const transitSlackMs = 250;

/** The backlog whose first record ended the silence of this cell; undefined when it is none, or cannot be told. */
export function backlogIn(cell: Cell, habit: Habit): Backlog | undefined {
  if (cell.gap === undefined || !isKnown(habit)) return undefined;
  const { before, after } = cell.gap;
  const { usualGapMs, usualDelayMs, floorMs } = habit;
  const silentSinceMs = before.append.highMs;
  const backMs = after.append.lowMs;
  if (silentSinceMs === undefined || backMs === undefined) return undefined;
  const silentMs = backMs - silentSinceMs;
  const heldMs = backMs - after.eventMs - floorMs;
  if (silentMs < Math.max(leastSilenceMs, unusual * usualGapMs)) return undefined;
  if (heldMs < Math.max(leastHeldMs, unusual * usualDelayMs)) return undefined;
  const startLowMs = before.eventMs + floorMs - transitSlackMs;
  return {
    before,
    after,
    evidence: {
      silentMs,
      lastEventMs: before.eventMs,
      firstHeldEventMs: after.eventMs,
      heldMs,
      usualGapMs,
      usualDelayMs,
    },
    start: {
      lowMs: startLowMs,
      highMs: after.eventMs + floorMs + usualDelayMs + transitSlackMs,
      basis: 'assumed',
      assumption: `from the creation of the last event that got through to that of the first held up, delayed by ${Math.round(usualDelayMs + transitSlackMs)} ms at most, as this source usually is`,
    },
    end: {
      lowMs: Math.max(backMs - retryGapMs, startLowMs),
      highMs: after.append.highMs ?? backMs,
      basis: 'assumed',
      assumption: `it tried again within ${retryGapMs / 1000} s of being connected; the later end is proved`,
    },
    fromMs: cell.secondMs,
    drainedMs: undefined,
  };
}

/** Whether the last record of the cell came as promptly as usual again. */
export function isDrained(cell: Cell, habit: Habit): boolean {
  const appendMs = cell.last.append.highMs;
  if (appendMs === undefined) return false;
  return appendMs - cell.last.eventMs - habit.floorMs < Math.max(leastHeldMs, 2 * habit.usualDelayMs);
}
