import { Unpacked } from '../codec/bytes.ts';
import { codecOf, unpack } from '../codec/unpack.ts';
import { AbortedBatches } from './aborted-batches.ts';
import { BadBatch, baseOffsetAt, batchEnd, createBatch, readBatch } from './batch.ts';
import { type Block, Columns } from './block.ts';
import { countOdd } from './coverage.ts';
import type { FetchedSet } from './fetch-answer.ts';
import type { ArrivedSet, GrowingSet } from './growing.ts';
import { readRecords } from './records.ts';
import { noteUnreadable, readUpTo, type Track, wantedOffsets } from './track.ts';

/** A block is handed over when it has so many, after the batch that brought it there. */
const fullBlockRecords = 32_768;
/** A batch begins with its offset. */
const offsetBytes = 8;

/**
 * How far a record set has been read while it was still coming. Only batches that leave no doubt are read so early; the first other
 * one ends it, and what follows waits until all is there.
 */
export interface ReadAhead {
  at: number;
  previousLast: number;
  isOver: boolean;
  readonly aborted: AbortedBatches;
}

export function createReadAhead(set: FetchedSet): ReadAhead {
  return { at: set.start, previousLast: -1, isOver: false, aborted: new AbortedBatches(set.aborted) };
}

/** Reads record sets into blocks: one reader for a scan, because one set of columns is enough. */
export class Reader {
  readonly #topic: string;
  readonly #columns: Columns;
  readonly #batch = createBatch();
  readonly #scratch = new Unpacked(64 * 1024);

  constructor(topic: string, withKeys: boolean) {
    this.#topic = topic;
    this.#columns = new Columns(withKeys);
  }

  /**
   * The blocks of one record set, as far as `walk` found it believable, and beyond what was read ahead of it. `track` is told of
   * each before it is handed over.
   */
  *read(payload: Buffer, { set, end, nextOffset, track, ahead }: ArrivedSet, leader: number): Generator<Block> {
    const batch = this.#batch;
    const columns = this.#columns;
    const { aborted, at: start } = ahead;
    let { previousLast } = ahead;
    let isAppendTime = false;
    let isLost = false;
    for (let at = start; at < end; ) {
      const next = batchEnd(payload, at, end)!;
      const fault = this.#readHeader(payload, at, next, { previousLast, end, set, track });
      at = next;
      if (fault?.kind !== 'checksum') previousLast = Math.max(previousLast, batch.lastOffset);
      if (fault !== undefined) {
        noteUnreadable(track, Math.max(track.nextOffset, batch.baseOffset), fault.message);
        if (fault.kind === 'torn') this.#pass(track, 'unreadable', batch.baseOffset, batch.lastOffset);
        else isLost = true;
        continue;
      }
      // What cannot be believed ends where the next batch begins.
      if (isLost) this.#pass(track, 'unreadable', track.nextOffset, batch.baseOffset - 1);
      isLost = false;
      if (columns.count >= fullBlockRecords || (columns.count > 0 && isAppendTime !== batch.isLogAppendTime)) {
        yield this.#block(track, leader, isAppendTime);
        columns.empty();
      }
      isAppendTime = batch.isLogAppendTime;
      this.#readBatch(payload, aborted, track);
    }
    if (isLost) this.#pass(track, 'unreadable', track.nextOffset, nextOffset - 1);
    readUpTo(track, nextOffset);
    track.bytes += Math.max(0, end - start);
    if (columns.count > 0) yield this.#block(track, leader, isAppendTime);
    columns.empty();
  }

  /** The blocks of what has come so far of one record set: the first `filled` bytes of the payload are there. */
  *readAhead(payload: Buffer, { set, track, ahead }: GrowingSet, filled: number, leader: number): Generator<Block> {
    const batch = this.#batch;
    const columns = this.#columns;
    let isAppendTime = false;
    for (;;) {
      if (columns.count >= fullBlockRecords) {
        yield this.#block(track, leader, isAppendTime);
        columns.empty();
      }
      const end = this.#wholeBatch(payload, set, ahead, filled);
      if (end === undefined) break;
      const place = { previousLast: ahead.previousLast, end: end + offsetBytes <= set.end ? set.end : end, set, track };
      const fault = this.#readHeader(payload, ahead.at, end, place);
      if (fault !== undefined || batch.baseOffset >= track.toOffset) {
        ahead.isOver = true;
        break;
      }
      if (columns.count > 0 && isAppendTime !== batch.isLogAppendTime) {
        yield this.#block(track, leader, isAppendTime);
        columns.empty();
        continue;
      }
      isAppendTime = batch.isLogAppendTime;
      ahead.previousLast = batch.lastOffset;
      track.bytes += end - ahead.at;
      ahead.at = end;
      this.#readBatch(payload, ahead.aborted, track);
    }
    if (columns.count > 0) yield this.#block(track, leader, isAppendTime);
    columns.empty();
  }

  /**
   * Where the next batch ends, if it is there and so is the offset of the one behind it, which it is held against. While a
   * block is with whoever asked for it, the connection may break, and then it is over.
   */
  #wholeBatch(payload: Buffer, set: FetchedSet, ahead: ReadAhead, filled: number): number | undefined {
    if (ahead.isOver) return undefined;
    try {
      const end = batchEnd(payload, ahead.at, Math.min(filled, set.end));
      if (end === undefined) return undefined;
      return Math.min(end + offsetBytes, set.end) <= filled ? end : undefined;
    } catch {
      ahead.isOver = true;
      return undefined;
    }
  }

  /**
   * What is wrong with a batch, if anything is. The checksum does not guard its offset; but batches follow each other in the log,
   * so of two that overlap one is wrong, and neither is believed.
   */
  #readHeader(
    payload: Buffer,
    start: number,
    end: number,
    place: { readonly previousLast: number; readonly end: number; readonly set: FetchedSet; readonly track: Track },
  ): BadBatch | undefined {
    const batch = this.#batch;
    try {
      readBatch(payload, start, end, batch);
    } catch (error) {
      if (error instanceof BadBatch) return error;
      throw error;
    }
    const { previousLast, track, set } = place;
    if (
      batch.baseOffset <= previousLast ||
      batch.lastOffset < track.nextOffset ||
      batch.lastOffset >= set.highWaterOffset ||
      (end < place.end && batch.lastOffset >= baseOffsetAt(payload, end))
    ) {
      return new BadBatch('misplaced', 'its offsets are those of others');
    }
    return undefined;
  }

  #readBatch(payload: Buffer, aborted: AbortedBatches, track: Track): void {
    const batch = this.#batch;
    const { baseOffset, lastOffset } = batch;
    const isAborted = aborted.includes(batch);
    if (batch.isControl) this.#pass(track, 'markers', baseOffset, lastOffset);
    else if (isAborted) this.#pass(track, 'aborted', baseOffset, lastOffset);
    else {
      const before = this.#columns.count;
      try {
        const body = this.#unpacked(payload);
        const range = { from: track.nextOffset, to: track.toOffset };
        readRecords(body.bytes, body.start, body.end, batch, range, this.#columns);
      } catch (error) {
        if (!(error instanceof BadBatch)) throw error;
        noteUnreadable(track, baseOffset, error.message);
        this.#pass(track, 'unreadable', baseOffset, lastOffset);
        return;
      }
      track.records += this.#columns.count - before;
      countOdd(track.timestamps, this.#columns.createMs, before, this.#columns.count);
      readUpTo(track, lastOffset + 1);
    }
  }

  #unpacked(payload: Buffer): { readonly bytes: Buffer; readonly start: number; readonly end: number } {
    const { codec: type, records, end } = this.#batch;
    if (type === 0) return { bytes: payload, start: records, end };
    const codec = codecOf(type);
    if (codec === undefined) throw new BadBatch('torn', `it is packed by codec ${type}, which is not known`);
    try {
      const bytes = unpack(codec, payload.subarray(records, end), this.#scratch);
      return { bytes, start: 0, end: bytes.length };
    } catch (error) {
      throw new BadBatch('torn', `its ${codec} cannot be unpacked: ${error instanceof Error ? error.message : error}`);
    }
  }

  #pass(track: Track, reason: 'markers' | 'aborted' | 'unreadable', first: number, last: number): void {
    track.skipped[reason] += wantedOffsets(track, first, last + 1);
    readUpTo(track, last + 1);
  }

  #block(track: Track, leader: number, isAppendTime: boolean): Block {
    const { count, offsets, createMs, appendMs, producerIds, keys } = this.#columns;
    return {
      topic: this.#topic,
      partition: track.partition,
      leader,
      count,
      offsets,
      createMs,
      appendMs: isAppendTime ? appendMs : undefined,
      producerIds,
      keys,
    };
  }
}
