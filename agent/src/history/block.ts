/**
 * Records of one partition in the order of the log, as columns: number `i` of each array is one record, for `i < count`.
 *
 * The arrays are used again: they hold until the next block is asked for. Copy what is to be kept.
 */
export interface Block {
  readonly topic: string;
  readonly partition: number;
  /** Node id of the broker that it was read from. */
  readonly leader: number;
  readonly count: number;
  /** Ascending; gaps are compaction, markers of transactions, and what `Coverage` counts. */
  readonly offsets: Float64Array;
  /** The producer's stamp. Below zero as found: -1 is Kafka's "none". NaN: the broker's log cleaner has overwritten it. */
  readonly createMs: Float64Array;
  /** The broker's stamp, on topics with LogAppendTime: then it is what consumers see as the record's timestamp. */
  readonly appendMs: Float64Array | undefined;
  /** -1: the producer is not idempotent. */
  readonly producerIds: Float64Array;
  /** Only where keys were asked for. */
  readonly keys: Keys | undefined;
}

/** Key `i` is `bytes` from `starts[i]` to `ends[i]`; a start of -1 says that the record has none. */
export interface Keys {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A block while it is being filled: grows, and is emptied without letting go of its arrays. */
export class Columns {
  count = 0;
  offsets: Float64Array = new Float64Array(startingRecords);
  createMs: Float64Array = new Float64Array(startingRecords);
  appendMs: Float64Array = new Float64Array(startingRecords);
  producerIds: Float64Array = new Float64Array(startingRecords);
  readonly keys: KeyColumn | undefined;

  constructor(withKeys: boolean) {
    this.keys = withKeys ? new KeyColumn() : undefined;
  }

  makeRoom(more: number): void {
    const needed = this.count + more;
    if (needed <= this.offsets.length) return;
    const length = Math.max(needed, 2 * this.offsets.length);
    this.offsets = wider(this.offsets, length);
    this.createMs = wider(this.createMs, length);
    this.appendMs = wider(this.appendMs, length);
    this.producerIds = wider(this.producerIds, length);
    this.keys?.makeRoom(length);
  }

  empty(): void {
    this.count = 0;
    this.keys?.cutTo(0);
  }
}

class KeyColumn {
  bytes: Buffer = Buffer.allocUnsafe(startingRecords * 16);
  used = 0;
  starts: Int32Array = new Int32Array(startingRecords);
  ends: Int32Array = new Int32Array(startingRecords);

  makeRoom(records: number): void {
    const starts = new Int32Array(records);
    starts.set(this.starts);
    const ends = new Int32Array(records);
    ends.set(this.ends);
    this.starts = starts;
    this.ends = ends;
  }

  set(index: number, from: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.used + length > this.bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.max(this.used + length, 2 * this.bytes.length));
      this.bytes.copy(bytes, 0, 0, this.used);
      this.bytes = bytes;
    }
    from.copy(this.bytes, this.used, start, end);
    this.starts[index] = this.used;
    this.used += length;
    this.ends[index] = this.used;
  }

  setNone(index: number): void {
    this.starts[index] = -1;
    this.ends[index] = -1;
  }

  cutTo(used: number): void {
    this.used = used;
  }
}

const startingRecords = 16_384;

function wider(column: Float64Array, length: number): Float64Array {
  const made = new Float64Array(length);
  made.set(column);
  return made;
}
