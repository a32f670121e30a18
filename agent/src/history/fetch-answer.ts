import { readInt64 } from './batch.ts';

/** A broker's answer, not copied: the record sets lie in `payload`. */
export interface FetchAnswer {
  readonly payload: Buffer;
  /** kafkajs waits so long before it asks this broker again. */
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly partitions: readonly FetchedSet[];
}

export interface FetchedSet {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWaterOffset: number;
  readonly lastStableOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Where its record batches are in the payload. */
  readonly start: number;
  readonly end: number;
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export function decodeAnswer(payload: Buffer, version: number): FetchAnswer {
  const cursor = new AnswerCursor(version);
  const partitions: FetchedSet[] = [];
  for (let set = cursor.next(payload, payload.length); set !== undefined; set = cursor.next(payload, payload.length)) {
    if (set.end > payload.length) throw new Error('a fetch answer is shorter than it says');
    partitions.push(set);
  }
  if (!cursor.isDone) throw new Error('a fetch answer is shorter than it says');
  const { throttleMs, errorCode } = cursor;
  // Before version 8 the broker has waited itself.
  return { payload, clientSideThrottleTime: version >= 8 ? throttleMs : 0, errorCode, partitions };
}

/** Goes through the partitions of a Fetch answer, versions 4 to 11, also while it is still coming. */
export class AnswerCursor {
  throttleMs = 0;
  errorCode = 0;
  readonly #version: number;
  /** How many are still to come; -1: that has not come yet. */
  #topics = -1;
  #partitions = 0;
  #at = 0;

  constructor(version: number) {
    this.#version = version;
  }

  /** No partition follows. */
  get isDone(): boolean {
    return this.#topics === 0 && this.#partitions === 0;
  }

  /**
   * The next partition, whose records may not have come, or only in part; undefined: there is none, or what is said of it is not
   * among the first `filled` bytes yet, and then it is asked for again with more of them.
   */
  next(payload: Buffer, filled: number): FetchedSet | undefined {
    if (this.#topics < 0 && !this.#readTop(payload, filled)) return undefined;
    while (this.#partitions === 0) {
      if (this.#topics === 0 || !this.#readTopic(payload, filled)) return undefined;
    }
    return this.#readPartition(payload, filled);
  }

  #readTop(payload: Buffer, filled: number): boolean {
    const hasError = this.#version >= 7;
    const length = hasError ? 14 : 8;
    if (length > filled) return false;
    this.throttleMs = payload.readInt32BE(0);
    if (hasError) this.errorCode = payload.readInt16BE(4);
    this.#topics = Math.max(0, payload.readInt32BE(length - 4));
    this.#at = length;
    return true;
  }

  #readTopic(payload: Buffer, filled: number): boolean {
    if (this.#at + 2 > filled) return false;
    const behindName = this.#at + 2 + payload.readInt16BE(this.#at);
    if (behindName + 4 > filled) return false;
    this.#topics--;
    this.#partitions = Math.max(0, payload.readInt32BE(behindName));
    this.#at = behindName + 4;
    return true;
  }

  #readPartition(payload: Buffer, filled: number): FetchedSet | undefined {
    let at = this.#at;
    const abortedAt = at + (this.#version >= 5 ? 30 : 22);
    if (abortedAt + 4 > filled) return undefined;
    const abortedCount = Math.max(0, payload.readInt32BE(abortedAt));
    const lengthAt = abortedAt + 4 + abortedCount * 16 + (this.#version >= 11 ? 4 : 0);
    if (lengthAt + 4 > filled) return undefined;
    const partition = payload.readInt32BE(at);
    const errorCode = payload.readInt16BE(at + 4);
    const highWaterOffset = readInt64(payload, at + 6);
    const lastStableOffset = readInt64(payload, at + 14);
    at = abortedAt + 4;
    const aborted = Array.from({ length: abortedCount }, (_, i) => ({
      producerId: readInt64(payload, at + i * 16),
      firstOffset: readInt64(payload, at + i * 16 + 8),
    }));
    const start = lengthAt + 4;
    const end = start + Math.max(0, payload.readInt32BE(lengthAt));
    this.#partitions--;
    this.#at = end;
    return { partition, errorCode, highWaterOffset, lastStableOffset, aborted, start, end };
  }
}
