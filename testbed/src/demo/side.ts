import type { OffsetSet } from './ranges.ts';

/** What happened in a story, as one of the two sides tells it. All keys are always there; `null` where nothing is to be told. */
export interface Side {
  /** When B was cut off. */
  readonly cut: readonly [startMs: number, endMs: number] | null;
  /** Who caused it, by name. */
  readonly source: string | null;
  readonly droppedOffsets: OffsetSet;
  /** One an incident: the record that closed its first lost window. */
  readonly culprits: readonly { readonly partition: number; readonly offset: number }[];
  /** Whether someone who was not cut off is accused of it. */
  readonly idleAccused: boolean;
}

/** Tidemark's side: instants are only known to lie in bounds. */
export interface Said extends Side {
  readonly cutBounds: readonly [start: Bounds, end: Bounds] | null;
}

export type Bounds = readonly [lowMs: number, highMs: number];
