import { formatDuration } from '../telling/format.ts';
import { type AuditPolicy, taskKeyOf } from './audit-policy.ts';
import { createAudited, type Directory } from './audited.ts';
import { gridOf, hasGrid } from './grid-run.ts';
import { LossList, missingIn } from './loss-list.ts';
import { OrderDigest } from './order-digest.ts';
import { policyRun } from './policy-run.ts';
import type { Recorded, RecordedLane } from './recorded.ts';
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

/** What one order dropped. */
interface Played {
  readonly lists: readonly LossList[];
  /** Of each window that lost something: a sum over what it lost, whatever the order. */
  readonly windows: ReadonlyMap<number, number>;
  readonly digest: string;
  readonly dropped: number;
}

/**
 * Would reprocessing give the same windows, and with which scheduler would it? Each policy once more over the recorded history,
 * in the orders that schedulers would have taken. Undefined where every task has one partition: its order is the log's.
 */
export function replaysOf(
  recorded: Recorded,
  policy: AuditPolicy,
  directory: Directory,
  idlesMs: readonly number[],
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
  const live = play(asRecorded(recorded));
  const replays: readonly (readonly [string, Schedule])[] = [
    ['round robin, one record each', inTurns(1)],
    ['fetches of 500 in turns', inTurns(500)],
    [topics.size > 1 ? 'priority, one topic after the other' : 'one partition after the other', oneAfterTheOther],
    ['event time, all at hand', byEventTime],
  ];
  const rows = replays.map(([scheduler, schedule]) => rowOf(policy, scheduler, 'replay', live, play(schedule)));
  const replay = play(byEventTime);
  const lives = idlesMs.map((ms) =>
    rowOf(policy, `event time, waiting ${formatDuration(ms)}`, 'live', play(byEventTimeLive(recorded, ms)), replay),
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
  const starts = new Set([...live.windows.keys(), ...replay.windows.keys()]);
  const windowsChanged = [...starts].filter(
    (startMs) => live.windows.get(startMs) !== replay.windows.get(startMs),
  ).length;
  const sum = (one: Played, other: Played): number =>
    one.lists.reduce(
      (total, list, place) => total + missingIn(list?.ranges ?? [], other.lists[place]?.ranges ?? []),
      0,
    );
  return {
    policy: policy.name,
    scheduler,
    kind,
    dropped: (kind === 'replay' ? replay : live).dropped,
    onlyLive: sum(live, replay),
    onlyReplay: sum(replay, live),
    windowsChanged,
    digest: (kind === 'replay' ? replay : live).digest,
    isSame: windowsChanged === 0,
  };
}

function played({ spec }: AuditPolicy, tasks: readonly (readonly RecordedLane[])[], schedule: Schedule): Played {
  const lists: LossList[] = [];
  const windows = new Map<number, number>();
  const digest = new OrderDigest();
  const record = createAudited();
  const grid = hasGrid(spec) ? gridOf(spec) : undefined;
  let dropped = 0;
  for (const lanes of tasks) {
    const run = policyRun(spec, { partitionCount: lanes.length, hasKeys: false });
    schedule(lanes, (lane, at) => {
      const { place, offsets, eventsMs, arrivalsMs } = lanes[lane]!;
      record.place = place;
      record.offset = offsets[at]!;
      record.eventMs = eventsMs[at]!;
      record.arrivalMs = arrivalsMs[at]!;
      digest.take(place, record.offset);
      run.take(record, lane);
      const { refused, isLost, eventMs } = run.judgement;
      if (refused === 0 && !isLost) return;
      dropped++;
      (lists[place] ??= new LossList(Number.POSITIVE_INFINITY)).add(record.offset);
      if (grid === undefined) return;
      const lastStartMs = grid.lastStartMs(eventMs);
      let startMs = grid.firstStartMs(eventMs, lastStartMs);
      for (let i = 0; i < refused; i++, startMs += grid.advanceMs) {
        windows.set(startMs, (windows.get(startMs) ?? 0) + mixed(place, record.offset));
      }
    });
  }
  return { lists, windows, digest: digest.text, dropped };
}

/** A number of 32 bits for a record: sums of it tell sets apart, in whichever order they were added. */
function mixed(place: number, offset: number): number {
  let bits = Math.imul(offset ^ Math.imul(place + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0xc2b2ae35);
  return (bits ^ (bits >>> 13)) >>> 0;
}
