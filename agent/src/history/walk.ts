import { BadBatch, batchEnd, createBatch, readBatch, readOffsets } from './batch.ts';
import type { FetchedSet } from './fetch-protocol.ts';

/** What a glance at the batches of an answer says. */
export interface Walked {
  /** Up to here they are to be read. */
  readonly end: number;
  /** What to ask for next; undefined: nothing here can be used, and `fault` says why, or no batch is whole. */
  readonly nextOffset: number | undefined;
  readonly fault: BadBatch | undefined;
}

const batch = createBatch();

/**
 * Steps from batch to batch by their lengths, so that the next request can be on its way before these are read. The checksum of
 * the last one is checked, because where it ends decides what is asked for next; if it is wrong that batch is left for the next
 * answer, in which another one follows it.
 */
export function walk(view: DataView, set: FetchedSet, toOffset: number): Walked {
  let at = set.start;
  let lastStart: number | undefined;
  let lastBase = -1;
  let fault: BadBatch | undefined;
  try {
    for (let end = batchEnd(view, at, set.end); end !== undefined; end = batchEnd(view, at, set.end)) {
      readOffsets(view, at, end, batch);
      if (batch.baseOffset >= toOffset && lastStart !== undefined) break;
      if (batch.baseOffset <= lastBase) throw new BadBatch('checksum', 'its offset goes back');
      lastStart = at;
      lastBase = batch.baseOffset;
      at = end;
    }
  } catch (error) {
    fault = badBatch(error);
  }
  if (lastStart === undefined) return { end: set.start, nextOffset: undefined, fault };
  try {
    readBatch(view, lastStart, at, batch);
  } catch (error) {
    fault = badBatch(error);
    if (fault.kind === 'checksum') {
      return { end: lastStart, nextOffset: lastStart === set.start ? undefined : lastBase, fault };
    }
  }
  return { end: at, nextOffset: batch.lastOffset + 1, fault: undefined };
}

export function badBatch(error: unknown): BadBatch {
  if (error instanceof BadBatch) return error;
  throw error;
}
