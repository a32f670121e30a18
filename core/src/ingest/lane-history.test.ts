import { serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { historyMs } from '../seconds.ts';
import { createLaneHistory, latestOf, maxCells, newestFirst, noteCell, type Span, spanMs } from './lane-history.ts';

interface Cell {
  readonly secondMs: number;
  readonly count: number;
  readonly createdMs: number;
  readonly maxEventMs: number;
  readonly appendMs: number;
}

const startMs = 1_700_000_000_000;

function cellAt(secondMs: number, waitMs = 100): Cell {
  const appendMs = secondMs + 500;
  return { secondMs, count: 3, createdMs: appendMs - waitMs - 200, maxEventMs: appendMs - waitMs, appendMs };
}

function historyOf(cells: readonly Cell[]) {
  const history = createLaneHistory();
  for (const cell of cells) noteCell(history, cell);
  return history;
}

const steady = (seconds: number, everyMs = 1000): Cell[] =>
  Array.from({ length: seconds }, (_, i) => cellAt(startMs + i * everyMs));

describe('the history of a lane', () => {
  test('the latest cells are there as they came, newest first', () => {
    const cells = steady(200);
    const latest = [...newestFirst(historyOf(cells))].slice(0, maxCells);
    expect(latest.map(({ secondMs, lastAppendMs }) => [secondMs, lastAppendMs])).toEqual(
      cells
        .toReversed()
        .slice(0, maxCells)
        .map(({ secondMs, appendMs }) => [secondMs, appendMs]),
    );
  });

  test('a lane that speaks each 15 s has its quarter of an hour cell by cell', () => {
    const spans = [...newestFirst(historyOf(steady(200, 15_000)))];
    expect(spans).toHaveLength(900 / 15 + 1);
    expect(spans.every(({ cells }) => cells === 1)).toBe(true);
  });

  test('what was before is told by spans, nothing twice', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: -5_000, max: 900_000 })), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(steps, (taken) => {
        let secondMs = startMs;
        const cells = taken.map(([seconds, waitMs]) => {
          secondMs += seconds * 1000;
          return cellAt(secondMs, waitMs);
        });
        const before = Map.groupBy(cells.slice(0, -maxCells), (cell) => Math.floor(cell.secondMs / spanMs) * spanMs);
        const spans = [...before].map(([beginMs, of]) => spanOf(beginMs, of)).reverse();
        const want = [...cells.slice(-maxCells).map(alone).reverse(), ...spans];
        const isWithin = ({ secondMs: fromMs }: Span) => fromMs > secondMs - historyMs + spanMs;
        expect([...newestFirst(historyOf(cells))].filter(isWithin)).toEqual(want.filter(isWithin));
      }),
    );
  });

  test('after a silence of more than a quarter of an hour the past is not told as the present', () => {
    const history = historyOf([...steady(900), cellAt(startMs + 3_600_000)]);
    expect([...newestFirst(history)].map(({ secondMs }) => secondMs)).toEqual([startMs + 3_600_000]);
    expect(latestOf(history)?.secondMs).toBe(startMs + 3_600_000);
  });

  test('a span’s times hold to the millisecond, of events that are hours old too', () => {
    const old = Array.from({ length: 100 }, (_, i) => cellAt(startMs + i * 1000, 3 * 3_600_000 + i));
    const [oldest] = [...newestFirst(historyOf(old))].reverse();
    expect(oldest!.createdMs).toBe(Math.min(...old.slice(0, 10).map(({ createdMs }) => createdMs)));
  });

  test('keeps constant space', () => {
    const bytes = (seconds: number) => serialize(historyOf(steady(seconds))).length;
    expect(bytes(100_000)).toBe(bytes(1_000));
    expect(bytes(100_000)).toBeLessThan(6_000);
  });
});

function alone({ appendMs, ...cell }: Cell): Span {
  return { ...cell, lastSecondMs: cell.secondMs, cells: 1, firstAppendMs: appendMs, lastAppendMs: appendMs };
}

function spanOf(beginMs: number, of: readonly Cell[]): Span {
  return {
    secondMs: beginMs,
    lastSecondMs: beginMs + spanMs - 1000,
    cells: of.length,
    count: of.reduce((sum, { count }) => sum + count, 0),
    createdMs: Math.min(...of.map(({ createdMs }) => createdMs)),
    maxEventMs: Math.max(...of.map(({ maxEventMs }) => maxEventMs)),
    firstAppendMs: of[0]!.appendMs,
    lastAppendMs: of.at(-1)!.appendMs,
  };
}
