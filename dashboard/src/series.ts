import type { SeriesPoint } from '@tidemark/core';

/** The points that the page keeps: a quarter of an hour at one a second, and some to spare. */
export const maxPoints = 1_000;

/**
 * Old points with new or revised ones, by time. A point says everything about its second, so a later one simply takes the
 * place of an earlier one; most often the new ones just follow.
 */
export function mergePoints(
  kept: readonly SeriesPoint[],
  incoming: readonly SeriesPoint[],
  max: number = maxPoints,
): readonly SeriesPoint[] {
  if (incoming.length === 0) return kept;
  const byTime = new Map<number, SeriesPoint>();
  for (const point of kept) byTime.set(point.atMs, point);
  for (const point of incoming) byTime.set(point.atMs, point);
  return [...byTime.values()].sort((a, b) => a.atMs - b.atMs).slice(-max);
}

/** The stretch of time that the charts show: it ends with the collector's current second. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A hole in the series of more than this is drawn as one, not bridged as if something were known there. */
export const holeMs = 5_000;

/** A point is named after the second that it tells of, and says how things stood at its end. */
export function endOfSecond(atMs: number): number {
  return (Math.floor(atMs / 1000) + 1) * 1000;
}

export function windowAt(nowMs: number, lengthMs: number): Window {
  const toMs = endOfSecond(nowMs);
  return { fromMs: toMs - lengthMs, toMs };
}

export function pointsIn(points: readonly SeriesPoint[], window: Window): readonly SeriesPoint[] {
  return points.filter((point) => point.atMs >= window.fromMs && point.atMs <= window.toMs);
}
