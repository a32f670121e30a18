import { BadBatch, batchEnd, createBatch, readBatch, readOffsets } from './batch.ts';
import type { FetchedSet } from './fetch-answer.ts';
import type { GrowingSet } from './growing.ts';

/** What a glance at the batches of an answer says. */
export interface Walked {
  /** Up to here they are to be read. */
  readonly end: number;
  /** What to ask for next; undefined: nothing here can be used, and `fault` says why, or no batch is whole. */
  readonly nextOffset: number | undefined;
  /** What is behind `end` cannot be used, and this is why. */
  readonly fault: BadBatch | undefined;
}

const batch = createBatch();

/**
 * Steps from batch to batch by their lengths, so that the next request can be on its way before these are read. What is asked
 * for next must not hang on a batch that is corrupt: so the checksum of the last one is looked at, and only if it is wrong those
 * of the others. What cannot be believed is left for the next answer, in which something follows that can. What was read ahead has
 * been looked at.
 */
export function walk(payload: Buffer, { set, track, ahead }: GrowingSet): Walked {
  let at = ahead.at;
  let lastStart = -1;
  let fault: BadBatch | undefined;
  try {
    for (let end = batchEnd(payload, at, set.end); end !== undefined; end = batchEnd(payload, at, set.end)) {
      readOffsets(payload, at, end, batch);
      if (batch.baseOffset >= track.toOffset && at > set.start) break;
      lastStart = at;
      at = end;
    }
  } catch (error) {
    fault = badBatch(error);
  }
  const read = { end: ahead.at, nextOffset: ahead.at > set.start ? ahead.previousLast + 1 : undefined };
  if (lastStart < 0) return { ...read, fault };
  const lastFault = faultOf(payload, lastStart, at, set);
  if (lastFault === undefined) return { end: at, nextOffset: batch.lastOffset + 1, fault };
  return { ...lastBelievable(payload, set, read, at), fault: lastFault };
}

type Believable = Omit<Walked, 'fault'>;

/** Behind what was `read`, up to `limit`. */
function lastBelievable(payload: Buffer, set: FetchedSet, read: Believable, limit: number): Believable {
  let found = read;
  for (let at = read.end; at < limit; ) {
    const end = batchEnd(payload, at, limit)!;
    if (faultOf(payload, at, end, set) === undefined) found = { end, nextOffset: batch.lastOffset + 1 };
    at = end;
  }
  return found;
}

/** Undefined if the offsets can be believed, which is so where only the records are not in order. */
function faultOf(payload: Buffer, start: number, end: number, set: FetchedSet): BadBatch | undefined {
  try {
    readBatch(payload, start, end, batch);
  } catch (error) {
    const fault = badBatch(error);
    if (fault.kind !== 'torn') return fault;
  }
  // The checksum does not guard the offset.
  if (batch.lastOffset < set.highWaterOffset) return undefined;
  return new BadBatch('misplaced', 'its offsets are beyond the end of the log');
}

function badBatch(error: unknown): BadBatch {
  if (error instanceof BadBatch) return error;
  throw error;
}
