import type { Track } from './track.ts';

export interface Progress {
  readonly records: number;
  readonly bytes: number;
  readonly offsetsDone: number;
  readonly offsetsInAll: number;
  readonly elapsedMs: number;
  readonly recordsPerSecond: number;
  /** Undefined until there is a rate to tell it by. */
  readonly leftMs: number | undefined;
}

export function progressOf(tracks: readonly Track[], elapsedMs: number): Progress {
  const sum = (of: (track: Track) => number): number => tracks.reduce((all, track) => all + of(track), 0);
  const offsetsDone = sum(({ nextOffset, fromOffset }) => nextOffset - fromOffset);
  const offsetsInAll = sum(({ toOffset, fromOffset }) => toOffset - fromOffset);
  const records = sum((track) => track.records);
  return {
    records,
    bytes: sum(({ bytes }) => bytes),
    offsetsDone,
    offsetsInAll,
    elapsedMs,
    recordsPerSecond: elapsedMs > 0 ? (records * 1000) / elapsedMs : 0,
    leftMs: offsetsDone > 0 ? (elapsedMs * (offsetsInAll - offsetsDone)) / offsetsDone : undefined,
  };
}
