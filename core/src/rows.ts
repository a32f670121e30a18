/**
 * The latest `max` rows of `width` numbers each, in one typed array that grows to its size and then goes round. There is one of
 * these for every source in every partition, and it is copied with each snapshot: an object for each row would take four times
 * the memory, and forty times as long to copy. Plain data, so that the state can hold it.
 */
export interface Rows {
  readonly width: number;
  readonly max: number;
  values: Float64Array;
  /** Where the oldest row is, in rows. */
  first: number;
  length: number;
}

const leastRows = 4;

export function createRows(width: number, max: number): Rows {
  return { width, max, values: new Float64Array(width * Math.min(leastRows, max)), first: 0, length: 0 };
}

export function copyOfRows(rows: Rows): Rows {
  return { ...rows, values: rows.values.slice() };
}

export function isFull({ length, max }: Rows): boolean {
  return length === max;
}

/** The oldest row makes room when they are full. */
export function pushRow(rows: Rows, row: readonly number[]): void {
  if (isFull(rows)) dropOldest(rows);
  if (rows.length === capacityOf(rows)) grow(rows);
  rows.length++;
  const at = startOf(rows, rows.length - 1);
  for (let column = 0; column < rows.width; column++) rows.values[at + column] = row[column]!;
}

export function dropOldest(rows: Rows): void {
  rows.first = (rows.first + 1) % capacityOf(rows);
  rows.length--;
}

export function dropNewest(rows: Rows): void {
  rows.length--;
}

/** `row` 0 is the oldest. */
export function valueAt(rows: Rows, row: number, column: number): number {
  return rows.values[startOf(rows, row) + column]!;
}

export function setValue(rows: Rows, row: number, column: number, value: number): void {
  rows.values[startOf(rows, row) + column] = value;
}

/** Of the newest row; undefined if there is none. */
export function newestValue(rows: Rows, column: number): number | undefined {
  return rows.length === 0 ? undefined : valueAt(rows, rows.length - 1, column);
}

/** A column, oldest first. */
export function columnOf(rows: Rows, column: number): Float64Array {
  const out = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) out[row] = valueAt(rows, row, column);
  return out;
}

/** Rows whose value in `column` is below `limit` stay. Returns how many went. */
export function keepBelow(rows: Rows, column: number, limit: number): number {
  const { width, values, length } = rows;
  let kept = 0;
  for (let row = 0; row < length; row++) {
    const at = startOf(rows, row);
    if (!(values[at + column]! < limit)) continue;
    values.copyWithin(startOf(rows, kept++), at, at + width);
  }
  rows.length = kept;
  return length - kept;
}

function capacityOf({ values, width }: Rows): number {
  return values.length / width;
}

function startOf({ first, values, width }: Rows, row: number): number {
  const at = (first + row) * width;
  return at < values.length ? at : at - values.length;
}

/** Doubles; rows that have gone round are set straight. */
function grow(rows: Rows): void {
  const { width, max, length } = rows;
  const values = new Float64Array(width * Math.min(2 * capacityOf(rows), max));
  for (let row = 0; row < length; row++) {
    const at = startOf(rows, row);
    values.set(rows.values.subarray(at, at + width), row * width);
  }
  rows.values = values;
  rows.first = 0;
}
