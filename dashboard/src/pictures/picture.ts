import { type Culprit, type Incident, type Interval, sourceName } from '@tidemark/core';
import { formatPartition } from '../format.ts';

/**
 * The evidence of an incident as a picture: rows that share one axis of time, most often the stages of a record's way from its
 * producer to the consumer, and lines between them for the ways of single records. How the lines lie is the finding:
 *
 *     made      ━━━━━━━━━━━━━     ━━━━━━━━━━━━━     ━━━━━━━━━━━━━
 *                 ╲ ╲ ╲ ╲│          ╲  ╲  ╲  ╲        │  │  │  │
 *     arrived   ━━        ┃━        ━━━━━━━━━━━━━   ━━━━━━━━━━━━━
 *               to one point:       all alike:      straight down:
 *               held, then let go   a clock, a lag  as it should be
 *
 * Plain data in milliseconds; `panels/picture.ts` gives it a size.
 */
export interface Picture {
  /** What is to be seen, in a sentence or two: the caption, and what is read aloud. */
  readonly caption: string;
  readonly axis: Axis;
  readonly rows: readonly PictureRow[];
  readonly ways: readonly Way[];
  /** Where the start and the end of it can lie. */
  readonly bands: readonly Interval[];
  /** Instants that are named below the axis. */
  readonly ticks: readonly number[];
}

export interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PictureRow {
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly marks?: readonly Mark[];
}

/** `held`: what the incident is about. `gap`: nothing there, and its label says for how long. `unsure`: somewhere in it. */
export interface Bar {
  readonly kind: 'usual' | 'held' | 'gap' | 'unsure';
  readonly fromMs: number;
  readonly toMs: number;
  readonly label?: string;
}

/** `burst`: all at once. `record`: one record that matters. */
export interface Mark {
  readonly kind: 'burst' | 'record';
  readonly atMs: number;
  readonly label?: string;
}

export interface Way {
  readonly fromRow: number;
  readonly fromMs: number;
  readonly toRow: number;
  readonly toMs: number;
}

const room = 0.22;

/** An axis that shows all of this, and something of before and after. */
export function axisAround(instantsMs: readonly number[]): Axis {
  const firstMs = Math.min(...instantsMs);
  const lastMs = Math.max(...instantsMs);
  const roomMs = room * Math.max(1_000, lastMs - firstMs);
  return { fromMs: firstMs - roomMs, toMs: lastMs + roomMs };
}

/** Of `count` instants from one to another, both included. */
export function spread(fromMs: number, toMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => fromMs + (index / (count - 1)) * (toMs - fromMs));
}

/** `the culprit`: who went on meanwhile, and the record that moved the stream time past the others. */
export function moverRow({ culprit, dropped }: Incident, axis: Axis): PictureRow | undefined {
  if (culprit === undefined) return undefined;
  const { fromMs, toMs } = axis;
  const atMs = Math.min(toMs, Math.max(fromMs, appendedMs(culprit)));
  const isLost = dropped.some((drops) => drops.count > 0);
  return {
    name: `${sourceName(culprit.source)} in ${formatPartition(culprit)}: it went on, and the stream time with it`,
    bars: [{ kind: 'usual', fromMs, toMs }],
    marks: [{ kind: 'record', atMs, label: isLost ? 'closed the first lost window' : 'made them late' }],
  };
}

/** The best single guess; where the append was not seen, the event time stands for it. */
export function appendedMs({ append, eventMs }: Culprit): number {
  const { lowMs = append.highMs, highMs = append.lowMs } = append;
  return lowMs === undefined || highMs === undefined ? eventMs : (lowMs + highMs) / 2;
}

export function placesOf({ partitions }: Pick<Incident, 'partitions'>): string {
  const names = partitions.map(formatPartition);
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}
