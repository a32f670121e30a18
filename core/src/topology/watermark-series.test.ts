import { expect, test } from 'vitest';
import { Pipeline } from '../../test/simulated-pipeline.ts';
import { events, shuffle } from '../../test/simulated-shuffle.ts';
import type { SeriesPoint } from '../assess/assessment.ts';
import { seriesBetween } from '../ingest/series.ts';

test('the series has the watermark of each node as it was said then, and a tick tells all that changed', () => {
  const pipeline = new Pipeline();
  const { up, id } = shuffle(pipeline);
  const said = new Map<number, ReadonlyMap<string, number>>();
  const told = new Map<number, SeriesPoint>();
  for (let second = 0; second < 60; second++) {
    if (second === 20) up[1]!.stuck.add('orders/1');
    if (second === 40) up[1]!.stuck.clear();
    pipeline.run(1_000, () => events(pipeline, 0, 1));
    const { topology, revisedFromMs } = pipeline.assessment;
    const known = topology.nodes.flatMap(({ id, watermarkMs }): [string, number][] =>
      watermarkMs === undefined ? [] : [[id, watermarkMs]],
    );
    said.set(pipeline.nowMs, new Map(known));
    for (const point of seriesBetween(pipeline.state, revisedFromMs, pipeline.nowMs)) told.set(point.atMs, point);
  }
  const points = seriesBetween(pipeline.state, Number.NEGATIVE_INFINITY, pipeline.nowMs);
  const drawn = points.filter(({ watermarks }) => watermarks !== undefined);
  expect(drawn.length).toBeGreaterThan(50);
  expect(
    drawn
      .at(-1)!
      .watermarks!.map(({ node }) => node)
      .sort(),
  ).toEqual(['billing', id].sort());
  for (const { atMs, watermarks } of drawn) {
    expect(new Map(watermarks!.map(({ node, watermarkMs }) => [node, watermarkMs]))).toEqual(said.get(atMs));
    expect(told.get(atMs)?.watermarks).toEqual(watermarks);
  }
});
