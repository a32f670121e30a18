import type { Chart, Plugin } from 'chart.js';

/** A name for each line beside its end, in its colour, so that nobody has to go back and forth to a legend. */
export interface LineName {
  readonly text: string;
  readonly color: string;
  readonly y: number;
  readonly bold?: boolean;
}

export interface LineNames {
  readonly names: readonly LineName[];
}

const apartPx = 15;

/** Where each name goes: at the end of its line, pushed apart so that none covers another, inside the chart. */
export function placeNames(
  wantedPx: readonly number[],
  area: { readonly top: number; readonly bottom: number },
): number[] {
  const order = wantedPx.map((px, index) => ({ px: Math.min(Math.max(px, area.top), area.bottom), index }));
  // Lines that lie upon each other keep the order in which they were given.
  order.sort((a, b) => bucket(a.px) - bucket(b.px) || a.index - b.index);
  let lowest = Number.NEGATIVE_INFINITY;
  for (const it of order) {
    it.px = Math.max(it.px, lowest + apartPx);
    lowest = it.px;
  }
  // What was pushed out at the bottom moves up again, and pushes those above it.
  let highest = area.bottom + apartPx;
  for (const it of order.toReversed()) {
    it.px = Math.min(it.px, highest - apartPx);
    highest = it.px;
  }
  const placed: number[] = [];
  for (const { px, index } of order) placed[index] = px;
  return placed;
}

function bucket(px: number): number {
  return Math.round(px / apartPx);
}

/** The names that a chart's plugin draws, set anew with its data. */
const namesOf = new WeakMap<Chart, LineNames>();

export function setLineNames(chart: Chart, names: LineNames): void {
  namesOf.set(chart, names);
}

export const lineNamesPlugin: Plugin = {
  id: 'lineNames',
  afterDatasetsDraw(chart) {
    const names = namesOf.get(chart)?.names ?? [];
    const scale = chart.scales.y;
    if (scale === undefined || names.length === 0) return;
    const { ctx, chartArea } = chart;
    const wanted = names.map((name) => scale.getPixelForValue(name.y));
    const placed = placeNames(wanted, chartArea);
    ctx.save();
    ctx.textBaseline = 'middle';
    names.forEach((name, index) => {
      ctx.fillStyle = name.color;
      ctx.font = `${name.bold ? '600 ' : ''}12px ${getComputedStyle(chart.canvas).fontFamily}`;
      const beyond = (wanted[index] ?? 0) > chartArea.bottom + 1;
      const room = chart.width - chartArea.right - 8;
      ctx.fillText(fit(ctx, beyond ? `${name.text} ↓` : name.text, room), chartArea.right + 6, placed[index] ?? 0);
    });
    ctx.restore();
  },
};

function fit(ctx: CanvasRenderingContext2D, text: string, roomPx: number): string {
  if (ctx.measureText(text).width <= roomPx) return text;
  let kept = text;
  while (kept.length > 1 && ctx.measureText(`${kept}…`).width > roomPx) kept = kept.slice(0, -1);
  return `${kept}…`;
}
