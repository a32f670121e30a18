import { type SeriesPoint, type VerdictKind, verdictKinds } from '@tidemark/core';
import type { Window } from './series.ts';

export interface LateBars {
  readonly window: Window;
  readonly binMs: number;
  /** Middle of each bin. */
  readonly xs: readonly number[];
  /** Only verdicts that occur in the window, in the order in which they are stacked. */
  readonly stacks: readonly LateStack[];
  /** Dropped per bin, whatever the verdict. */
  readonly dropped: readonly number[];
  readonly late: number;
  readonly droppedTotal: number;
}

export interface LateStack {
  readonly verdict: VerdictKind;
  readonly late: readonly number[];
  readonly dropped: readonly number[];
  readonly lateTotal: number;
  readonly droppedTotal: number;
}

/** A bar narrower than this shows no pattern, and by the pattern one tells false from true lateness. */
const leastBarPx = 7;
const binsMs = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000] as const;

export function binFor(window: Window, widthPx: number): number {
  const lengthMs = window.toMs - window.fromMs;
  return binsMs.find((binMs) => (widthPx * binMs) / lengthMs >= leastBarPx) ?? 60_000;
}

/** Late records of one task, binned. Bins are multiples of their length, so that a bar does not change while it moves. */
export function lateBarsOf(
  points: readonly SeriesPoint[],
  show: { readonly taskId: string; readonly window: Window; readonly binMs: number },
): LateBars {
  const { window, binMs } = show;
  const firstBin = Math.floor(window.fromMs / binMs);
  const size = Math.floor(window.toMs / binMs) - firstBin + 1;
  const xs = Array.from({ length: size }, (_, index) => (firstBin + index + 0.5) * binMs);
  const late = new Map<VerdictKind, number[]>();
  const dropped = new Map<VerdictKind, number[]>();
  const add = (to: Map<VerdictKind, number[]>, counts: { readonly [K in VerdictKind]?: number }, bin: number): void => {
    for (const [kind, count] of Object.entries(counts) as [VerdictKind, number][]) {
      if (count === 0) continue;
      const row = to.get(kind) ?? new Array<number>(size).fill(0);
      to.set(kind, row);
      row[bin] = (row[bin] ?? 0) + count;
    }
  };
  for (const point of points) {
    const bin = Math.floor(point.atMs / binMs) - firstBin;
    if (bin < 0 || bin >= size) continue;
    const task = point.tasks.find((it) => it.id === show.taskId);
    if (task === undefined) continue;
    add(late, task.lateByVerdict, bin);
    add(dropped, task.droppedByVerdict, bin);
  }
  const none = new Array<number>(size).fill(0);
  const stacks = verdictKinds
    .filter((verdict) => late.has(verdict) || dropped.has(verdict))
    .map((verdict) => {
      const lateRow = late.get(verdict) ?? none;
      const droppedRow = dropped.get(verdict) ?? none;
      return { verdict, late: lateRow, dropped: droppedRow, lateTotal: sum(lateRow), droppedTotal: sum(droppedRow) };
    });
  return {
    window,
    binMs,
    xs,
    stacks,
    dropped: none.map((_, bin) => sum(stacks.map((stack) => stack.dropped[bin] ?? 0))),
    late: sum(stacks.map((stack) => stack.lateTotal)),
    droppedTotal: sum(stacks.map((stack) => stack.droppedTotal)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
