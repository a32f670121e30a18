import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { formatDuration, formatTime, formatUtc } from '../format.ts';
import type { At, ProgressView, Span } from '../progress.ts';
import { baseOptions, behindText, behindTick, type Look, marginsPx, timeAxis, tooltipLook, valueAxis } from './axes.ts';
import type { LineName } from './line-names.ts';
import { dashes } from './palette.ts';

export interface Hidden {
  has(key: string): boolean;
}
/** What is asked of the annotation plugin: a box between two times, a line between two points, words at a point. */
interface Annotation {
  readonly type: 'box' | 'line' | 'label';
  readonly [option: string]: unknown;
}
export const streamTimeKey = 'S';
export const trueTimeKey = 'T';

/** Chart (a): all but its canvas. `colorOf` gives a source the same colour for as long as the page is open. */
export function progressChart(
  view: ProgressView,
  look: Look & { readonly hidden: Hidden; readonly colorOf: (key: string) => number },
): ChartConfiguration<'line', At[]> {
  const { palette } = look;
  const base = { parsing: false as const, pointRadius: 0, pointHitRadius: 0, pointHoverRadius: 4, spanGaps: false };
  const datasets: ChartDataset<'line', At[]>[] = [
    {
      ...base,
      label: 'stream time S',
      data: [...view.streamTime],
      borderColor: palette.streamTime,
      backgroundColor: palette.streamTime,
      borderWidth: 2.5,
      hidden: look.hidden.has(streamTimeKey),
      order: 1,
    },
    {
      ...base,
      label: 'true stream time T',
      data: [...view.trueTime],
      borderColor: palette.trueTime,
      backgroundColor: palette.lead,
      pointBackgroundColor: palette.trueTime,
      borderWidth: 4,
      borderJoinStyle: 'round',
      // What is only an estimate so far is dotted: hindsight may still move it.
      segment: { borderDash: (segment) => ((segment.p1 as unknown as { raw: At }).raw.estimate ? [2, 4] : undefined) },
      fill: look.hidden.has(streamTimeKey) ? false : { target: 0, above: palette.lead, below: palette.lead },
      hidden: look.hidden.has(trueTimeKey),
      order: 3,
    },
    ...view.sources.map((line): ChartDataset<'line', At[]> => {
      const color = palette.sources[look.colorOf(line.key) % palette.sources.length] ?? palette.ink;
      return {
        ...base,
        label: line.name,
        data: [...line.points],
        borderColor: color,
        backgroundColor: color,
        borderWidth: 2,
        borderDash: [...(dashes[look.colorOf(line.key) % dashes.length] ?? [])],
        hidden: look.hidden.has(line.key),
        order: 2,
      };
    }),
  ];
  const nowMs = view.window.toMs;
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...baseOptions(look),
      scales: {
        x: timeAxis(view.window, look),
        y: valueAxis(
          { min: view.scale.minS, max: view.scale.maxS, stepSize: view.scale.stepS, reverse: true, format: behindTick },
          look,
        ),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipLook(look),
          callbacks: {
            title: (items) => (items[0] ? formatTime(items[0].parsed.x ?? 0, nowMs) : ''),
            label: (item) => {
              const { x, y } = item.parsed;
              if (x === null || y === null) return '';
              return ` ${item.dataset.label}: ${behindText(y)} (event time ${formatTime(x - y * 1000, nowMs)})`;
            },
            footer: (items) => (items[0] ? formatUtc(items[0].parsed.x ?? 0) : ''),
          },
        },
        annotation: { annotations: annotationsOf(view, look) },
      },
    },
  };
}

function annotationsOf(view: ProgressView, look: Look & { readonly hidden: Hidden }): Record<string, Annotation> {
  const annotations: Record<string, Annotation> = {
    now: {
      type: 'line',
      yMin: 0,
      yMax: 0,
      borderColor: look.palette.faint,
      borderWidth: 1,
      drawTime: 'beforeDatasetsDraw',
    },
  };
  for (const span of view.spans) Object.assign(annotations, spanBoxes(span, view, look));
  const lead = greatestLead(view);
  if (lead !== undefined && !look.hidden.has(streamTimeKey) && !look.hidden.has(trueTimeKey)) {
    annotations.lead = {
      type: 'line',
      xMin: lead.x,
      xMax: lead.x,
      yMin: lead.top,
      yMax: lead.bottom,
      borderColor: look.palette.trueTime,
      borderWidth: 1.5,
      arrowHeads: { start: { display: true, length: 7, width: 4 }, end: { display: true, length: 7, width: 4 } },
    };
    annotations.leadLabel = leadLabel(lead, view, look);
  }
  return annotations;
}

/** Inside the wedge where it is wide enough, else beside it where there is room. */
function leadLabel(lead: Lead, view: ProgressView, look: Look): Annotation {
  const perPx = msPerPx(view, look);
  const wide = (lead.x - lead.fromX) / perPx > 150;
  const roomRight = (view.window.toMs - lead.x) / perPx > 90;
  const [xValue, position, xAdjust] = wide
    ? [lead.x, 'end', -8]
    : roomRight
      ? [lead.x, 'start', 8]
      : [lead.fromX, 'end', -8];
  return {
    type: 'label',
    xValue,
    yValue: lead.top + (lead.bottom - lead.top) * 0.28,
    xAdjust,
    position: { x: position, y: 'center' },
    content: `lead ${formatDuration((lead.bottom - lead.top) * 1000)}`,
    color: look.palette.ink,
    font: { weight: 'bold', size: 13 },
    padding: 2,
  };
}

function msPerPx(view: ProgressView, look: Look): number {
  const { left, right } = marginsPx(look);
  return (view.window.toMs - view.window.fromMs) / Math.max(1, look.widthPx - left - right);
}

/** At the foot of its span, from its start on; where that would leave the picture, up to its end. */
function spanLabel(span: Span, view: ProgressView, by: { readonly color: string; readonly look: Look }): Annotation {
  const fromMs = Math.max(span.start.lowMs, view.window.fromMs);
  const roomPx = (view.window.toMs - fromMs) / msPerPx(view, by.look);
  const toLeft = roomPx < 16 + span.label.length * 8;
  return {
    type: 'label',
    xValue: toLeft ? Math.min(span.end?.highMs ?? view.window.toMs, view.window.toMs) : fromMs,
    yValue: view.scale.maxS,
    position: { x: toLeft ? 'end' : 'start', y: 'end' },
    xAdjust: toLeft ? -6 : 6,
    yAdjust: -6,
    content: span.label,
    color: by.color,
    font: { weight: 'bold', size: 13 },
    padding: 2,
  };
}

/** The cut itself, and where its ends are not known, lighter. */
function spanBoxes(span: Span, view: ProgressView, look: Look): Record<string, Annotation> {
  const { fill, edge, text } = look.palette.spans[span.kind];
  const { fromMs, toMs } = view.window;
  const clamp = (ms: number): number => Math.min(Math.max(ms, fromMs), toMs);
  const box = (from: number, to: number): Annotation => ({
    type: 'box',
    xMin: clamp(from),
    xMax: clamp(to),
    backgroundColor: fill,
    borderWidth: 0,
    drawTime: 'beforeDatasetsDraw',
  });
  const end = span.end ?? { lowMs: toMs, highMs: toMs };
  const boxes: Record<string, Annotation> = {
    // Twice the same tint: the part that is certain lies in both boxes, the uncertain ends in one.
    [`${span.id}-possible`]: box(span.start.lowMs, end.highMs),
    [`${span.id}-certain`]: {
      ...box(span.start.highMs, Math.max(span.start.highMs, end.lowMs)),
      type: 'box',
    },
    [`${span.id}-label`]: spanLabel(span, view, { color: text, look }),
  };
  const edges: [string, number][] = [['start', (span.start.lowMs + span.start.highMs) / 2]];
  if (span.end !== undefined) edges.push(['end', (span.end.lowMs + span.end.highMs) / 2]);
  for (const [name, at] of edges) {
    if (at < fromMs || at > toMs) continue;
    boxes[`${span.id}-${name}`] = {
      type: 'line',
      xMin: at,
      xMax: at,
      borderColor: edge,
      borderWidth: 1.5,
      borderDash: [4, 3],
      drawTime: 'beforeDatasetsDraw',
    };
  }
  return boxes;
}

interface Lead {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  /** Where the wedge that ends there begins. */
  readonly fromX: number;
}

/** Where stream time and truth are furthest apart; nothing while they agree within what the picture can show. */
export function greatestLead(view: ProgressView): Lead | undefined {
  const behind = new Map(view.streamTime.map((at) => [at.x, at.y]));
  let greatest: Lead | undefined;
  let fromX = view.window.fromMs;
  for (const { x, y } of view.trueTime) {
    const top = behind.get(x);
    if (top === undefined) continue;
    if (y - top < 1) fromX = x;
    if (greatest === undefined || y - top > greatest.bottom - greatest.top) greatest = { x, top, bottom: y, fromX };
  }
  const spread = view.scale.maxS - view.scale.minS;
  return greatest !== undefined && greatest.bottom - greatest.top > Math.max(3, spread / 5) ? greatest : undefined;
}

export function progressNames(
  view: ProgressView,
  look: Look & { readonly hidden: Hidden; readonly colorOf: (key: string) => number },
): LineName[] {
  const { palette } = look;
  const lines: { key: string; name: string; points: readonly At[]; color: string; bold: boolean }[] = [
    { key: streamTimeKey, name: 'stream time', points: view.streamTime, color: palette.streamTime, bold: true },
    { key: trueTimeKey, name: 'true time', points: view.trueTime, color: palette.trueTime, bold: true },
    ...view.sources.map((line) => ({
      ...line,
      color: palette.sources[look.colorOf(line.key) % palette.sources.length] ?? palette.ink,
      bold: false,
    })),
  ];
  const names: LineName[] = [];
  for (const line of lines) {
    const last = line.points.findLast((at) => !Number.isNaN(at.y));
    // A line that ended long ago is not named at the right edge, where it no longer is.
    if (last === undefined || look.hidden.has(line.key) || view.window.toMs - last.x > 5_000) continue;
    names.push({
      text: look.widthPx < 520 ? shortName(line) : line.name,
      color: line.color,
      y: last.y,
      bold: line.bold,
    });
  }
  return names;
}

function shortName(line: { readonly key: string; readonly name: string }): string {
  return line.key === streamTimeKey || line.key === trueTimeKey ? line.key : line.name;
}
