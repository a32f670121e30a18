import { formatDuration } from '../format.ts';
import type { ProgressView, Span } from '../progress.ts';
import { emptyNote, type Look, marginsPx } from './axes.ts';

export interface Hidden {
  has(key: string): boolean;
}

/** What a reader shows and hides besides the sources, which have keys of their own. */
export const streamTimeKey = 'S';
export const trueTimeKey = 'T';
export const watermarkKey = 'W';

/** What is asked of the annotation plugin: a box between two times, a line between two points, words at a point. */
interface Annotation {
  readonly type: 'box' | 'line' | 'label';
  readonly [option: string]: unknown;
}

/** What is drawn on the lines: now, the cuts, the lead. */
export function annotationsOf(
  view: ProgressView,
  look: Look & { readonly hidden: Hidden },
): Record<string, Annotation> {
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
  const rows = labelRows(view, look);
  view.spans.forEach((span, index) => {
    const before = view.spans.slice(0, index).filter((other) => overlap(span, other, view.window.toMs));
    Object.assign(annotations, spanBoxes(span, view, { look, row: rows[index], isTinted: before.length < maxTints }));
  });
  if (view.empty !== undefined) annotations.none = { type: 'label', ...emptyNote(view.empty, look) };
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
  const wide = (lead.x - lead.fromX) / perPx > 110;
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
    content: `lead ${lead.isAtMost ? 'up to ' : ''}${formatDuration((lead.bottom - lead.top) * 1000)}`,
    color: look.palette.ink,
    font: { weight: 'bold', size: 13 },
    padding: 2,
  };
}

function msPerPx(view: Pick<ProgressView, 'window'>, look: Look): number {
  const { left, right } = marginsPx(look);
  return (view.window.toMs - view.window.fromMs) / Math.max(1, look.widthPx - left - right);
}

/** Where several things happen at once, further tints would only darken what is drawn in them: their edges tell. */
const maxTints = 2;
const maxLabelRows = 5;
const labelRowPx = 17;
const letterPx = 8;

function overlap(a: Span, b: Span, nowMs: number): boolean {
  return a.start.lowMs <= (b.end?.highMs ?? nowMs) && b.start.lowMs <= (a.end?.highMs ?? nowMs);
}

/** Labels that would lie upon each other stand above each other; undefined: there is no row left. */
export function labelRows(view: Pick<ProgressView, 'spans' | 'window'>, look: Look): (number | undefined)[] {
  const taken: (readonly [from: number, to: number])[][] = [];
  return view.spans.map((span) => {
    const { atMs, toLeft } = labelPlace(span, view, look);
    const atPx = (atMs - view.window.fromMs) / msPerPx(view, look);
    const lengthPx = 12 + span.label.length * letterPx;
    const [fromPx, toPx] = toLeft ? [atPx - lengthPx, atPx] : [atPx, atPx + lengthPx];
    for (let row = 0; row < maxLabelRows; row += 1) {
      const those = (taken[row] ??= []);
      if (those.some(([from, to]) => from < toPx && fromPx < to)) continue;
      those.push([fromPx, toPx]);
      return row;
    }
    return undefined;
  });
}

function labelPlace(
  span: Span,
  view: Pick<ProgressView, 'window'>,
  look: Look,
): { readonly atMs: number; readonly toLeft: boolean } {
  const fromMs = Math.max(span.start.lowMs, view.window.fromMs);
  const roomPx = (view.window.toMs - fromMs) / msPerPx(view, look);
  const toLeft = roomPx < 16 + span.label.length * letterPx;
  return { toLeft, atMs: toLeft ? Math.min(span.end?.highMs ?? view.window.toMs, view.window.toMs) : fromMs };
}

/** At the foot of its span, from its start on; where that would leave the picture, up to its end. */
function spanLabel(
  span: Span,
  view: ProgressView,
  by: { readonly color: string; readonly look: Look; readonly row: number },
): Annotation {
  const { atMs, toLeft } = labelPlace(span, view, by.look);
  return {
    type: 'label',
    xValue: atMs,
    yValue: view.scale.maxS,
    position: { x: toLeft ? 'end' : 'start', y: 'end' },
    xAdjust: toLeft ? -6 : 6,
    yAdjust: -6 - by.row * labelRowPx,
    content: span.label,
    color: by.color,
    // An edge of a span may pass beneath it.
    backgroundColor: `${by.look.palette.ground}d0`,
    font: { weight: 'bold', size: 13 },
    padding: 2,
  };
}

/** The cut itself, and where its ends are not known, lighter. */
function spanBoxes(
  span: Span,
  view: ProgressView,
  how: { readonly look: Look; readonly row: number | undefined; readonly isTinted: boolean },
): Record<string, Annotation> {
  const { look, row, isTinted } = how;
  const { fill, edge, text } = look.palette.spans[span.kind];
  const { fromMs, toMs } = view.window;
  const clamp = (ms: number): number => Math.min(Math.max(ms, fromMs), toMs);
  const box = (from: number, to: number): Annotation => ({
    type: 'box',
    xMin: clamp(from),
    xMax: clamp(to),
    backgroundColor: isTinted ? fill : 'transparent',
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
  };
  if (row !== undefined) boxes[`${span.id}-label`] = spanLabel(span, view, { color: text, look, row });
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
  /** It may as well be none: the true stream time there may be close to the stream time. */
  readonly isAtMost: boolean;
}

/** Where stream time and truth are furthest apart; nothing while they agree within what the picture can show. */
export function greatestLead(view: ProgressView): Lead | undefined {
  const behind = new Map(view.streamTime.map((at) => [at.x, at.y]));
  let greatest: Omit<Lead, 'isAtMost'> | undefined;
  let fromX = view.window.fromMs;
  for (const { x, y } of view.trueTime) {
    const top = behind.get(x);
    if (top === undefined) continue;
    if (y - top < 1) fromX = x;
    if (greatest === undefined || y - top > greatest.bottom - greatest.top) greatest = { x, top, bottom: y, fromX };
  }
  const spread = view.scale.maxS - view.scale.minS;
  if (greatest === undefined || greatest.bottom - greatest.top <= Math.max(3, spread / 5)) return undefined;
  const { x, top, bottom } = greatest;
  const highS = view.trueHigh.find((at) => at.x === x)?.y ?? bottom;
  return { ...greatest, isAtMost: highS - top < (bottom - top) / 2 };
}
