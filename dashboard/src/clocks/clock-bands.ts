import type { BoundEnd, SeriesPoint } from '@tidemark/core';
import { pointsIn, type Window } from '../series.ts';
import type { ClockRow } from './clock-rows.ts';

export interface ClockBand {
  readonly id: string;
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly low: BoundEnd; readonly high: BoundEnd }[];
}

/** More bands than colours would not be told apart. */
const maxBands = 5;

/** The first of the rows that anything is known of, over time. */
export function bandsOf(rows: readonly ClockRow[], points: readonly SeriesPoint[], window: Window): ClockBand[] {
  const drawn = rows.filter(({ low, high }) => low.basis !== 'unknown' || high.basis !== 'unknown').slice(0, maxBands);
  const bands = new Map(drawn.map(({ id, name }) => [id, { id, name, points: [] as ClockBand['points'][number][] }]));
  for (const { atMs, clocks } of pointsIn(points, window)) {
    for (const { id, low, high } of clocks ?? []) bands.get(id)?.points.push({ x: atMs, low, high });
  }
  return [...bands.values()].filter((band) => band.points.length > 0);
}
