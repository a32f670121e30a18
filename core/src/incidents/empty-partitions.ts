import { newestFirst } from '../ingest/lane-history.ts';
import type { IncidentFold, LaneFold, State } from '../ingest/state.ts';
import { sourceKey } from '../source.ts';
import type { Incident } from './incident.ts';

/** Where nothing was appended while it was certain that the source was cut off: the appends before and after. */
interface Around {
  lastMs: number;
  nextMs: number;
}

/**
 * The longest that one of a cut's partitions was empty at the broker. Undefined where somebody wrote to one of them meanwhile, or
 * where that cannot be told: what came is kept for `historyMs`, of busy lanes by the minute's end only in spans (`lane-history.ts`).
 *
 *     append ──A─A─┤ B is cut off ├─A─A──    empty: a task that idles waits for it
 *     append ──A─B─┤─B──B───B──B──├─A─B──    not empty: idling changes nothing
 */
export function longestEmptyMs({ incident, holds, lanes }: IncidentFold, state: State): number | undefined {
  const { kind, start, end } = incident;
  if (end === undefined || holds.size === 0 || end.lowMs <= start.highMs) return undefined;
  // In a lane that several nameless producers share, others may have spoken between the held records.
  for (const { evidence } of holds) if (evidence.silentMs < end.lowMs - start.highMs) return undefined;
  const isOut = isOutOf(incident);
  const places = new Map<string, Around>();
  for (const { placeKey } of lanes) {
    places.set(placeKey, { lastMs: Number.NEGATIVE_INFINITY, nextMs: Number.POSITIVE_INFINITY });
  }
  for (const task of state.tasks.values()) {
    if (task.group !== incident.group) continue;
    for (const lane of task.lanes.values()) {
      const around = places.get(lane.placeKey);
      if (around === undefined) continue;
      const isHeldUp = kind === 'brokerOutage' || isOut(lane);
      if (!wasSilent(lane, { fromMs: start.highMs, untilMs: end.lowMs, isHeldUp }, around)) return undefined;
    }
  }
  let longestMs = end.highMs - start.lowMs;
  for (const { lastMs, nextMs } of places.values()) longestMs = Math.max(longestMs, nextMs - lastMs);
  return Number.isFinite(longestMs) ? longestMs : undefined;
}

function isOutOf({ source }: Pick<Incident, 'source'>): (lane: LaneFold) => boolean {
  const key = sourceKey(source);
  return (lane) => sourceKey(lane.source) === key;
}

/** Whether nothing of it was appended between; notes what was before and after. */
function wasSilent(
  { history }: LaneFold,
  { fromMs, untilMs, isHeldUp }: { readonly fromMs: number; readonly untilMs: number; readonly isHeldUp: boolean },
  around: Around,
): boolean {
  let nextCreatedMs = Number.POSITIVE_INFINITY;
  for (const { firstAppendMs, lastAppendMs, createdMs } of newestFirst(history)) {
    if (firstAppendMs >= untilMs) {
      around.nextMs = Math.min(around.nextMs, firstAppendMs);
      nextCreatedMs = createdMs;
    } else if (lastAppendMs > fromMs) {
      return false;
    } else {
      around.lastMs = Math.max(around.lastMs, lastAppendMs);
      break;
    }
  }
  // Of many records that were processed in one second the last append is known: the first may have been in between.
  return isHeldUp || nextCreatedMs >= untilMs;
}
