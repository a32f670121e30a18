/**
 * Stream time against the true stream time, as a picture.
 *
 * Event time over wall time is a diagonal on which thirty seconds cannot be seen. Drawn is how far each lies *behind the
 * wall clock*, with now on top: what keeps up is a flat line there, a source that is cut off falls away at one second a
 * second and takes the true stream time with it, and the wedge between that and the stream time, which stayed on top, is
 * the lead: everything in it will be late when it comes.
 */
import {
  type Assessment,
  type Incident,
  type IncidentKind,
  type Interval,
  isConfirmed,
  type SeriesPoint,
  sourceKey,
  sourceName,
  spanLabel,
} from '@tidemark/core';
import { holderState, isHeldBack } from './headline.ts';
import { endOfSecond, holeMs, pointsIn, type Window } from './series.ts';
import { byName } from './view.ts';

export const maxLines = 6;
const maxSpans = 24;
/** Ordinary jitter of a second or two must not look like a mountain. */
const leastScaleS = 6;
/** A watermark that is held for longer leaves the picture, as a source that is idle does. */
const mostWatermarkS = 120;

export interface At {
  readonly x: number;
  /** Seconds behind the wall clock: negative is ahead of it, NaN breaks the line. */
  readonly y: number;
  /** Not yet known with hindsight. */
  readonly estimate?: true;
}

export interface Line {
  readonly key: string;
  readonly name: string;
  readonly points: readonly At[];
}

/** A stretch of the time axis to shade. */
export interface Span {
  readonly id: string;
  readonly kind: IncidentKind | 'silent';
  readonly label: string;
  readonly start: Interval;
  /** Undefined: it lasts. */
  readonly end: Interval | undefined;
}

export interface ProgressView {
  readonly window: Window;
  readonly streamTime: readonly At[];
  readonly trueTime: readonly At[];
  /** What the true stream time lies in: how far behind its low end is, and its high end. */
  readonly trueLow: readonly At[];
  readonly trueHigh: readonly At[];
  /** Of the task's group, for what that reads from outside. */
  readonly watermark: readonly At[];
  readonly sources: readonly Line[];
  readonly moreSources: number;
  readonly spans: readonly Span[];
  /** Words for a picture without lines; undefined where there are some. */
  readonly empty: string | undefined;
  readonly scale: { readonly minS: number; readonly maxS: number; readonly stepS: number };
}

export function progressOf(
  assessment: Assessment,
  points: readonly SeriesPoint[],
  show: { readonly taskId: string; readonly window: Window; readonly filter: string },
): ProgressView {
  const shown = pointsIn(points, show.window);
  const streamTime: At[] = [];
  const trueTime: At[] = [];
  const trueLow: At[] = [];
  const trueHigh: At[] = [];
  const watermark: At[] = [];
  const node = nodeOf(assessment, show.taskId);
  const sources = new Map<string, { key: string; name: string; points: At[] }>();
  let previousMs: number | undefined;
  for (const point of shown) {
    const task = point.tasks.find((it) => it.id === show.taskId);
    const atMs = endOfSecond(point.atMs);
    const hole = previousMs !== undefined && atMs - previousMs > holeMs ? { x: atMs - 1, y: Number.NaN } : undefined;
    previousMs = atMs;
    if (hole) {
      const lines = [streamTime, trueTime, trueLow, trueHigh, watermark];
      for (const line of [...lines, ...[...sources.values()].map((it) => it.points)]) line.push(hole);
    }
    const stood = point.watermarks?.find((it) => it.node === node);
    if (stood !== undefined) watermark.push({ x: atMs, y: (atMs - stood.watermarkMs) / 1000 });
    if (task === undefined) continue;
    if (task.streamTimeMs !== undefined) streamTime.push({ x: atMs, y: (atMs - task.streamTimeMs) / 1000 });
    if (task.trueStreamTimeMs !== undefined) {
      const y = (atMs - task.trueStreamTimeMs) / 1000;
      trueTime.push(task.hindsight ? { x: atMs, y } : { x: atMs, y, estimate: true });
    }
    if (task.trueStreamTimeBound !== undefined) {
      trueLow.push({ x: atMs, y: (atMs - task.trueStreamTimeBound.lowMs) / 1000 });
      trueHigh.push({ x: atMs, y: (atMs - task.trueStreamTimeBound.highMs) / 1000 });
    }
    for (const { key, name, eventMs: highestMs } of task.sources) {
      // A source's highest event is that of the whole second, stream time that of the report within it: no source was ahead
      // of the highest event of all.
      const eventMs = Math.min(highestMs, task.streamTimeMs ?? highestMs);
      const line = sources.get(key) ?? { key, name, points: [] };
      sources.set(key, line);
      line.points.push({ x: atMs, y: (atMs - eventMs) / 1000 });
    }
  }
  const spans = spansOf(assessment, show);
  const chosen = chooseLines([...sources.values()], { assessment, taskId: show.taskId, filter: show.filter });
  return {
    window: show.window,
    streamTime,
    trueTime,
    trueLow,
    trueHigh,
    watermark,
    sources: chosen.slice(0, maxLines),
    moreSources: Math.max(0, chosen.length - maxLines),
    spans,
    empty: streamTime.length > 0 ? undefined : emptyText(assessment, shown, show.taskId),
    scale: scaleOf([...streamTime, ...trueTime, ...watermark.filter(({ y }) => y <= mostWatermarkS)]),
  };
}

function nodeOf({ tasks, topology }: Assessment, taskId: string): string | undefined {
  const task = tasks.find((it) => it.id === taskId);
  return topology.nodes.find(
    ({ group, cluster, stage }) => stage === undefined && group === task?.group && cluster === task.cluster,
  )?.id;
}

/** A collector draws a bounded number of tasks: the reader is told so rather than shown that nothing happens. */
function emptyText(assessment: Assessment, shown: readonly SeriesPoint[], taskId: string): string {
  const isRunning = assessment.tasks.some((task) => task.id === taskId && task.streamTimeMs !== undefined);
  const others = shown.some((point) => point.tasks.length > 0 && !point.tasks.some((task) => task.id === taskId));
  return isRunning && others
    ? 'no series is kept of this task: there are too many'
    : 'no stream time known in this time';
}

/** Those that an incident or a silence speaks of, then by name: with few sources, all of them. */
function chooseLines(
  lines: readonly Line[],
  about: { readonly assessment: Assessment; readonly taskId: string; readonly filter: string },
): Line[] {
  const { assessment, taskId } = about;
  const spokenOf = new Map<string, number>();
  for (const incident of assessment.incidents) {
    if (incident.tasks.includes(taskId)) spokenOf.set(sourceKey(incident.source), 1);
  }
  const heldBackBy = assessment.tasks.find((task) => task.id === taskId)?.heldBackBy;
  if (heldBackBy !== undefined) spokenOf.set(sourceKey(heldBackBy), 2);
  const wanted = about.filter.trim().toLowerCase();
  const found = lines.filter((line) => line.name.toLowerCase().includes(wanted));
  const by = (line: Line): number => spokenOf.get(line.key) ?? 0;
  const picked = found.toSorted((a, b) => by(b) - by(a) || byName(a.name, b.name));
  return [...picked.slice(0, maxLines).sort((a, b) => byName(a.name, b.name)), ...picked.slice(maxLines)];
}

function spansOf(assessment: Assessment, show: { readonly taskId: string; readonly window: Window }): Span[] {
  const { fromMs, toMs } = show.window;
  const spans = assessment.incidents
    .filter(isConfirmed)
    .filter((incident) => incident.tasks.includes(show.taskId))
    .filter((incident) => incident.start.lowMs <= toMs && (incident.end?.highMs ?? toMs) >= fromMs)
    .slice(0, maxSpans)
    .map(incidentSpan);
  const task = assessment.tasks.find((it) => it.id === show.taskId);
  const heldBackBy = task?.heldBackBy;
  const lasting = spans.some(
    (span) => span.end === undefined && (span.kind === 'producerCutOff' || span.kind === 'brokerOutage'),
  );
  if (
    task !== undefined &&
    heldBackBy !== undefined &&
    isHeldBack(assessment, task) &&
    holderState(task) === 'suspectedCut' &&
    !lasting
  ) {
    const since = task.sources.find((it) => sourceKey(it.source) === sourceKey(heldBackBy))?.lastSeenMs;
    if (since !== undefined) {
      const label = `${sourceName(heldBackBy)} silent`;
      spans.push({ id: 'silent', kind: 'silent', label, start: { lowMs: since, highMs: since }, end: undefined });
    }
  }
  return spans;
}

function incidentSpan(incident: Incident): Span {
  const { id, kind, start, end } = incident;
  return {
    id,
    kind,
    label: spanLabel(incident),
    start: { lowMs: start.lowMs, highMs: start.highMs },
    end: end && { lowMs: end.lowMs, highMs: end.highMs },
  };
}

const stepsS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400] as const;

/**
 * The scale follows the two stream times only: a source that has been idle for an hour leaves through the bottom of the
 * picture instead of flattening the story.
 */
export function scaleOf(points: readonly At[]): ProgressView['scale'] {
  let minS = 0;
  let maxS = leastScaleS;
  for (const { y } of points) {
    if (y < minS) minS = y;
    if (y > maxS) maxS = y;
  }
  const spreadS = maxS - minS;
  const stepS = stepsS.find((step) => spreadS / step <= 6) ?? Math.ceil(spreadS / 6 / 86_400) * 86_400;
  // A hair above now is the width of a second's rounding, not a clock that is ahead.
  const lowest = minS < -0.5 ? Math.floor((minS - 0.15 * stepS) / stepS) * stepS : -0.3 * stepS;
  return { minS: lowest, maxS: Math.ceil((maxS + 0.15 * stepS) / stepS) * stepS, stepS };
}
