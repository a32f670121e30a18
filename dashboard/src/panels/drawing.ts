/**
 * The evidence as a picture. A cut: when events were made against when they reached the broker. During a cut the upper row
 * goes on and the lower has a hole, then everything arrives at once; an idle source has a hole in both rows. Positions are
 * in percent of the width, so that the words keep their size on a phone.
 */
import type { Ahead } from '@tidemark/core';
import { el, svg } from '../element.ts';
import { formatDuration, formatOffset, formatTime } from '../format.ts';
import type { Drawing } from '../incident-view.ts';

type Cut = Extract<Drawing, { kind: 'cut' }>;

export function drawingPanel(drawing: Drawing, nowMs: number): HTMLElement {
  return drawing.kind === 'cut' ? cutDrawing(drawing, nowMs) : aheadDrawing(drawing.source, drawing.ahead, nowMs);
}

/** Positions of instants between two, in percent with room at both sides. */
function placer(fromMs: number, toMs: number): (atMs: number) => number {
  const length = Math.max(1, toMs - fromMs);
  return (atMs) => Math.min(100, Math.max(0, ((atMs - fromMs) / length) * 100));
}

const rows = { made: 44, arrived: 108 } as const;
const heightPx = 158;

function cutDrawing(cut: Cut, nowMs: number): HTMLElement {
  const { silence, start, end } = cut;
  const { firstHeldEventMs } = silence;
  const lasts = end === undefined || firstHeldEventMs === undefined;
  const endAt = end ?? { lowMs: nowMs, highMs: nowMs };
  const cutMs = Math.max(1_000, endAt.highMs - start.lowMs);
  const place = placer(Math.min(start.lowMs, silence.lastEventMs) - 0.22 * cutMs, endAt.highMs + 0.22 * cutMs);
  const percent = (atMs: number): string => `${place(atMs).toFixed(2)}%`;
  const bar = (kind: string, y: number, fromMs: number, toMs: number): SVGElement =>
    svg('line', { class: `bar ${kind}`, x1: percent(fromMs), x2: percent(toMs), y1: y, y2: y });
  const endMs = (endAt.lowMs + endAt.highMs) / 2;
  const startMs = (start.lowMs + start.highMs) / 2;
  const beyond = endAt.highMs + cutMs;
  const connectors = lasts
    ? []
    : [0, 0.2, 0.4, 0.6, 0.8, 1].map((part) => {
        const madeMs = firstHeldEventMs + part * (endMs - firstHeldEventMs);
        return svg('line', {
          class: 'way',
          x1: percent(madeMs),
          y1: rows.made + 6,
          x2: percent(endMs),
          y2: rows.arrived - 6,
        });
      });
  const text = (x: string, y: number, anchor: string, ...words: string[]): SVGElement =>
    svg('text', { x, y, 'text-anchor': anchor }, ...words);
  const label = lasts
    ? `Nothing of ${cut.source} has reached the broker since ${formatTime(startMs, nowMs)}.`
    : `${cut.source} made events throughout, but between ${formatTime(startMs, nowMs)} and ${formatTime(endMs, nowMs)} none reached the broker; then all came at once.`;
  return el(
    'figure',
    { class: 'drawing' },
    svg(
      'svg',
      { role: 'img', 'aria-label': label, width: '100%', height: heightPx },
      uncertain(place, start),
      !lasts && uncertain(place, endAt),
      text('0', rows.made - 16, 'start', `when ${cut.source} made its events`),
      bar('usual', rows.made, startMs - cutMs, silence.lastEventMs),
      !lasts && bar('held', rows.made, firstHeldEventMs, endMs),
      !lasts && bar('usual', rows.made, endMs, beyond),
      ...connectors,
      text('0', rows.arrived - 16, 'start', 'when they reached the broker'),
      bar('usual', rows.arrived, startMs - cutMs, startMs),
      svg('line', { class: 'gap', x1: percent(startMs), x2: percent(endMs), y1: rows.arrived, y2: rows.arrived }),
      text(
        `${((place(startMs) + place(endMs)) / 2).toFixed(2)}%`,
        rows.arrived + 18,
        'middle',
        `nothing for ${formatDuration(endMs - startMs)}`,
      ),
      !lasts && bar('usual', rows.arrived, endMs, beyond),
      !lasts &&
        svg('line', {
          class: 'burst',
          x1: percent(endMs),
          x2: percent(endMs),
          y1: rows.arrived - 9,
          y2: rows.arrived + 9,
        }),
      text(percent(startMs), heightPx - 6, 'middle', formatTime(startMs, nowMs)),
      !lasts && text(percent(endMs), heightPx - 6, 'middle', formatTime(endMs, nowMs)),
    ),
    el(
      'figcaption',
      {},
      label,
      start.highMs > start.lowMs || endAt.highMs > endAt.lowMs ? ' Shaded: where each end of the cut can lie.' : '',
    ),
  );
}

/** Where an end of the cut can lie; a hair's breadth at least, so that a sharp bound is seen too. */
function uncertain(
  place: (atMs: number) => number,
  at: { readonly lowMs: number; readonly highMs: number },
): SVGElement {
  const from = place(at.lowMs);
  const width = Math.max(0.4, place(at.highMs) - from);
  return svg('rect', {
    class: 'uncertain',
    x: `${from.toFixed(2)}%`,
    width: `${width.toFixed(2)}%`,
    y: 20,
    height: heightPx - 42,
  });
}

function aheadDrawing(source: string, ahead: Ahead, nowMs: number): HTMLElement {
  const { record } = ahead;
  const appendedMs = record.append.highMs ?? record.eventMs - ahead.aheadMs.lowMs;
  const spread = Math.max(1, record.eventMs - appendedMs);
  const place = placer(appendedMs - 0.4 * spread, record.eventMs + 0.4 * spread);
  const [low, high] = [`${place(appendedMs).toFixed(2)}%`, `${place(record.eventMs).toFixed(2)}%`];
  const by = formatOffset(record.eventMs - appendedMs);
  const label = `${source} stamped a record ${formatTime(record.eventMs, nowMs)} that the broker had by ${formatTime(appendedMs, nowMs)}: its clock is at least ${by} off.`;
  return el(
    'figure',
    { class: 'drawing' },
    svg(
      'svg',
      { role: 'img', 'aria-label': label, width: '100%', height: 104 },
      svg('line', { class: 'axis', x1: '0', x2: '100%', y1: 56, y2: 56 }),
      svg('line', { class: 'bar held', x1: low, x2: high, y1: 56, y2: 56 }),
      svg('line', { class: 'burst', x1: low, x2: low, y1: 46, y2: 66 }),
      svg('line', { class: 'burst', x1: high, x2: high, y1: 46, y2: 66 }),
      svg('text', { x: low, y: 34, 'text-anchor': 'middle' }, 'at the broker by'),
      svg('text', { x: high, y: 34, 'text-anchor': 'middle' }, 'its own stamp'),
      svg('text', { x: '50%', y: 82, 'text-anchor': 'middle', class: 'strong' }, by),
      svg('text', { x: low, y: 98, 'text-anchor': 'middle' }, formatTime(appendedMs, nowMs)),
      svg('text', { x: high, y: 98, 'text-anchor': 'middle' }, formatTime(record.eventMs, nowMs)),
    ),
    el('figcaption', {}, label),
  );
}
