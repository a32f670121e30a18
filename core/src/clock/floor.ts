/**
 * The floor under the delays of one channel (a producer's clock read against a broker's): to − from of each record is its
 * delay plus the difference of two clocks. Delays only ever add, so the smallest differences are where the clocks show.
 * Kept: the smallest pair of each second of the `to` clock, in a window of bounded length.
 */
import type { Pair } from '../report.ts';

export interface FloorPoint {
  /** On the `to` clock. */
  readonly atMs: number;
  /** to − from. */
  readonly gapMs: number;
}

export interface Floor {
  readonly windowMs: number;
  /** One per second that had a record, oldest first. */
  readonly points: FloorPoint[];
}

const bucketMs = 1000;

export function createFloor(windowMs: number): Floor {
  return { windowMs, points: [] };
}

export function addToFloor(floor: Floor, pair: Pair): void {
  const { points } = floor;
  const point: FloorPoint = { atMs: pair.toMs, gapMs: pair.toMs - pair.fromMs };
  const second = Math.floor(point.atMs / bucketMs);
  let at = points.length - 1;
  while (at >= 0 && Math.floor(points[at]!.atMs / bucketMs) > second) at -= 1;
  const same = points[at];
  if (same === undefined || Math.floor(same.atMs / bucketMs) < second) points.splice(at + 1, 0, point);
  else if (point.gapMs < same.gapMs) points[at] = point;
  const oldestMs = points[points.length - 1]!.atMs - floor.windowMs;
  let gone = 0;
  while (points[gone]!.atMs < oldestMs) gone += 1;
  if (gone > 0) points.splice(0, gone);
}

/** A straight line under all points, and how close they come to it. */
export interface FloorLine {
  /** The mean of the points' times: where the line is known best. */
  readonly middleMs: number;
  /** The line there. */
  readonly gapMs: number;
  /** Gap per time: dimensionless. */
  readonly slope: number;
  readonly spanMs: number;
  readonly count: number;
  /** Median height of the points above the line. */
  readonly hugMs: number;
  /** How far the slope may be off: rounding and hug at both ends of the span. */
  readonly slopeError: number;
}

/**
 * The edge above the mean time of the lower convex hull: of all lines under the points it is the one that lies highest in
 * the middle, and thus closest to them all. Least squares would follow the congestion; a line through two minima would
 * follow luck. Undefined for fewer than three points.
 */
export function floorLine(points: readonly FloorPoint[], quantumMs: number): FloorLine | undefined {
  if (points.length < 3) return undefined;
  const startMs = points[0]!.atMs;
  const spanMs = points[points.length - 1]!.atMs - startMs;
  if (spanMs <= 0) return undefined;
  let sumMs = 0;
  const hull: FloorPoint[] = [];
  for (const point of points) {
    sumMs += point.atMs - startMs;
    while (hull.length >= 2 && !turnsUp(hull[hull.length - 2]!, hull[hull.length - 1]!, point)) hull.pop();
    hull.push(point);
  }
  const middleMs = startMs + sumMs / points.length;
  let right = 1;
  while (right < hull.length - 1 && hull[right]!.atMs < middleMs) right += 1;
  const a = hull[right - 1]!;
  const b = hull[right]!;
  const slope = (b.gapMs - a.gapMs) / (b.atMs - a.atMs);
  const gapMs = a.gapMs + slope * (middleMs - a.atMs);
  const heights = points.map((point) => point.gapMs - gapMs - slope * (point.atMs - middleMs)).sort((x, y) => x - y);
  const hugMs = heights[heights.length >> 1]!;
  return { middleMs, gapMs, slope, spanMs, count: points.length, hugMs, slopeError: (quantumMs + 2 * hugMs) / spanMs };
}

/** The line at a time, and how far it may be off there. */
export function floorAt(line: FloorLine, atMs: number): { readonly gapMs: number; readonly errorMs: number } {
  const distanceMs = atMs - line.middleMs;
  return { gapMs: line.gapMs + line.slope * distanceMs, errorMs: line.slopeError * Math.abs(distanceMs) };
}

function turnsUp(a: FloorPoint, b: FloorPoint, c: FloorPoint): boolean {
  return (b.gapMs - a.gapMs) * (c.atMs - b.atMs) < (c.gapMs - b.gapMs) * (b.atMs - a.atMs);
}
