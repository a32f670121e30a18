import { type AuditPolicy, taskKeyOf } from './audit-policy.ts';
import type { Directory } from './audited.ts';
import { gridOf, hasGrid } from './grid-run.ts';
import { changedWindows, missingBetween, played } from './played.ts';
import type { Recorded, RecordedLane } from './recorded.ts';
import { asRecorded, byEventTime, inTurns } from './schedules.ts';

/** What reading again from some offsets on would change, against the run as it was recorded. */
export interface Impact {
  readonly policy: string;
  readonly order: string;
  /** From those offsets on. */
  readonly droppedLive: number;
  readonly droppedReplay: number;
  readonly onlyLive: number;
  readonly onlyReplay: number;
  readonly windowsChanged: number;
  /** The first of them. */
  readonly changed: readonly { readonly startMs: number; readonly endMs: number }[];
}

const maxChanged = 50;

/**
 * A replay differs from the run before in two ways. It starts without a stream time, so that what was late at its start is in
 * time again; and it finds all partitions at hand, so that tasks of several take them in another order. `from`: by place.
 */
export function impactOf(
  recorded: Recorded,
  policy: AuditPolicy,
  directory: Directory,
  from: readonly number[],
): Impact | undefined {
  const { spec } = policy;
  if (!hasGrid(spec)) return undefined;
  const lanes = recorded.lanes.filter((lane) => lane !== undefined);
  const tasks = [...Map.groupBy(lanes, ({ place }) => taskKeyOf(policy.tasks, directory.places[place]!)).values()];
  const isStreams = spec.engine === 'kafka-streams';
  const live = played(policy, tasks, asRecorded(recorded), from);
  const replay = played(
    policy,
    tasks.map((task) => task.map((lane) => since(lane, from[lane.place] ?? 0))),
    isStreams ? byEventTime : inTurns(500),
  );
  const changed = changedWindows(live, replay);
  const { sizeMs } = gridOf(spec);
  const single = tasks.every((task) => task.length < 2);
  return {
    policy: policy.name,
    order: single ? "the log's" : isStreams ? 'by event time, all at hand' : 'fetches of 500 in turns',
    droppedLive: live.dropped,
    droppedReplay: replay.dropped,
    onlyLive: missingBetween(live, replay),
    onlyReplay: missingBetween(replay, live),
    windowsChanged: changed.length,
    changed: changed.slice(0, maxChanged).map((startMs) => ({ startMs, endMs: startMs + sizeMs })),
  };
}

function since(lane: RecordedLane, offset: number): RecordedLane {
  let low = -1;
  let high = lane.count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (lane.offsets[middle]! < offset) low = middle;
    else high = middle;
  }
  return {
    place: lane.place,
    count: lane.count - high,
    offsets: lane.offsets.subarray(high, lane.count),
    eventsMs: lane.eventsMs.subarray(high, lane.count),
    arrivalsMs: lane.arrivalsMs.subarray(high, lane.count),
  };
}
