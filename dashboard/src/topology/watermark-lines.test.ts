import { expect, test } from 'vitest';
import { pointsOf } from '../../test/story.ts';
import { topologyOf } from '../../test/story-topology.ts';
import { watermarkLines } from './watermark-lines.ts';

const nowMs = 1_772_366_400_000;
const window = { fromMs: nowMs - 299_000, toMs: nowMs + 1_000 };
const topology = topologyOf(nowMs);
const points = pointsOf({ nowMs, topology }, 60);

test('one line for each node, by name, over a scale on which all are seen', () => {
  const { lines, scale } = watermarkLines(topology, points, window);
  expect(lines.map(({ name, points }) => [name, points.length, points[0]?.y, points.at(-1)?.y])).toEqual([
    ['billing', 61, 1, 36.1],
    ['order-counts', 61, 1, 35],
    ['order-counts/by-user', 61, 1, 35.6],
    ['payments', 61, 1, 1.35],
  ]);
  expect(scale.maxS).toBeGreaterThanOrEqual(36);
});

test('of many, those that are held back', () => {
  const nodes = Array.from({ length: 30 }, (_, index) => ({
    ...topology.nodes[0]!,
    id: `n${index}`,
    heldBy: undefined!,
  }));
  const many = { nodes: [...nodes, ...topology.nodes], edges: [] };
  const { lines } = watermarkLines(many, pointsOf({ nowMs, topology: many }, 5), window);
  expect(lines).toHaveLength(6);
  expect(lines.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['billing', 'order-counts', 'order-counts/by-user']),
  );
});

test('a hole is drawn as one', () => {
  const { lines } = watermarkLines(topology, [...points.slice(0, 10), ...points.slice(30)], window);
  expect(lines[0]!.points.filter(({ y }) => Number.isNaN(y))).toHaveLength(1);
});

test.for([
  { why: 'one alone is drawn beside its stream time', nodes: topology.nodes.slice(0, 1), from: points },
  { why: 'nothing is known of the past', nodes: topology.nodes, from: pointsOf({ nowMs }, 60) },
])('no picture: $why', ({ nodes, from }) =>
  expect(watermarkLines({ nodes, edges: [] }, from, window).lines).toEqual([]),
);
