import type { Block, Keys } from '../src/history/block.ts';
import type { PartitionCoverage } from '../src/history/coverage.ts';
import type { AbortedTransaction } from '../src/history/fetch-answer.ts';
import { createReadAhead, Reader } from '../src/history/reader.ts';
import { coverageOf, createTrack } from '../src/history/track.ts';
import { walk } from '../src/history/walk.ts';

export interface ReadRecord {
  readonly offset: number;
  readonly createMs: number;
  readonly appendMs: number | undefined;
  readonly producerId: number;
  readonly key?: string | null;
}

export interface ReadSet {
  readonly records: readonly ReadRecord[];
  readonly coverage: PartitionCoverage;
  /** Why not all of it could be read. */
  readonly fault: string | undefined;
}

export interface SetShape {
  readonly from?: number;
  readonly to: number;
  readonly highWaterOffset?: number;
  readonly aborted?: readonly AbortedTransaction[];
  readonly reader?: Reader;
  readonly withKeys?: boolean;
  /** How many bytes have come each time that it is read from, before the answer is complete. */
  readonly comes?: readonly number[];
}

/** Reads record batches as they come in one answer, and what it leaves as they would come in the next. */
export function readSet(payload: Buffer, shape: SetShape): ReadSet {
  const { from = 0, to, highWaterOffset = to, aborted = [], withKeys = false, comes = [] } = shape;
  const { reader = new Reader('orders', withKeys) } = shape;
  const track = createTrack(0, { fromOffset: from, toOffset: to }, payload.length);
  const partition = { partition: 0, errorCode: 0, highWaterOffset, lastStableOffset: highWaterOffset, aborted };
  const records: ReadRecord[] = [];
  for (let start = 0; ; ) {
    const set = { ...partition, start, end: payload.length };
    const ahead = createReadAhead(set);
    for (const filled of comes) {
      for (const block of reader.readAhead(payload, { set, track, ahead }, filled, 1))
        records.push(...recordsOf(block));
    }
    const { end, nextOffset, fault } = walk(payload, { set, track, ahead });
    if (nextOffset === undefined || nextOffset <= track.fetchOffset) {
      const left =
        end < payload.length ? 'what is left is not whole' : track.end.kind === 'complete' ? undefined : 'it ends here';
      return { records, coverage: coverageOf(track), fault: fault?.message ?? left };
    }
    track.fetchOffset = nextOffset;
    for (const block of reader.read(payload, { set, end, nextOffset, track, ahead }, 1))
      records.push(...recordsOf(block));
    start = end;
  }
}

export function recordsOf({ count, offsets, createMs, appendMs, producerIds, keys }: Block): ReadRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    offset: offsets[i]!,
    createMs: createMs[i]!,
    appendMs: appendMs?.[i],
    producerId: producerIds[i]!,
    ...(keys === undefined ? {} : { key: keyText(keys, i) }),
  }));
}

function keyText({ bytes, starts, ends }: Keys, i: number): string | null {
  return starts[i] === -1 ? null : Buffer.from(bytes.subarray(starts[i], ends[i])).toString();
}
