import type { Interval } from '../interval.ts';
import { createRows, dropNewest, dropOldest, newestValue, pushRow, type Rows, setValue, valueAt } from '../rows.ts';
import { historyMs } from '../seconds.ts';

/**
 * What is drawn of a task, one row a second for a quarter of an hour: the stream time then, the true one as it was estimated then,
 * and what was still to come: the smallest creation time among the events that were processed after that second, in whichever
 * lane. That is the true stream time with hindsight, and needs no event to be remembered:
 *
 *     second             1    2    3    4    5            an event made at 1.8 s is processed in second 5
 *     to come, before   1.2  2.1  3.3  4.1   ∞            what is to come never falls from one second to the next, so the
 *     to come, after    1.2  1.8  1.8  1.8   ∞            walk back ends at the first second that has something smaller
 */
export type TaskPoints = Rows;

export interface TaskPoint {
  readonly secondMs: number;
  readonly streamTimeMs: number | undefined;
  readonly onlineMs: number | undefined;
  /** ∞: nothing has come since. */
  readonly toComeMs: number;
  /** The same of what the creation times lie in: the least low and the least high end. */
  readonly toComeBound: Interval;
}

const column = { second: 0, streamTime: 1, online: 2, toCome: 3, toComeLow: 4, toComeHigh: 5 } as const;

export function createTaskPoints(): TaskPoints {
  return createRows(6, historyMs / 1000 + 1);
}

export function lastSecondOf(points: TaskPoints): number | undefined {
  return newestValue(points, column.second);
}

/** The first report of a second makes its point. Where a clock was set back, what it told of the time after that is void. */
export function beginSecond(points: TaskPoints, secondMs: number, streamTimeMs: number | undefined): void {
  while ((lastSecondOf(points) ?? secondMs) > secondMs) dropNewest(points);
  if (lastSecondOf(points) !== secondMs) {
    const nothing = Number.POSITIVE_INFINITY;
    pushRow(points, [secondMs, streamTimeMs ?? Number.NaN, Number.NaN, nothing, nothing, nothing]);
  }
  while (valueAt(points, 0, column.second) < secondMs - historyMs) dropOldest(points);
}

/** Of the last second: as it is estimated now. */
export function noteOnline(points: TaskPoints, trueStreamTimeMs: number | undefined): void {
  setValue(points, points.length - 1, column.online, trueStreamTimeMs ?? Number.NaN);
}

/** Events were processed in this second, the first of them made then, which lies in the bound. */
export function noteCame(points: TaskPoints, secondMs: number, createdMs: number, bound: Interval): void {
  lower(points, column.toCome, secondMs, createdMs);
  lower(points, column.toComeLow, secondMs, bound.lowMs);
  lower(points, column.toComeHigh, secondMs, bound.highMs);
}

function lower(points: TaskPoints, at: number, secondMs: number, leastMs: number): void {
  for (let row = points.length - 1; row >= 0; row--) {
    if (valueAt(points, row, column.second) >= secondMs) continue;
    if (valueAt(points, row, at) <= leastMs) return;
    setValue(points, row, at, leastMs);
  }
}

/** From this second on, by their seconds. */
export function pointsFrom(points: TaskPoints, fromMs: number): Map<number, TaskPoint> {
  const found = new Map<number, TaskPoint>();
  for (let row = points.length - 1; row >= 0; row--) {
    const secondMs = valueAt(points, row, column.second);
    if (secondMs < fromMs) break;
    const [streamTimeMs, onlineMs] = [column.streamTime, column.online].map((at) => known(valueAt(points, row, at)));
    found.set(secondMs, {
      secondMs,
      streamTimeMs,
      onlineMs,
      toComeMs: valueAt(points, row, column.toCome),
      toComeBound: {
        lowMs: valueAt(points, row, column.toComeLow),
        highMs: valueAt(points, row, column.toComeHigh),
      },
    });
  }
  return found;
}

function known(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : ms;
}
