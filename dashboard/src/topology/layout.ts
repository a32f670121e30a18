import type { Topology, TopologyNode } from '@tidemark/core';
import { byName } from '../view.ts';

/** Where the groups and the topics between them are drawn: from left to right, as the records go. */
export interface Layout {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly boxes: readonly Box[];
  readonly links: readonly Link[];
  /** Nodes that there was no room for. */
  readonly more: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly node: TopologyNode;
  readonly x: number;
  readonly y: number;
  /** What holds it is not its turn: something is behind, paused or not heard of. */
  readonly isHeld: boolean;
  /** Its input holds itself or those after it. */
  readonly isBlocker: boolean;
}

/** Goes through all its points: one that passes a column has a place of its own there. */
export interface Link {
  readonly points: readonly Point[];
  readonly topics: readonly string[];
  /** What holds the right one comes through it. */
  readonly isHolding: boolean;
}

export const box = { widthPx: 214, heightPx: 58 } as const;
const gap = { xPx: 156, yPx: 22 } as const;
const marginPx = 3;
export const maxBoxes = 24;

/** Only those that an edge leads to or from: a group for itself needs no picture. */
export function layoutOf({ nodes, edges }: Topology): Layout {
  const onEdge = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  const linked = nodes.filter((node) => onEdge.has(node.id));
  const shown = linked.toSorted((a, b) => Number(isHeld(b)) - Number(isHeld(a))).slice(0, maxBoxes);
  const column = columnsOf(shown, edges);
  const pairs = [...Map.groupBy(edges, ({ from, to }) => `${from}\n${to}`)].filter(
    ([, [first]]) => first !== undefined && first.from !== first.to && column.has(first.from) && column.has(first.to),
  );
  const slots = slotsOf(shown, column, pairs);
  const tallest = Math.max(0, ...slots.map((those) => those.length));
  const blockers = new Set(shown.flatMap((node) => (isHeld(node) ? (node.heldBy?.node ?? []) : [])));
  /** The upper left corner of a slot; a short column stands in the middle of a tall one. */
  const corner = (key: string, at: number): Point => ({
    x: marginPx + at * (box.widthPx + gap.xPx),
    y:
      marginPx + ((slots[at]?.indexOf(key) ?? 0) + (tallest - (slots[at]?.length ?? 0)) / 2) * (box.heightPx + gap.yPx),
  });
  const boxes = shown.map(
    (node): Box => ({
      node,
      ...corner(node.id, column.get(node.id)!),
      isHeld: isHeld(node),
      isBlocker: blockers.has(node.id),
    }),
  );
  const holding = holdingSteps(shown);
  const links = pairs.map(([key, those]): Link => {
    const { from, to } = those[0]!;
    const [first, last] = [column.get(from)!, column.get(to)!];
    const left = (of: string, at: number): Point => ({ x: corner(of, at).x, y: corner(of, at).y + box.heightPx / 2 });
    const right = (of: string, at: number): Point => ({ ...left(of, at), x: left(of, at).x + box.widthPx });
    const passed = between(first, last).flatMap((at) => [left(key, at), right(key, at)]);
    return {
      points: [right(from, first), ...passed, left(to, last)],
      topics: those.map((edge) => edge.topic).toSorted(byName),
      isHolding: holding.has(key),
    };
  });
  return {
    widthPx: boxes.length === 0 ? 0 : Math.max(...boxes.map((it) => it.x)) + box.widthPx + marginPx,
    heightPx: tallest === 0 ? 0 : 2 * marginPx + tallest * (box.heightPx + gap.yPx) - gap.yPx,
    boxes,
    links,
    more: linked.length - shown.length,
  };
}

/** What stands in each column, from the top: its nodes by name, then the links that pass it. */
function slotsOf(
  nodes: readonly TopologyNode[],
  column: ReadonlyMap<string, number>,
  pairs: readonly (readonly [string, readonly { readonly from: string; readonly to: string }[]])[],
): string[][] {
  const slots: string[][] = [];
  for (const { id } of nodes.toSorted((a, b) => byName(a.id, b.id))) (slots[column.get(id)!] ??= []).push(id);
  for (const [key, [first]] of pairs) {
    for (const at of between(column.get(first!.from)!, column.get(first!.to)!)) slots[at]?.push(key);
  }
  return slots;
}

function between(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from - 1) }, (_, index) => from + 1 + index);
}

/** `live`: one input is always the last; that is no obstacle. */
export function isHeld({ heldBy }: Pick<TopologyNode, 'heldBy'>): boolean {
  return heldBy !== undefined && (heldBy.state !== 'live' || heldBy.paused === true);
}

/** How many topics lie between a node and the outside, at most. A circle is cut where it would go on for ever. */
function columnsOf(nodes: readonly TopologyNode[], edges: Topology['edges']): ReadonlyMap<string, number> {
  const column = new Map(nodes.map((node) => [node.id, 0]));
  for (let round = 0; round < nodes.length; round += 1) {
    let isMoved = false;
    for (const { from, to } of edges) {
      const [before, after] = [column.get(from), column.get(to)];
      if (before === undefined || after === undefined || from === to || after > before) continue;
      if (before + 1 >= nodes.length) continue;
      column.set(to, before + 1);
      isMoved = true;
    }
    if (!isMoved) break;
  }
  // A circle leaves columns empty.
  const used = [...new Set(column.values())].sort((a, b) => a - b);
  return new Map([...column].map(([id, at]) => [id, used.indexOf(at)]));
}

/** Each step of a chain from a held node to the one whose input holds it, as `from\nto`. */
function holdingSteps(nodes: readonly TopologyNode[]): ReadonlySet<string> {
  const steps = new Set<string>();
  for (const node of nodes) {
    if (!isHeld(node)) continue;
    let to = node.id;
    for (const { node: from } of node.heldBy?.via ?? []) {
      steps.add(`${from}\n${to}`);
      to = from;
    }
  }
  return steps;
}
