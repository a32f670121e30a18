import { el, svg } from '../element.ts';
import { formatTime } from '../format.ts';
import type { Axis, Bar, Mark, Picture } from '../pictures/picture.ts';

const rowPx = 62;
/** Of the line of a row, below its name. */
const linePx = 34;
const footPx = 26;
/** Labels of instants that are closer than this share of the width are written as one. */
const apartPercent = 18;

/** Positions are in percent of the width, so that the words keep their size on a phone. */
export function picturePanel(picture: Picture, nowMs: number): HTMLElement {
  const { axis, rows, ways, bands } = picture;
  const place = placer(axis);
  const lineOf = (row: number): number => row * rowPx + linePx;
  const heightPx = rows.length * rowPx + footPx;
  return el(
    'figure',
    { class: 'drawing' },
    svg(
      'svg',
      { role: 'img', 'aria-label': picture.caption, width: '100%', height: heightPx },
      ...bands.map((band) =>
        svg('rect', {
          class: 'uncertain',
          x: percent(place(band.lowMs)),
          // A hair's breadth at least, so that a sharp bound is seen too.
          width: percent(Math.max(0.4, place(band.highMs) - place(band.lowMs))),
          y: 20,
          height: heightPx - footPx - 20,
        }),
      ),
      ...ways.map((way) =>
        svg('line', {
          class: 'way',
          x1: percent(place(way.fromMs)),
          y1: lineOf(way.fromRow) + 6,
          x2: percent(place(way.toMs)),
          y2: lineOf(way.toRow) - 6,
        }),
      ),
      ...rows.flatMap((row, index) => row.bars.map((bar) => barLine(bar, { place, y: lineOf(index) }))),
      ...rows.flatMap((row, index) => (row.marks ?? []).map((it) => markLine(it, { place, y: lineOf(index) }))),
      // Words last: lines pass under them.
      ...rows.map((row, index) => svg('text', { x: 0, y: lineOf(index) - 17 }, row.name)),
      ...rows.flatMap((row, index) => [
        ...row.bars.map((bar) =>
          label(bar.label, { percent: place((bar.fromMs + bar.toMs) / 2), y: lineOf(index) + 18 }),
        ),
        ...(row.marks ?? []).map((it) => label(it.label, { percent: place(it.atMs), y: lineOf(index) + 22 })),
      ]),
      ...ticks(picture, nowMs).map((tick) => label(tick.text, { percent: tick.percent, y: heightPx - 6 })),
    ),
    el('figcaption', {}, picture.caption, bands.some(isWide) && ' Shaded: where each end can lie.'),
  );
}

/** Positions of instants on an axis, in percent; what lies beyond it, at its end. */
export function placer({ fromMs, toMs }: Axis): (atMs: number) => number {
  return (atMs) => Math.min(100, Math.max(0, ((atMs - fromMs) / (toMs - fromMs)) * 100));
}

/** The times below a picture; neighbours that would be written over each other are one. */
export function ticks(
  { axis, ticks: instants }: Picture,
  nowMs: number,
): { readonly percent: number; readonly text: string }[] {
  const place = placer(axis);
  const made: { percent: number; text: string }[] = [];
  for (const atMs of instants.toSorted((a, b) => a - b)) {
    const last = made.at(-1);
    const text = formatTime(atMs, nowMs);
    if (last === undefined || place(atMs) - last.percent >= apartPercent) made.push({ percent: place(atMs), text });
    else if (last.text !== text) last.text += ` – ${text}`;
  }
  return made;
}

interface At {
  readonly place: (atMs: number) => number;
  readonly y: number;
}

function barLine(bar: Bar, { place, y }: At): SVGElement {
  const [x1, x2] = [percent(place(bar.fromMs)), percent(place(bar.toMs))];
  return svg('line', { class: bar.kind === 'gap' ? 'gap' : `bar ${bar.kind}`, x1, x2, y1: y, y2: y });
}

function markLine(mark: Mark, { place, y }: At): SVGElement {
  const x = percent(place(mark.atMs));
  if (mark.kind === 'record') return svg('circle', { class: 'record', cx: x, cy: y, r: 6 });
  return svg('line', { class: 'burst', x1: x, x2: x, y1: y - 9, y2: y + 9 });
}

/** Centred where it belongs, but for what would run out of the picture at its ends. */
function label(text: string | undefined, at: { readonly percent: number; readonly y: number }): SVGElement | undefined {
  if (text === undefined) return undefined;
  const anchor = at.percent < 16 ? 'start' : at.percent > 84 ? 'end' : 'middle';
  const x =
    anchor === 'start' ? Math.max(0, at.percent - 2) : anchor === 'end' ? Math.min(100, at.percent + 2) : at.percent;
  return svg('text', { x: percent(x), y: at.y, 'text-anchor': anchor, class: 'strong' }, text);
}

/** As SVG wants it. */
export function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}

function isWide({ lowMs, highMs }: { readonly lowMs: number; readonly highMs: number }): boolean {
  return highMs > lowMs;
}
