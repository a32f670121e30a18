import type { SeriesPoint } from './assessment.ts';
import { historyMs, secondOf } from './seconds.ts';
import { sourceKey, sourceName } from './source.ts';
import type { State, TaskFold } from './state.ts';
import { isAssigned, presenceOf, silentSinceMs } from './true-stream-time.ts';

/** At most this many sources of a task are drawn, those with the most records. */
const maxSourcesDrawn = 8;
const maxTasksDrawn = 50;

/** One point a second for the page, oldest first; `fromMs` and `toMs` inclusive, cut to the history there is. */
export function seriesBetween(state: State, fromMs: number, toMs: number): SeriesPoint[] {
  const tasks = [...state.tasks.values()].slice(-maxTasksDrawn).map((task) => ({ task, drawn: draw(task) }));
  const latestMs = Math.max(0, ...tasks.map(({ task }) => secondOf(task.reportedMs)));
  // The end asked for comes first: an agent whose clock is a day ahead must not push all others out of the picture.
  const lastMs = Math.min(toMs, latestMs);
  const firstMs = Math.max(secondOf(fromMs), secondOf(lastMs) - historyMs);
  const clocks = new Map(state.clocks.history.map(({ atMs, clocks }) => [atMs, clocks]));
  const points: SeriesPoint[] = [];
  for (let atMs = firstMs; atMs <= lastMs; atMs += 1000) {
    points.push({
      atMs,
      tasks: tasks.flatMap(({ task, drawn }) => pointOf(task, drawn, atMs) ?? []),
      hosts: [...state.hosts.values()].map((host) => {
        const bound = host.points.find((point) => point.secondMs === atMs);
        return { host: host.host, ...(bound === undefined ? {} : { lowMs: bound.lowMs, highMs: bound.highMs }) };
      }),
      ...(clocks.has(atMs) ? { clocks: clocks.get(atMs)! } : {}),
    });
  }
  return points;
}

interface Drawn {
  readonly bySecond: ReadonlyMap<
    number,
    { readonly streamTimeMs: number | undefined; readonly onlineMs: number | undefined }
  >;
  /** Per lane, newest first: what was still to come after a second. */
  readonly toCome: readonly {
    /** Of a source that is overdue: what nothing is known of since. */
    readonly silentSinceMs: number | undefined;
    readonly rows: readonly { readonly secondMs: number; readonly leastCreatedMs: number }[];
  }[];
  readonly sources: readonly {
    readonly key: string;
    readonly name: string;
    readonly seen: readonly { readonly secondMs: number; readonly maxEventMs: number }[];
  }[];
}

function draw(task: TaskFold): Drawn {
  const lanes = [...task.lanes.values()];
  const toCome = lanes
    .filter((lane) => lane.replay.state !== 'yes')
    .map((lane) => {
      let leastCreatedMs = Number.POSITIVE_INFINITY;
      const isOverdue = isAssigned(task, lane) && presenceOf(lane, task.reportedMs) === 'silent';
      return {
        silentSinceMs: isOverdue ? silentSinceMs(lane) : undefined,
        rows: lane.progress.toReversed().map(({ secondMs, createdMs }) => {
          leastCreatedMs = Math.min(leastCreatedMs, createdMs);
          return { secondMs, leastCreatedMs };
        }),
      };
    });
  const bySource = new Map<
    string,
    { name: string; records: number; seen: { secondMs: number; maxEventMs: number }[] }
  >();
  for (const lane of lanes) {
    const key = sourceKey(lane.source);
    const row = bySource.get(key) ?? { name: sourceName(lane.source), records: 0, seen: [] };
    row.records += lane.records;
    row.seen.push(...lane.progress);
    bySource.set(key, row);
  }
  const sources = [...bySource]
    .sort(([, a], [, b]) => b.records - a.records)
    .slice(0, maxSourcesDrawn)
    .map(([key, { name, seen }]) => ({ key, name, seen: seen.sort((a, b) => a.secondMs - b.secondMs) }));
  return { bySecond: new Map(task.points.map((point) => [point.secondMs, point])), toCome, sources };
}

function pointOf(task: TaskFold, drawn: Drawn, atMs: number): SeriesPoint['tasks'][number] | undefined {
  const point = drawn.bySecond.get(atMs);
  if (point === undefined) return undefined;
  const hindsightMs = hindsight(drawn, atMs);
  const trueMs = hindsightMs ?? point.onlineMs;
  const verdicts = task.verdictsBySecond.get(atMs);
  return {
    id: task.id,
    ...(point.streamTimeMs === undefined ? {} : { streamTimeMs: point.streamTimeMs }),
    ...(trueMs === undefined ? {} : { trueStreamTimeMs: trueMs }),
    hindsight: hindsightMs !== undefined,
    sources: drawn.sources.flatMap(({ key, name, seen }) => {
      const eventMs = highestUntil(seen, atMs);
      return eventMs === undefined ? [] : [{ key, name, eventMs }];
    }),
    lateByVerdict: Object.fromEntries(verdicts?.late ?? []),
    droppedByVerdict: Object.fromEntries(verdicts?.dropped ?? []),
  };
}

/** The smallest creation time among the events that came after this second; undefined if none has come yet. */
function hindsight(drawn: Drawn, atMs: number): number | undefined {
  let leastMs = Number.POSITIVE_INFINITY;
  for (const { rows, silentSinceMs } of drawn.toCome) {
    // Newest first: the last row that is still after this second holds the least of all that came later.
    const later = firstIndex(rows, (row) => row.secondMs <= atMs) - 1;
    if (later >= 0) leastMs = Math.min(leastMs, rows[later]!.leastCreatedMs);
    else if (silentSinceMs !== undefined) leastMs = Math.min(leastMs, silentSinceMs);
  }
  return leastMs === Number.POSITIVE_INFINITY ? undefined : Math.min(leastMs, atMs + 1000);
}

function highestUntil(
  seen: readonly { readonly secondMs: number; readonly maxEventMs: number }[],
  atMs: number,
): number | undefined {
  const until = firstIndex(seen, (row) => row.secondMs > atMs);
  if (until === 0) return undefined;
  // Several partitions of one source have rows in the same or neighbouring seconds.
  let highestMs = Number.NEGATIVE_INFINITY;
  for (let i = Math.max(0, until - 64); i < until; i++) highestMs = Math.max(highestMs, seen[i]!.maxEventMs);
  return highestMs;
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
