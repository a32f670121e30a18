import type { SeriesPoint } from '../assess/assessment.ts';
import { createdBound, isAssigned, presenceOf, silentSinceMs } from '../assess/true-stream-time.ts';
import type { Interval } from '../interval.ts';
import { historyMs, secondOf } from '../seconds.ts';
import { sourceKey, sourceName } from '../source.ts';
import { nodePointsAt } from '../topology/node-points.ts';
import { boundsFrom } from './host-points.ts';
import { newestFirst } from './lane-history.ts';
import type { LaneFold, SourceFold, State, TaskFold } from './state.ts';
import { pointsFrom, type TaskPoint } from './task-points.ts';

/** At most this many sources of a task are drawn, those with the most records. */
const maxSourcesDrawn = 8;
const maxTasksDrawn = 50;
const maxNodesDrawn = 50;

/** One point a second for the page, oldest first; `fromMs` and `toMs` inclusive, cut to the history there is. */
export function seriesBetween(state: State, fromMs: number, toMs: number): SeriesPoint[] {
  const shown = [...state.tasks.values()].slice(-maxTasksDrawn);
  const latestMs = Math.max(0, ...shown.map((task) => secondOf(task.reportedMs)));
  // The end asked for comes first: an agent whose clock is a day ahead must not push all others out of the picture.
  const lastMs = Math.min(toMs, latestMs);
  const firstMs = Math.max(secondOf(fromMs), secondOf(lastMs) - historyMs);
  const tasks = shown.map((task) => ({ task, drawn: draw(state, task, firstMs) }));
  const hosts = [...state.hosts.values()].map(({ host, points }) => ({ host, bounds: boundsFrom(points, firstMs) }));
  const clocks = new Map(state.clocks.history.map(({ atMs, clocks }) => [atMs, clocks]));
  const watermarks = watermarksBetween(state, firstMs, lastMs);
  const points: SeriesPoint[] = [];
  for (let atMs = firstMs; atMs <= lastMs; atMs += 1000) {
    points.push({
      atMs,
      tasks: tasks.flatMap(({ task, drawn }) => pointOf(task, drawn, atMs) ?? []),
      ...(watermarks.has(atMs) ? { watermarks: watermarks.get(atMs)! } : {}),
      hosts: hosts.map(({ host, bounds }) => ({ host, ...bounds.get(atMs) })),
      ...(clocks.has(atMs) ? { clocks: clocks.get(atMs)! } : {}),
    });
  }
  return points;
}

/** By second, as they stood at its end; of the nodes that were found first. */
function watermarksBetween({ topology }: State, firstMs: number, lastMs: number): Map<number, Watermarks> {
  const seconds: number[] = [];
  for (let atMs = firstMs; atMs <= lastMs; atMs += 1000) seconds.push(atMs);
  const ends = seconds.map((atMs) => atMs + 999);
  const bySecond = new Map<number, Watermarks>();
  for (const { id, points } of [...topology.nodes.values()].slice(0, maxNodesDrawn)) {
    nodePointsAt(points, ends).forEach((point, index) => {
      if (point?.watermarkMs === undefined) return;
      const of = bySecond.get(seconds[index]!) ?? [];
      bySecond.set(seconds[index]!, of);
      of.push({ node: id, watermarkMs: point.watermarkMs });
    });
  }
  return bySecond;
}

type Watermarks = { readonly node: string; readonly watermarkMs: number }[];

interface Drawn {
  readonly bySecond: ReadonlyMap<number, TaskPoint>;
  /** What `T` lay in at the last assessment; undefined: no source was known. */
  readonly now: Interval | undefined;
  /** Of sources that are overdue, by their last second: what nothing is known of since, the least up to there. */
  readonly silent: readonly { readonly secondMs: number; leastMs: number }[];
  /** Of lanes that may be a replay or not, newest first: what was to come of them before a second. */
  readonly unclear: readonly (readonly Row[])[];
  readonly sources: readonly {
    readonly key: string;
    readonly name: string;
    /** Until then, in all its partitions. */
    readonly seen: readonly { readonly secondMs: number; readonly highestMs: number }[];
  }[];
}

interface Row {
  readonly secondMs: number;
  readonly leastCreatedMs: number;
  readonly bound: Interval;
}

/** Only what the points from `fromMs` on need: a tick asks for its last seconds, and there may be ten thousand lanes. */
function draw(state: State, task: TaskFold, fromMs: number): Drawn {
  const silent = [];
  const unclear = [];
  const bySource = new Map<SourceFold, LaneFold[]>();
  for (const lane of task.lanes.values()) {
    const others = bySource.get(lane.of);
    if (others === undefined) bySource.set(lane.of, [lane]);
    else others.push(lane);
    if (lane.replay.state === 'yes') continue;
    if (lane.replay.state === 'unknown') unclear.push(rowsAfter(state, lane, fromMs));
    if (isAssigned(task, lane) && presenceOf(lane, task.reportedMs) === 'silent') {
      silent.push({ secondMs: lane.lastSecondMs, leastMs: silentSinceMs(lane) });
    }
  }
  silent.sort((a, b) => a.secondMs - b.secondMs);
  for (let i = 1; i < silent.length; i++) silent[i]!.leastMs = Math.min(silent[i]!.leastMs, silent[i - 1]!.leastMs);
  const recordsOf = (lanes: readonly LaneFold[]): number => lanes.reduce((sum, { records }) => sum + records, 0);
  const sources = [...bySource]
    .map(([{ source }, lanes]) => ({ source, lanes, records: recordsOf(lanes) }))
    .sort((a, b) => b.records - a.records)
    .slice(0, maxSourcesDrawn)
    .map(({ source, lanes }) => ({ key: sourceKey(source), name: sourceName(source), seen: seenFrom(lanes, fromMs) }));
  const bySecond = pointsFrom(task.points, fromMs);
  return { bySecond, now: task.bound, silent, unclear, sources };
}

function rowsAfter(state: State, lane: LaneFold, fromMs: number): readonly Row[] {
  const rows: Row[] = [];
  let leastCreatedMs = Number.POSITIVE_INFINITY;
  for (const { lastSecondMs, createdMs } of newestFirst(lane.history)) {
    if (lastSecondMs <= fromMs) break;
    leastCreatedMs = Math.min(leastCreatedMs, createdMs);
    rows.push({ secondMs: lastSecondMs, leastCreatedMs, bound: createdBound(state, lane, leastCreatedMs) });
  }
  return rows;
}

/** With the last of each lane before: a source may have been silent since. */
function seenFrom(lanes: readonly LaneFold[], fromMs: number): Drawn['sources'][number]['seen'] {
  const seen = [];
  for (const { history } of lanes) {
    for (const { lastSecondMs, maxEventMs } of newestFirst(history)) {
      seen.push({ secondMs: lastSecondMs, maxEventMs });
      if (lastSecondMs <= fromMs) break;
    }
  }
  seen.sort((a, b) => a.secondMs - b.secondMs);
  let highestMs = Number.NEGATIVE_INFINITY;
  return seen.map(({ secondMs, maxEventMs }) => {
    highestMs = Math.max(highestMs, maxEventMs);
    return { secondMs, highestMs };
  });
}

function pointOf(task: TaskFold, drawn: Drawn, atMs: number): SeriesPoint['tasks'][number] | undefined {
  const point = drawn.bySecond.get(atMs);
  if (point === undefined) return undefined;
  const { trueMs: hindsightMs, bound } = hindsight(drawn, point);
  const trueMs = hindsightMs ?? point.onlineMs;
  const verdicts = task.verdictsBySecond.get(atMs);
  return {
    id: task.id,
    ...(point.streamTimeMs === undefined ? {} : { streamTimeMs: point.streamTimeMs }),
    ...(trueMs === undefined ? {} : { trueStreamTimeMs: trueMs }),
    ...(trueMs === undefined || bound === undefined ? {} : { trueStreamTimeBound: bound }),
    hindsight: hindsightMs !== undefined,
    sources: drawn.sources.flatMap(({ key, name, seen }) => {
      const eventMs = highestUntil(seen, atMs);
      return eventMs === undefined ? [] : [{ key, name, eventMs }];
    }),
    lateByVerdict: Object.fromEntries(verdicts?.late ?? []),
    droppedByVerdict: Object.fromEntries(verdicts?.dropped ?? []),
  };
}

/**
 * What was still to come at the end of a second is what has come since and what is still to come now, so the bound of now, which is
 * wide while somebody is silent, becomes that of what came when he is back:
 *
 *     T(then) = min(created of all that came since, T(now)), at most then
 *
 * The number is undefined if nothing has come yet and nobody is overdue, the bound if no source is known.
 */
function hindsight(
  { now, silent, unclear }: Drawn,
  { secondMs: atMs, toComeMs, toComeBound }: TaskPoint,
): { readonly trueMs: number | undefined; readonly bound: Interval | undefined } {
  const thenMs = atMs + 1000;
  let leastMs = Math.min(toComeMs, silent[firstIndex(silent, (row) => row.secondMs > atMs) - 1]?.leastMs ?? toComeMs);
  let lowMs = Math.min(toComeBound.lowMs, now?.lowMs ?? thenMs, thenMs);
  let highMs = Math.min(toComeBound.highMs, thenMs);
  for (const rows of unclear) {
    // Newest first: the last row that is still after this second holds the least of all that came later.
    const later = rows[firstIndex(rows, (row) => row.secondMs <= atMs) - 1];
    if (later === undefined) continue;
    leastMs = Math.min(leastMs, later.leastCreatedMs);
    lowMs = Math.min(lowMs, later.bound.lowMs);
    highMs = Math.min(highMs, later.bound.highMs);
  }
  return {
    trueMs: leastMs === Number.POSITIVE_INFINITY ? undefined : Math.min(leastMs, thenMs),
    bound: now === undefined ? undefined : { lowMs, highMs },
  };
}

function highestUntil(seen: Drawn['sources'][number]['seen'], atMs: number): number | undefined {
  return seen[firstIndex(seen, (row) => row.secondMs > atMs) - 1]?.highestMs;
}

/** Index of the first row that `is`, where no row after it is not; the length if none is. */
function firstIndex<T>(rows: readonly T[], is: (row: T) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(rows[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
