import type { dialects } from '@tidemark/core';

type WindowCount = Readonly<dialects.WindowCount>;
export type WindowRow = readonly [key: string, start: number, end: number, count: number | null];

export function rowOf({ key, startMs, endMs, count }: WindowCount): WindowRow {
  return [key, startMs, endMs, count];
}

export function removedRowOf({ key, startMs, endMs }: WindowCount): WindowRow {
  return [key, startMs, endMs, null];
}

/** The last result of every window, as a reader of the output topic would hold it. */
export class WindowTable {
  readonly #rows = new Map<string, { task?: number; key: string; start: number; end: number; count: number }>();

  set([key, start, end, count]: WindowRow, task?: number): void {
    const id = `${task ?? ''} ${start} ${end} ${key}`;
    if (count === null) this.#rows.delete(id);
    else this.#rows.set(id, { ...(task === undefined ? {} : { task }), key, start, end, count });
  }

  sorted(): unknown[] {
    return [...this.#rows.values()].sort(
      (one, other) =>
        (one.task ?? 0) - (other.task ?? 0) ||
        (one.key < other.key ? -1 : one.key > other.key ? 1 : 0) ||
        one.start - other.start ||
        one.end - other.end,
    );
  }
}
