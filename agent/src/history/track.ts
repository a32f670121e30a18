import type { OddTimestamps, PartitionCoverage, PartitionEnd, SkippedOffsets, UnreadableBatch } from './coverage.ts';

/** One partition on its way from its first to its last offset. */
export interface Track {
  readonly partition: number;
  readonly fromOffset: number;
  readonly toOffset: number;
  /** What is to be asked for next; ahead of `nextOffset` by what has been fetched and not yet read. */
  fetchOffset: number;
  nextOffset: number;
  /** Node id of the broker to ask; undefined while it is not known. */
  leader: string | undefined;
  /** Grows where a single batch is larger. */
  maxBytes: number;
  /** After a failure: not asked for again before. */
  notBeforeMs: number;
  /** Since when nothing but failures came. */
  troubledSinceMs: number | undefined;
  end: PartitionEnd;
  records: number;
  bytes: number;
  /** `compacted` is what is left when everything else is counted: see `coverageOf`. */
  readonly skipped: SkippedOffsets;
  readonly timestamps: OddTimestamps;
  readonly unreadable: UnreadableBatch[];
}

const maxListedUnreadable = 100;

export function createTrack(
  partition: number,
  { fromOffset, toOffset }: { readonly fromOffset: number; readonly toOffset: number },
  maxBytes: number,
): Track {
  return {
    partition,
    fromOffset,
    toOffset,
    fetchOffset: fromOffset,
    nextOffset: fromOffset,
    leader: undefined,
    maxBytes,
    notBeforeMs: 0,
    troubledSinceMs: undefined,
    end: fromOffset >= toOffset ? { kind: 'complete' } : { kind: 'reading' },
    records: 0,
    bytes: 0,
    skipped: { compacted: 0, aborted: 0, markers: 0, removed: 0, unreadable: 0 },
    timestamps: { none: 0, before1970: 0, after2262: 0, overwritten: 0 },
    unreadable: [],
  };
}

export function isWanted(track: Track): boolean {
  return track.end.kind === 'reading' && track.fetchOffset < track.toOffset;
}

export function fail(track: Track, why: string): void {
  if (track.end.kind === 'reading') track.end = { kind: 'failed', offset: track.fetchOffset, why };
}

/** Everything below `offset` is handed over or counted. */
export function readUpTo(track: Track, offset: number): void {
  track.nextOffset = Math.max(track.nextOffset, Math.min(offset, track.toOffset));
  if (track.nextOffset >= track.toOffset && track.end.kind === 'reading') track.end = { kind: 'complete' };
}

export function noteUnreadable(track: Track, offset: number, why: string): void {
  if (track.unreadable.length < maxListedUnreadable) track.unreadable.push({ offset, why });
}

/** How many offsets of `[from, to)` are wanted and not yet passed. */
export function wantedOffsets(track: Track, from: number, to: number): number {
  return Math.max(0, Math.min(to, track.toOffset) - Math.max(from, track.nextOffset));
}

export function coverageOf(track: Track): PartitionCoverage {
  const { partition, fromOffset, toOffset, nextOffset, end, records, bytes, skipped, timestamps, unreadable } = track;
  const { aborted, markers, removed, unreadable: unreadableOffsets } = skipped;
  const accounted = records + aborted + markers + removed + unreadableOffsets;
  // What retention took is found out by a fetch, while what was fetched before may still wait to be read.
  const compacted = Math.max(0, nextOffset - fromOffset - accounted);
  return {
    partition,
    fromOffset,
    toOffset,
    nextOffset,
    end,
    records,
    bytes,
    skipped: { ...skipped, compacted },
    timestamps: { ...timestamps },
    unreadable: [...unreadable],
  };
}
