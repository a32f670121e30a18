import { createRows, dropOldest, isFull, pushRow, type Rows, valueAt } from '../rows.ts';
import { historyMs } from '../seconds.ts';

/**
 * What came of a lane in the last quarter of an hour, in constant space however much it was: the latest cells as they came, and
 * what was before them by spans of ten seconds.
 *
 *     900 s ago                                              ~60 s ago          now
 *       ├── span ──┼── span ──┼─ … ─┼── span ──┼── span ──┤ │ │ │ │ │ │ │ │ │ │ │
 *                   least, greatest, first and last of 10 s     cell by cell
 *
 * A lane that speaks rarely has all of it cell by cell: cells are counted, not timed. Spans begin where the steps do that outlive
 * memory (`historyStepMs` of the store). What cannot be told of a span: what was when within it.
 */
export interface LaneHistory {
  readonly cells: Rows;
  /** Allotted when the first cell is too old for `cells`; a slot for each span, which its successors of later rounds overwrite. */
  spans: Float32Array | undefined;
}

/** Several cells of a lane as one, or one alone. Times are true times (`arrival.ts`). */
export interface Span {
  /** The first and last second in which they can have been processed. */
  readonly secondMs: number;
  readonly lastSecondMs: number;
  readonly cells: number;
  readonly count: number;
  /** The smallest creation time and the highest event time among their records. */
  readonly createdMs: number;
  readonly maxEventMs: number;
  /** When the last record of the first cell, and of the last one, was appended. */
  readonly firstAppendMs: number;
  readonly lastAppendMs: number;
}

export const maxCells = 64;
export const spanMs = 10_000;
const column = { second: 0, count: 1, created: 2, maxEvent: 3, append: 4 } as const;
const slots = historyMs / spanMs + 1;
/** Of a slot. Times as the distance from the span's begin, so that a short float holds them to the millisecond. */
const part = { round: 0, cells: 1, count: 2, created: 3, maxEvent: 4, firstAppend: 5, lastAppend: 6 } as const;
const width = 7;

export function createLaneHistory(): LaneHistory {
  return { cells: createRows(5, maxCells), spans: undefined };
}

/** Another cell; seconds do not go back, except where a clock was set. */
export function noteCell(
  history: LaneHistory,
  cell: Pick<Span, 'secondMs' | 'count' | 'createdMs' | 'maxEventMs'> & { readonly appendMs: number },
): void {
  const { cells } = history;
  while (cells.length > 0 && valueAt(cells, 0, column.second) < cell.secondMs - historyMs) dropOldest(cells);
  if (isFull(cells)) addToSpan(history, cellAt(cells, 0));
  pushRow(cells, [cell.secondMs, cell.count, cell.createdMs, cell.maxEventMs, cell.appendMs]);
}

export function isEmpty({ cells }: LaneHistory): boolean {
  return cells.length === 0;
}

/** Undefined: nothing came yet. */
export function latestOf({ cells }: LaneHistory): Span | undefined {
  return cells.length === 0 ? undefined : cellAt(cells, cells.length - 1);
}

/** Cells, then spans, each older than the one before. */
export function* newestFirst({ cells, spans }: LaneHistory): Generator<Span, void, undefined> {
  for (let row = cells.length - 1; row >= 0; row--) yield cellAt(cells, row);
  if (spans === undefined || cells.length === 0) return;
  const latest = Math.floor(valueAt(cells, cells.length - 1, column.second) / spanMs);
  for (let number = latest; number > latest - slots; number--) {
    const at = slotOf(number);
    if (spans[at + part.round] === roundOf(number)) yield spanAt(spans, at, number * spanMs);
  }
}

function cellAt(cells: Rows, row: number): Span {
  const secondMs = valueAt(cells, row, column.second);
  const appendMs = valueAt(cells, row, column.append);
  return {
    secondMs,
    lastSecondMs: secondMs,
    cells: 1,
    count: valueAt(cells, row, column.count),
    createdMs: valueAt(cells, row, column.created),
    maxEventMs: valueAt(cells, row, column.maxEvent),
    firstAppendMs: appendMs,
    lastAppendMs: appendMs,
  };
}

function spanAt(spans: Float32Array, at: number, beginMs: number): Span {
  return {
    secondMs: beginMs,
    lastSecondMs: beginMs + spanMs - 1000,
    cells: spans[at + part.cells]!,
    count: spans[at + part.count]!,
    createdMs: beginMs + spans[at + part.created]!,
    maxEventMs: beginMs + spans[at + part.maxEvent]!,
    firstAppendMs: beginMs + spans[at + part.firstAppend]!,
    lastAppendMs: beginMs + spans[at + part.lastAppend]!,
  };
}

function addToSpan(history: LaneHistory, cell: Span): void {
  history.spans ??= new Float32Array(slots * width);
  const { spans } = history;
  const number = Math.floor(cell.secondMs / spanMs);
  const at = slotOf(number);
  const beginMs = number * spanMs;
  const before = spans[at + part.round] === roundOf(number) ? spanAt(spans, at, beginMs) : undefined;
  const one = before === undefined ? cell : together(before, cell);
  spans[at + part.round] = roundOf(number);
  spans[at + part.cells] = one.cells;
  spans[at + part.count] = one.count;
  spans[at + part.created] = one.createdMs - beginMs;
  spans[at + part.maxEvent] = one.maxEventMs - beginMs;
  spans[at + part.firstAppend] = one.firstAppendMs - beginMs;
  spans[at + part.lastAppend] = one.lastAppendMs - beginMs;
}

function together(before: Span, cell: Span): Omit<Span, 'secondMs' | 'lastSecondMs'> {
  return {
    cells: before.cells + cell.cells,
    count: before.count + cell.count,
    createdMs: Math.min(before.createdMs, cell.createdMs),
    maxEventMs: Math.max(before.maxEventMs, cell.maxEventMs),
    firstAppendMs: Math.min(before.firstAppendMs, cell.firstAppendMs),
    lastAppendMs: Math.max(before.lastAppendMs, cell.lastAppendMs),
  };
}

/** Where the slot of this span begins. */
function slotOf(number: number): number {
  return (((number % slots) + slots) % slots) * width;
}

/** From 1 on: an empty slot is of round 0. */
function roundOf(number: number): number {
  return Math.floor(number / slots) + 1;
}
