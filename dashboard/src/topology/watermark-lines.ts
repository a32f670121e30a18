import type { SeriesPoint, Topology } from '@tidemark/core';
import { type At, type Line, maxLines, type ProgressView, scaleOf } from '../progress.ts';
import { endOfSecond, holeMs, pointsIn, type Window } from '../series.ts';
import { byName } from '../view.ts';
import { ranked } from './node-rows.ts';

export interface WatermarkView {
  readonly window: Window;
  readonly lines: readonly Line[];
  readonly scale: ProgressView['scale'];
}

/**
 * How far behind the wall clock the watermark of each node was, by name; if there are many, of those that something holds back.
 * One alone is drawn beside its stream time.
 */
export function watermarkLines(topology: Topology, points: readonly SeriesPoint[], window: Window): WatermarkView {
  const lines = new Map<string, At[]>(
    ranked(topology)
      .slice(0, maxLines)
      .map(({ id }): [string, At[]] => [id, []])
      .sort(([a], [b]) => byName(a, b)),
  );
  for (const { atMs, watermarks = [] } of pointsIn(points, window)) {
    const x = endOfSecond(atMs);
    for (const { node, watermarkMs } of watermarks) {
      const line = lines.get(node);
      const before = line?.at(-1);
      if (before !== undefined && x - before.x > holeMs) line!.push({ x: x - 1, y: Number.NaN });
      line?.push({ x, y: (x - watermarkMs) / 1000 });
    }
  }
  const known = [...lines]
    .filter(([, at]) => at.length > 0)
    .map(([id, at]) => ({ key: `node:${id}`, name: id, points: at }));
  const drawn = known.length > 1 ? known : [];
  return { window, lines: drawn, scale: scaleOf(drawn.flatMap((line) => line.points)) };
}
