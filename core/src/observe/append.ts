import type { AppendBracket } from '../report.ts';

/**
 * When did the broker append a record of a CreateTime topic? The record does not say. But every fetch response tells how far
 * the partition reached at some moment between the request `asked` and the response `answered`:
 *
 *     offset ≥ highWaterOffset   not there yet when asked    → appended after `asked` (up to replication lag: assumed)
 *     offset < highWaterOffset   there when answered         → appended before `answered` (proved)
 *
 * So the series of fetches brackets the append time of every record, also for a consumer that lags behind. Records come in
 * ascending order, so a cursor finds the bracket without a search. What this cannot tell: the append times while nobody
 * fetched; the bracket is as wide as that pause.
 */
export interface AppendSeries {
  /** Ascending high-water offsets; runs of equal ones are one entry. */
  readonly entries: { highWaterOffset: number; firstAnsweredMs: number; lastAskedMs: number }[];
  /** The bracket below holds for offsets from the one last looked up to below this one. */
  validUntilOffset: number;
  /** NaN: not known. */
  lowMs: number;
  highMs: number;
  /** Raised whenever the bracket changes. */
  serial: number;
}

/** A consumer that lags far behind keeps at most this many fetches; thinning makes brackets wider, never wrong. */
export const maxAppendEntries = 256;

export function createAppendSeries(): AppendSeries {
  return { entries: [], validUntilOffset: Number.NEGATIVE_INFINITY, lowMs: Number.NaN, highMs: Number.NaN, serial: 0 };
}

export function noteHighWater(
  series: AppendSeries,
  fetch: { readonly askedMs: number; readonly answeredMs: number; readonly highWaterOffset: number },
): void {
  const { entries } = series;
  const last = entries[entries.length - 1];
  // A log that was truncated (an unclean election) makes what was known of its end worthless.
  if (last !== undefined && fetch.highWaterOffset < last.highWaterOffset) entries.length = 0;
  else if (last !== undefined && fetch.highWaterOffset === last.highWaterOffset) {
    last.lastAskedMs = fetch.askedMs;
    return;
  }
  if (entries.length >= maxAppendEntries) thin(entries);
  entries.push({
    highWaterOffset: fetch.highWaterOffset,
    firstAnsweredMs: fetch.answeredMs,
    lastAskedMs: fetch.askedMs,
  });
}

/** Moves the bracket to `offset`. Offsets must not go back, except after `createAppendSeries`. */
export function moveToOffset(series: AppendSeries, offset: number): void {
  const { entries } = series;
  while (entries.length > 1 && entries[1]!.highWaterOffset <= offset) entries.shift();
  const first = entries[0];
  const before = first !== undefined && first.highWaterOffset <= offset ? first : undefined;
  const after = before === undefined ? first : entries[1];
  series.lowMs = before?.lastAskedMs ?? Number.NaN;
  series.highMs = after?.firstAnsweredMs ?? Number.NaN;
  series.validUntilOffset = after?.highWaterOffset ?? offset + 1;
  series.serial++;
}

/** Every second entry goes, but for the first and the last: a neighbour's earlier `asked` and later `answered` still hold. */
function thin(entries: AppendSeries['entries']): void {
  let kept = 1;
  for (let i = 2; i < entries.length - 1; i += 2) entries[kept++] = entries[i]!;
  entries[kept++] = entries[entries.length - 1]!;
  entries.length = kept;
}

/** For the wire: NaN becomes absent. */
export function bracketOf(lowMs: number, highMs: number, exact: boolean): AppendBracket {
  return {
    ...(Number.isNaN(lowMs) ? {} : { lowMs }),
    ...(Number.isNaN(highMs) ? {} : { highMs }),
    ...(exact ? { exact: true as const } : {}),
  };
}
