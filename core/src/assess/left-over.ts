import type { Habit } from '../habits/habit.ts';
import { type Hold, hasStayed, openHold } from './hold.ts';

/** A backlog melts; what has not for so long is none. */
const leftMs = 30_000;

/**
 * What a cut leaves behind when its backlog is worked off and records still come late, all alike: its source's clock was set
 * back meanwhile. That is a hold of its own.
 *
 * What it cannot tell: a clock that is right again before so long has passed, and a link hardly faster than its source.
 */
export function leftOver(hold: Hold, habit: Habit): Hold | undefined {
  if (hold.kind !== 'cutOff' || hold.isShared || hold.promptMs !== undefined) return undefined;
  if (!hasStayed(hold, hold.last.lowMs, leftMs)) return undefined;
  const { from, leastMs, mostMs, recordsBefore } = hold.stay;
  const fromMs = hold.fromMs + Math.round((from.lowMs - hold.after.lowMs) / 1000) * 1000;
  const left = openHold(from, hold.after, habit, { fromMs, silentMs: 0, isShared: false, shiftMs: hold.shiftMs });
  if (left === undefined) return undefined;
  const { last, lastHeldMs, records } = hold;
  return {
    ...left,
    kind: 'shifted',
    followsSilence: false,
    records: records - recordsBefore,
    last,
    lastHeldMs,
    leastHeldMs: leastMs,
    mostHeldMs: mostMs,
    risingSinceMs: undefined,
  };
}
