import { createRows, dropNewest, dropOldest, newestValue, pushRow, type Rows, valueAt } from '../rows.ts';
import { historyMs } from '../seconds.ts';

/** When the watermark of a node came to be what it was, oldest first; only changes, for a quarter of an hour. */
export type NodePoints = Rows;

export interface NodePoint {
  /** The latest report that it rests on. */
  readonly atMs: number;
  readonly watermarkMs: number | undefined;
  /** No input counts. */
  readonly isIdle: boolean;
}

const column = { at: 0, watermark: 1, isIdle: 2 } as const;
/** Of a collector that ticks more often, the oldest make room sooner. */
const maxPerSecond = 4;

export function createNodePoints(): NodePoints {
  return createRows(3, (maxPerSecond * historyMs) / 1000 + 1);
}

/** Whether it differs from the one before. */
export function noteNodePoint(points: NodePoints, { atMs, watermarkMs, isIdle }: NodePoint): boolean {
  const row = [atMs, watermarkMs ?? Number.NaN, Number(isIdle)];
  if (Object.is(newestValue(points, column.watermark), row[1]) && newestValue(points, column.isIdle) === row[2]) {
    return false;
  }
  // A clock that was set back: what is known now holds from now on.
  while ((newestValue(points, column.at) ?? Number.NEGATIVE_INFINITY) >= atMs) dropNewest(points);
  pushRow(points, row);
  while (points.length > 1 && valueAt(points, 1, column.at) < atMs - historyMs) dropOldest(points);
  return true;
}

/** What held at `atMs`; undefined where that is before all that is remembered. */
export function nodePointAt(points: NodePoints, atMs: number): NodePoint | undefined {
  for (let row = points.length - 1; row >= 0; row--) {
    if (valueAt(points, row, column.at) <= atMs) return nodePoint(points, row);
  }
  return undefined;
}

/** What held at these moments, which come in their order. */
export function nodePointsAt(points: NodePoints, momentsMs: readonly number[]): (NodePoint | undefined)[] {
  let row = points.length - 1;
  return momentsMs
    .toReversed()
    .map((atMs) => {
      while (row >= 0 && valueAt(points, row, column.at) > atMs) row--;
      return row < 0 ? undefined : nodePoint(points, row);
    })
    .reverse();
}

function nodePoint(points: NodePoints, row: number): NodePoint {
  const watermarkMs = valueAt(points, row, column.watermark);
  return {
    atMs: valueAt(points, row, column.at),
    watermarkMs: Number.isNaN(watermarkMs) ? undefined : watermarkMs,
    isIdle: valueAt(points, row, column.isIdle) === 1,
  };
}
