import type { Incident, SeriesPoint } from '@tidemark/core';

/**
 * What the folds are fed with. All that a collector believes follows from these, in their order, and from nothing else: whoever
 * has them has everything.
 */
export type Entry = ReportEntry | TickEntry;

export interface ReportEntry {
  readonly kind: 'report';
  readonly atMs: number;
  /** As it came in: most are packed. */
  readonly body: Uint8Array;
  readonly isPacked: boolean;
}

export interface TickEntry {
  readonly kind: 'tick';
  readonly atMs: number;
}

/** What is to be had longer than memory holds it. The later one of the same incident or second takes the place of the earlier. */
export interface Kept {
  readonly incidents: readonly Incident[];
  /** One each `historyStepMs`. */
  readonly points: readonly SeriesPoint[];
}
