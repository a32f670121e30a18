import type { TopicPartition } from '../../report.ts';
import { extractMs, type TimestampExtractor } from './timestamp-extractor.ts';

/** What a task needs of a record to choose among its partitions. */
export interface Stamped {
  readonly eventMs: number;
}

/** A record at the head of its partition; without one, the place of records that were all skipped. */
export interface Head<R> {
  readonly record: R | undefined;
  /** As the extractor has it; -1 where every queued record was skipped, which puts the partition before all others. */
  readonly eventMs: number;
}

/** The queue of one partition of a task (`RecordQueue`). The extractor is asked only when a record becomes the head. */
export class RecordQueue<R extends Stamped> {
  readonly partition: TopicPartition;
  readonly #extractor: TimestampExtractor;
  readonly #onSkipped: () => void;
  #waiting: R[] = [];
  #taken = 0;
  #head: Head<R> | undefined;
  #partitionTimeMs = -1;

  constructor(partition: TopicPartition, extractor: TimestampExtractor, onSkipped: () => void) {
    this.partition = partition;
    this.#extractor = extractor;
    this.#onSkipped = onSkipped;
  }

  get isEmpty(): boolean {
    return this.#head === undefined;
  }

  /** Only meaningful while the queue is not empty. */
  get headMs(): number {
    return this.#head?.eventMs ?? -1;
  }

  add(records: readonly R[]): void {
    for (const record of records) this.#waiting.push(record);
    this.#findHead();
  }

  take(): Head<R> {
    const head = this.#head!;
    this.#head = undefined;
    this.#partitionTimeMs = Math.max(this.#partitionTimeMs, head.eventMs);
    this.#findHead();
    return head;
  }

  restore(partitionTimeMs: number): void {
    this.#partitionTimeMs = partitionTimeMs;
  }

  #findHead(): void {
    let skipped = false;
    while (this.#head === undefined && this.#taken < this.#waiting.length) {
      const record = this.#waiting[this.#taken++]!;
      const eventMs = extractMs(this.#extractor, record.eventMs, this.#partitionTimeMs);
      if (eventMs === undefined) {
        this.#onSkipped();
        skipped = true;
      } else {
        this.#head = { record, eventMs };
      }
    }
    if (this.#taken === this.#waiting.length) {
      this.#waiting = [];
      this.#taken = 0;
    } else if (this.#taken > 1_000 && this.#taken * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#taken);
      this.#taken = 0;
    }
    if (this.#head === undefined && skipped) this.#head = { record: undefined, eventMs: -1 };
  }
}
