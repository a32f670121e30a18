import type { Interval } from '../interval.ts';
import { createRows, dropNewest, dropOldest, newestValue, pushRow, type Rows, valueAt } from '../rows.ts';
import { historyMs } from '../seconds.ts';

/** How wrong a host's clock could be, one row a second by that clock: what is drawn of it. */
export type HostPoints = Rows;

const column = { second: 0, low: 1, high: 2 } as const;
/** Processes of one host report at different moments of a second; a clock that goes back by more was set. */
const leastSetBackMs = 5_000;

export function createHostPoints(): HostPoints {
  return createRows(3, historyMs / 1000 + 1);
}

/** The first word of a second counts. Where the clock was set back, its seconds come again. */
export function noteBound(points: HostPoints, secondMs: number, { lowMs, highMs }: Interval): void {
  const latestMs = newestValue(points, column.second) ?? Number.NEGATIVE_INFINITY;
  if (secondMs < latestMs - leastSetBackMs) while (newestValue(points, column.second)! >= secondMs) dropNewest(points);
  else if (secondMs <= latestMs) return;
  pushRow(points, [secondMs, lowMs, highMs]);
  while (valueAt(points, 0, column.second) < secondMs - historyMs) dropOldest(points);
}

/** From this second on, by their seconds. */
export function boundsFrom(points: HostPoints, fromMs: number): Map<number, Interval> {
  const bounds = new Map<number, Interval>();
  for (let row = points.length - 1; row >= 0; row--) {
    const secondMs = valueAt(points, row, column.second);
    if (secondMs < fromMs) break;
    bounds.set(secondMs, { lowMs: valueAt(points, row, column.low), highMs: valueAt(points, row, column.high) });
  }
  return bounds;
}
