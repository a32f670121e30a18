import type { FactPart } from '@tidemark/core';
import { el } from '../element.ts';
import { formatPrecise, formatTime, formatUtc } from '../format.ts';

/** Local time, UTC on hover. */
export function time(atMs: number, nowMs: number): HTMLElement {
  return el('time', { title: formatUtc(atMs) }, formatTime(atMs, nowMs));
}

export function cells(values: readonly FactPart[]): (HTMLElement | string)[] {
  return values.map((value) =>
    typeof value === 'string' ? value : el('time', { title: formatUtc(value.atMs) }, formatPrecise(value.atMs)),
  );
}

export interface Column {
  readonly name: string;
  /** Numbers stand right, so that their digits are below each other. */
  readonly number?: true;
}

export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLTableElement {
  const align = (index: number): { class?: string } => (columns[index]?.number ? { class: 'number' } : {});
  return el(
    'table',
    {},
    el('caption', { class: 'sr-only' }, caption),
    el(
      'thead',
      {},
      el('tr', {}, ...columns.map((column, index) => el('th', { scope: 'col', ...align(index) }, column.name))),
    ),
    el(
      'tbody',
      {},
      ...rows.map((row) =>
        el(
          'tr',
          {},
          ...row.map((cell, index) =>
            el(
              index === 0 ? 'th' : 'td',
              { ...(index === 0 ? { scope: 'row' } : { 'data-column': columns[index]?.name }), ...align(index) },
              cell,
            ),
          ),
        ),
      ),
    ),
  );
}

/** A shape besides the colour: nobody has to see red to see trouble. */
export const levelMarks = { none: '–', good: '✓', watch: '!', bad: '✕' } as const;

export function mark(level: keyof typeof levelMarks): HTMLElement {
  return el('span', { class: `mark ${level}`, 'aria-hidden': 'true' }, levelMarks[level]);
}
