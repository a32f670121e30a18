import type { SeriesPoint, VerdictKind } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { binFor, lateBarsOf } from './late-bars.ts';

type Counts = { readonly [K in VerdictKind]?: number };
const point = (atMs: number, late: Counts, dropped: Counts = {}, id = 't'): SeriesPoint => ({
  atMs,
  tasks: [{ id, hindsight: true, sources: [], lateByVerdict: late, droppedByVerdict: dropped }],
  hosts: [],
});
const show = (binMs: number) => ({ taskId: 't', window: { fromMs: 10_000, toMs: 20_000 }, binMs });

describe('bars', () => {
  test('one a second, stacked in the order of the verdicts, not of their coming', () => {
    const bars = lateBarsOf(
      [
        point(11_000, { outOfOrderSource: 2 }),
        point(12_000, { producerCutOff: 7, outOfOrderSource: 1 }, { producerCutOff: 5 }),
      ],
      show(1_000),
    );
    expect(bars.stacks.map((stack) => [stack.verdict, stack.lateTotal, stack.droppedTotal])).toEqual([
      ['producerCutOff', 7, 5],
      ['outOfOrderSource', 3, 0],
    ]);
    expect([bars.late, bars.droppedTotal]).toEqual([10, 5]);
    expect(bars.xs[1]).toBe(11_500);
    expect(bars.stacks[1]?.late.slice(0, 4)).toEqual([0, 2, 1, 0]);
    expect(bars.dropped.slice(0, 4)).toEqual([0, 0, 5, 0]);
  });

  test('wider bins hold the same records', () => {
    const points = Array.from({ length: 10 }, (_, second) => point(10_000 + second * 1_000, { ordinary: second }));
    for (const binMs of [1_000, 2_000, 5_000]) expect(lateBarsOf(points, show(binMs)).late).toBe(45);
    expect(lateBarsOf(points, show(5_000)).stacks[0]?.late).toEqual([10, 35, 0]);
  });

  test('a bin keeps its place while the window moves over it', () => {
    const points = [point(15_000, { backfill: 4 })];
    const at = (fromMs: number): number => {
      const bars = lateBarsOf(points, { taskId: 't', window: { fromMs, toMs: fromMs + 10_000 }, binMs: 5_000 });
      return bars.xs[bars.stacks[0]!.late.findIndex((count) => count > 0)]!;
    };
    expect([at(10_000), at(11_000), at(14_000)]).toEqual([17_500, 17_500, 17_500]);
  });

  test('other tasks and other times are not counted', () => {
    const points = [
      point(9_000, { backfill: 1 }),
      point(12_000, { backfill: 1 }, {}, 'other'),
      point(30_000, { backfill: 1 }),
    ];
    expect(lateBarsOf(points, show(1_000))).toMatchObject({ late: 0, stacks: [] });
  });
});

describe('bars are wide enough to show their pattern', () => {
  test.for([
    { why: 'two minutes on a desk', minutes: 2, px: 900, want: 1_000 },
    { why: 'five minutes on a desk', minutes: 5, px: 900, want: 5_000 },
    { why: 'a quarter of an hour on a desk', minutes: 15, px: 900, want: 10_000 },
    { why: 'a quarter of an hour on a phone', minutes: 15, px: 300, want: 30_000 },
  ])('$why', ({ minutes, px, want }) => expect(binFor({ fromMs: 0, toMs: minutes * 60_000 }, px)).toBe(want));
});
