import { codecOf, unpack } from '../codec/unpack.ts';
import { AbortedBatches } from './aborted-batches.ts';
import { BadBatch, batchEnd, createBatch, readBatch } from './batch.ts';
import { type Block, Columns } from './block.ts';
import { countOdd } from './coverage.ts';
import type { FetchedSet } from './fetch-protocol.ts';
import { readRecords } from './records.ts';
import { noteUnreadable, readUpTo, type Track, wantedOffsets } from './track.ts';
import { badBatch } from './walk.ts';

/** A block is handed over when it has so many, after the batch that brought it there. */
const fullBlockRecords = 32_768;

/** Reads record sets into blocks: one reader for a scan, because one set of columns is enough. */
export class Reader {
  readonly #topic: string;
  readonly #columns: Columns;
  readonly #batch = createBatch();

  constructor(topic: string, withKeys: boolean) {
    this.#topic = topic;
    this.#columns = new Columns(withKeys);
  }

  /** The blocks of one record set up to `end`; `track` is told what each brought before it is handed over. */
  *read(payload: Buffer, view: DataView, set: FetchedSet, end: number, track: Track, leader: number): Generator<Block> {
    const batch = this.#batch;
    const columns = this.#columns;
    const aborted = new AbortedBatches(set.aborted);
    let isAppendTime = false;
    for (let at = set.start; at < end; ) {
      const next = batchEnd(view, at, end)!;
      try {
        readBatch(view, at, next, batch);
      } catch (error) {
        const bad = badBatch(error);
        noteUnreadable(track, track.nextOffset, bad.message);
        if (bad.kind === 'torn') this.#pass(track, 'unreadable', batch.baseOffset, batch.lastOffset);
        else track.isLost = true;
        at = next;
        continue;
      }
      // What a wrong checksum hid ends where the next batch begins.
      if (track.isLost) this.#pass(track, 'unreadable', track.nextOffset, batch.baseOffset - 1);
      track.isLost = false;
      if (columns.count >= fullBlockRecords || (columns.count > 0 && isAppendTime !== batch.isLogAppendTime)) {
        yield this.#block(track, leader, isAppendTime);
        columns.empty();
      }
      isAppendTime = batch.isLogAppendTime;
      this.#readBatch(payload, aborted, track);
      at = next;
    }
    track.bytes += end - set.start;
    if (columns.count > 0) yield this.#block(track, leader, isAppendTime);
    columns.empty();
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
        noteUnreadable(track, baseOffset, error instanceof Error ? error.message : String(error));
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
      const bytes = unpack[codec](payload.subarray(records, end));
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
