import type { Culprit, LateCell } from '../report.ts';
import { createSketch, type MutableSketch } from '../sketch.ts';
import { dropsOf, type OpenDrops } from './drops.ts';

/** The late records of an open cell; made with the first of them. */
export interface OpenLate {
  count: number;
  readonly firstOffset: number;
  lastOffset: number;
  minEventMs: number;
  maxEventMs: number;
  minStreamTimeMs: number;
  maxStreamTimeMs: number;
  outOfOrder: number;
  maxLatenessMs: number;
  readonly latenessMs: MutableSketch;
  lastAppendMs: number;
  culprit: Culprit;
  culpritLatenessMs: number;
  readonly dropped: OpenDrops[];
}

export function createOpenLate(record: { offset: number }, culprit: Culprit): OpenLate {
  return {
    count: 0,
    firstOffset: record.offset,
    lastOffset: record.offset,
    minEventMs: Number.POSITIVE_INFINITY,
    maxEventMs: Number.NEGATIVE_INFINITY,
    minStreamTimeMs: Number.POSITIVE_INFINITY,
    maxStreamTimeMs: Number.NEGATIVE_INFINITY,
    outOfOrder: 0,
    maxLatenessMs: 0,
    latenessMs: createSketch(),
    lastAppendMs: Number.NaN,
    culprit,
    culpritLatenessMs: 0,
    dropped: [],
  };
}

export function closedLate(late: OpenLate): LateCell {
  const { lastAppendMs, dropped, culpritLatenessMs: _, ...rest } = late;
  return {
    ...rest,
    ...(Number.isNaN(lastAppendMs) ? {} : { lastAppendMs }),
    dropped: dropped.filter((drops) => drops.count > 0).map(dropsOf),
  };
}
