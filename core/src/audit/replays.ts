import { formatDuration } from '../telling/format.ts';
import { type AuditPolicy, taskKeyOf } from './audit-policy.ts';
import type { Directory } from './audited.ts';
import { hasGrid } from './grid-run.ts';
import { changedWindows, missingBetween, type Played, played } from './played.ts';
import type { Recorded } from './recorded.ts';
import { asRecorded, byEventTime, byEventTimeLive, inTurns, oneAfterTheOther, type Schedule } from './schedules.ts';

/** What another order of the same records would have done. */
export interface ReplayRow {
  readonly policy: string;
  readonly scheduler: string;
  /** `replay`: everything at hand, against the run as recorded. `live`: as records arrive, against its own replay. */
  readonly kind: 'replay' | 'live';
  readonly dropped: number;
  /** Dropped by what it is held against and not by this, and the other way round. */
  readonly onlyLive: number;
  readonly onlyReplay: number;
  readonly windowsChanged: number;
  readonly digest: string;
  /** Every window is the same. */
  readonly isSame: boolean;
}

/**
 * Would reprocessing give the same windows, and with which scheduler would it? Each policy once more over the recorded history,
 * in the orders that schedulers would have taken; `asLive` is the run that they are held against. Undefined where every task has one partition: its order is the log's.
 */
export function replaysOf(
  recorded: Recorded,
  policy: AuditPolicy,
  directory: Directory,
  idlesMs: readonly number[],
  asLive: Schedule = asRecorded(recorded),
): ReplayRow[] | undefined {
  const tasks = [
    ...Map.groupBy(
      recorded.lanes.filter((lane) => lane !== undefined),
      ({ place }) => taskKeyOf(policy.tasks, directory.places[place]!),
    ).values(),
  ];
  if (tasks.every((lanes) => lanes.length < 2) || !hasGrid(policy.spec)) return undefined;
  const topics = new Set(directory.places.map(({ topic }) => topic));
  const play = (schedule: Schedule): Played => played(policy, tasks, schedule);
  const live = play(asLive);
  const replays: readonly (readonly [string, Schedule])[] = [
    ['round robin, one record each', inTurns(1)],
    ['fetches of 500 in turns', inTurns(500)],
    [topics.size > 1 ? 'priority, one topic after the other' : 'one partition after the other', oneAfterTheOther],
    ['event time, all at hand', byEventTime],
  ];
  const rows = replays.map(([scheduler, schedule]) => rowOf(policy, scheduler, 'replay', live, play(schedule)));
  const replay = play(byEventTime);
  const lives = idlesMs.map((ms) =>
    rowOf(
      policy,
      `event time, waiting ${formatDuration(ms)}`,
      'live',
      play(byEventTimeLive(recorded, { maxIdleMs: ms, fetchEveryMs: 0 })),
      replay,
    ),
  );
  return [...rows, ...lives];
}

function rowOf(
  policy: AuditPolicy,
  scheduler: string,
  kind: ReplayRow['kind'],
  live: Played,
  replay: Played,
): ReplayRow {
  const windowsChanged = changedWindows(live, replay).length;
  return {
    policy: policy.name,
    scheduler,
    kind,
    dropped: (kind === 'replay' ? replay : live).dropped,
    onlyLive: missingBetween(live, replay),
    onlyReplay: missingBetween(replay, live),
    windowsChanged,
    digest: (kind === 'replay' ? replay : live).digest,
    isSame: windowsChanged === 0,
  };
}
