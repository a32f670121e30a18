import { el, svg } from '../element.ts';
import { type Box, box, type Layout, type Link, type Point } from '../topology/layout.ts';
import { type NodeRow, watermarkText } from '../topology/node-rows.ts';
import { moreText, type Shown } from '../view.ts';
import { mark } from './parts.ts';

const shownLetters = { topic: 20, name: 26 } as const;

/** The graph, when there is one, and below it each node in words. */
export function topologyPanel(layout: Layout, rows: Shown<NodeRow>, nowMs: number): HTMLElement[] {
  return [
    ...(layout.boxes.length === 0
      ? []
      : [
          el(
            'div',
            { class: 'scroll', 'data-key': 'graph' },
            svg(
              'svg',
              {
                class: 'graph',
                role: 'img',
                'aria-label': 'Consumer groups and the topics between them; the list below says the same',
                width: layout.widthPx,
                height: layout.heightPx,
              },
              ...layout.links.map(linkLine),
              ...layout.links.map(linkName),
              ...layout.boxes.map((it) => nodeBox(it, nowMs)),
            ),
          ),
          el('p', { class: 'more', 'data-key': 'graph-more' }, moreText({ rows: [], more: layout.more })),
        ]),
    el(
      'ul',
      { class: 'findings', 'data-key': 'nodes' },
      ...rows.rows.map((row) =>
        el(
          'li',
          { 'data-key': row.id },
          mark(row.isHeld ? 'watch' : 'good'),
          el(
            'div',
            {},
            el('b', {}, row.id),
            `: ${row.watermark}`,
            row.heldBy !== undefined && el('span', { class: row.isHeld ? 'holds' : 'last' }, row.heldBy),
            ...row.notes.map((note) => el('small', {}, note)),
          ),
        ),
      ),
    ),
    el('p', { class: 'more', 'data-key': 'more' }, moreText(rows)),
  ];
}

function nodeBox({ node, x, y, isHeld, isBlocker }: Box, nowMs: number): SVGElement {
  const { id } = node;
  const watermark = watermarkText(node, nowMs);
  const kind = isBlocker ? 'blocker' : isHeld ? 'held-node' : '';
  const told = isBlocker ? '! its input holds' : isHeld ? 'held from before it' : '';
  return svg(
    'g',
    { class: `node ${kind}`, 'data-key': id },
    svg('title', {}, `${id}: ${watermark}`),
    svg('rect', { x, y, width: box.widthPx, height: box.heightPx, rx: 8 }),
    svg('text', { class: 'name', x: x + 10, y: y + 19 }, shortened(id, shownLetters.name)),
    svg('text', { x: x + 10, y: y + 36 }, watermark),
    svg('text', { class: 'told', x: x + 10, y: y + 51 }, told),
  );
}

function linkLine({ points, isHolding }: Link): SVGElement {
  const last = points.at(-1)!;
  const path = points.slice(1).map((to, index) => {
    const from = points[index]!;
    const bend = Math.max(40, Math.abs(to.x - from.x) / 2);
    const x = to === last ? to.x - 7 : to.x;
    return `C${from.x + bend} ${from.y} ${x - bend} ${to.y} ${x} ${to.y}`;
  });
  return svg(
    'g',
    { class: isHolding ? 'link holding' : 'link' },
    svg('path', { d: `M${points[0]!.x} ${points[0]!.y}${path.join('')}` }),
    svg('path', { class: 'tip', d: `M${last.x} ${last.y}l-8 -5v10z` }),
  );
}

/** Where the link leaves its node, on the side from which it bends away. */
function linkName({ points, topics }: Link): SVGElement {
  const text = topics.length === 1 ? topics[0]! : `${topics[0]} and ${topics.length - 1} more`;
  const [from, to] = points as [Point, Point];
  return svg(
    'text',
    { class: 'topic', x: from.x + 6, y: to.y < from.y ? from.y + 16 : from.y - 7 },
    svg('title', {}, topics.join(', ')),
    shortened(text, shownLetters.topic),
  );
}

/** The end of a name tells more than its middle: `order-…-repartition`. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}
