import type { Topology } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { topologyOf } from '../../test/story-topology.ts';
import { box, layoutOf, maxBoxes } from './layout.ts';
import { nodeRows } from './node-rows.ts';

const nowMs = 1_772_366_400_000;
const held = topologyOf(nowMs);
const calm = topologyOf(nowMs, false);
const edge = (from: string, to: string) => ({ topic: `${from}-${to}`, from, to, by: 'file' }) as const;
const linear = (ids: readonly string[], edges: Topology['edges']): Topology => ({
  nodes: ids.map((id) => ({ ...held.nodes[0]!, id, group: id })),
  edges,
});
const columnsOf = (topology: Topology): { [id: string]: number } => {
  const { boxes } = layoutOf(topology);
  const xs = [...new Set(boxes.map((it) => it.x))].sort((a, b) => a - b);
  return Object.fromEntries(boxes.map((it) => [it.node.id, xs.indexOf(it.x)]));
};

describe('from left to right, as the records go', () => {
  test.for([
    {
      why: 'two ways that meet',
      topology: held,
      want: { 'order-counts': 0, 'order-counts/by-user': 1, payments: 0, billing: 2 },
    },
    {
      why: 'the longest way counts',
      topology: linear(['a', 'b', 'c'], [edge('a', 'c'), edge('b', 'c'), edge('a', 'b')]),
      want: { a: 0, b: 1, c: 2 },
    },
    {
      why: 'a circle is drawn too',
      topology: linear(['a', 'b'], [edge('a', 'b'), edge('b', 'a')]),
      want: { a: 0, b: 1 },
    },
    { why: 'one that reads what it writes is alone', topology: linear(['a'], [edge('a', 'a')]), want: { a: 0 } },
    { why: 'groups for themselves need no picture', topology: linear(['a', 'b'], []), want: {} },
  ])('$why', ({ topology, want }) => expect(columnsOf(topology)).toEqual(want));

  test('no box lies upon another, and all are inside', () => {
    const wide = linear(
      Array.from({ length: 40 }, (_, index) => `n${index}`),
      Array.from({ length: 39 }, (_, index) => edge(`n${index >> 1}`, `n${index + 1}`)),
    );
    const { boxes, more, widthPx, heightPx } = layoutOf(wide);
    expect([boxes.length, more]).toEqual([maxBoxes, 40 - maxBoxes]);
    for (const a of boxes) {
      expect(a.x + box.widthPx <= widthPx && a.y + box.heightPx <= heightPx && a.x >= 0 && a.y >= 0).toBe(true);
      for (const b of boxes) {
        if (a !== b) expect(a.x === b.x && Math.abs(a.y - b.y) < box.heightPx).toBe(false);
      }
    }
  });
});

test('a link that passes a column goes between its boxes', () => {
  const { links, boxes } = layoutOf(held);
  const paid = links.find((link) => link.topics[0] === 'paid')!;
  expect(paid.points).toHaveLength(4);
  const [, entry] = paid.points;
  const passed = boxes.filter((it) => it.x === entry!.x);
  expect(passed.map((it) => it.node.id)).toEqual(['order-counts/by-user']);
  for (const { y } of passed) expect(entry!.y < y || entry!.y > y + box.heightPx).toBe(true);
});

test('the blocker is named, and the way from it to all that it holds back', () => {
  const { boxes, links } = layoutOf(held);
  expect(boxes.filter((it) => it.isBlocker).map((it) => it.node.id)).toEqual(['order-counts']);
  expect(
    boxes
      .filter((it) => it.isHeld)
      .map((it) => it.node.id)
      .sort(),
  ).toEqual(['billing', 'order-counts', 'order-counts/by-user']);
  expect(links.filter((link) => link.isHolding).map((link) => link.topics)).toEqual([
    ['order-counts-by-user-repartition'],
    ['user-counts'],
  ]);
});

test('that one input is the last is no obstacle', () => {
  const { boxes, links } = layoutOf(calm);
  expect(boxes.some((it) => it.isHeld || it.isBlocker) || links.some((link) => link.isHolding)).toBe(false);
});

describe('in words', () => {
  test('those that are held back first, by what and through whom', () => {
    const { rows } = nodeRows(held, nowMs);
    expect(rows.map((row) => row.id)).toEqual(['order-counts', 'billing', 'order-counts/by-user', 'payments']);
    expect(rows[3]?.heldBy).toBe('last in line: payments-0');
    expect(rows[1]?.heldBy).toBe('held back by orders-1, upstream in order-counts: 1,240 records not processed yet');
    expect(rows[1]?.watermark).toMatch(/^W \d\d:\d\d:\d\d, 35 s behind now$/);
  });

  test('idle inputs are left out, and that is said', () =>
    expect(nodeRows(held, nowMs).rows[3]?.notes).toEqual([
      '2 idle inputs are left out, nothing comes there: payments-3, payments-4',
    ]));

  test('what is not known is said', () => {
    const [first] = held.nodes;
    const { watermarkMs: _, ...unknown } = first!;
    const waiting = { ...unknown, inputCounts: { live: 1, behind: 0, idle: 0, unheard: 0 } };
    const idle = { ...unknown, inputCounts: { live: 0, behind: 0, idle: 4, unheard: 0 } };
    const texts = [waiting, idle].map((node) => nodeRows({ nodes: [node], edges: [] }, nowMs).rows[0]?.watermark);
    expect(texts).toEqual(['W unknown: an input has processed nothing yet', 'W unknown: all its inputs are idle']);
  });
});
