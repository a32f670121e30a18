import type { TopicPartition } from '../../report.ts';
import { inHashOrder } from '../java/hash-order.ts';
import { PriorityQueue } from '../java/priority-queue.ts';
import { RecordQueue, type Stamped } from './record-queue.ts';
import type { TimestampExtractor } from './timestamp-extractor.ts';

export interface PartitionGroupOptions {
  readonly partitions: readonly TopicPartition[];
  readonly extractor: TimestampExtractor;
  /** `max.task.idle.ms`: below zero the task never waits for an empty partition. */
  readonly maxTaskIdleMs: number;
}

/** A record as a task takes it. Without a record it is the empty step that skipped ones leave behind. */
export interface Step<R> {
  readonly record: R | undefined;
  readonly partition: TopicPartition;
  readonly eventMs: number;
  /** The task's stream time, the record included; -1 before any. */
  readonly streamTimeMs: number;
  /** What `record-lateness` gets. */
  readonly latenessMs: number;
}

/**
 * Which record a task of Kafka Streams takes next, and when it waits (`PartitionGroup`). Per partition a queue; of the
 * heads the one with the smallest timestamp, so an old record behind a young head waits. Stream time is the highest
 * timestamp taken of all partitions: one partition that runs ahead makes the others late.
 *
 *     A  [10] 40 50       takes 10, then 20, then 40: B's 15 stood behind 20 and is late by 5 when it comes
 *     B  [20] 15 60
 */
export class PartitionGroup<R extends Stamped> {
  readonly #queues: readonly RecordQueue<R>[];
  readonly #byTime = new PriorityQueue<RecordQueue<R>>((queue) => queue.headMs);
  readonly #maxTaskIdleMs: number;
  readonly #lags = new Map<RecordQueue<R>, number>();
  readonly #deadlinesMs = new Map<RecordQueue<R>, number>();
  #streamTimeMs = -1;
  #skipped = 0;
  #enforced = 0;

  constructor({ partitions, extractor, maxTaskIdleMs }: PartitionGroupOptions) {
    const count = (): void => {
      this.#skipped++;
    };
    this.#queues = inHashOrder(partitions).map(
      ({ topic, partition }) => new RecordQueue<R>({ topic, partition }, extractor, count),
    );
    this.#maxTaskIdleMs = maxTaskIdleMs;
  }

  get streamTimeMs(): number {
    return this.#streamTimeMs;
  }

  /** Records that the extractor skipped so far: part of `dropped-records-total`. */
  get skipped(): number {
    return this.#skipped;
  }

  /** `enforced-processing-total`: how often the task went on although a partition was empty. */
  get enforced(): number {
    return this.#enforced;
  }

  get hasBuffered(): boolean {
    return this.#byTime.size > 0;
  }

  add(partition: TopicPartition, records: readonly R[]): void {
    const queue = this.#queueOf(partition);
    const wasEmpty = queue.isEmpty;
    queue.add(records);
    if (wasEmpty && !queue.isEmpty) this.#byTime.offer(queue);
  }

  /** How many records the broker still has for the consumer; undefined: not known. */
  setLag(partition: TopicPartition, lag: number | undefined): void {
    if (lag === undefined) this.#lags.delete(this.#queueOf(partition));
    else this.#lags.set(this.#queueOf(partition), lag);
  }

  /** After a restart: the partition's time, as committed with its offset. Stream time comes back with it. */
  restore(partition: TopicPartition, partitionTimeMs: number): void {
    this.#queueOf(partition).restore(partitionTimeMs);
    this.#streamTimeMs = Math.max(this.#streamTimeMs, partitionTimeMs);
  }

  /** The next record, or undefined while the task waits or has nothing. */
  next(nowMs: number): Step<R> | undefined {
    if (!this.#isReady(nowMs)) return undefined;
    const queue = this.#byTime.poll();
    if (queue === undefined) return undefined;
    const { record, eventMs } = queue.take();
    if (!queue.isEmpty) this.#byTime.offer(queue);
    if (eventMs > this.#streamTimeMs) this.#streamTimeMs = eventMs;
    const streamTimeMs = this.#streamTimeMs;
    return { record, partition: queue.partition, eventMs, streamTimeMs, latenessMs: streamTimeMs - eventMs };
  }

  /**
   * Every empty partition must be excused. Lag above 0, or unknown: never. Lag 0, so the broker knows of nothing: from
   * `max.task.idle.ms` after the first look on, until the partition shows life again. That is the hole through which the
   * silence of a producer that was cut off makes its own records late.
   */
  #isReady(nowMs: number): boolean {
    if (this.#maxTaskIdleMs < 0) return true;
    let enforced = false;
    for (const queue of this.#queues) {
      if (!queue.isEmpty || this.#lags.get(queue) !== 0) {
        this.#deadlinesMs.delete(queue);
        if (queue.isEmpty) return false;
        continue;
      }
      const deadlineMs = this.#deadlinesMs.get(queue) ?? nowMs + this.#maxTaskIdleMs;
      this.#deadlinesMs.set(queue, deadlineMs);
      if (nowMs < deadlineMs) return false;
      enforced = true;
    }
    if (!enforced) return true;
    if (!this.hasBuffered) return false;
    this.#enforced++;
    return true;
  }

  #queueOf({ topic, partition }: TopicPartition): RecordQueue<R> {
    const queue = this.#queues.find((q) => q.partition.topic === topic && q.partition.partition === partition);
    if (queue === undefined) throw new RangeError(`${topic}-${partition} is not a partition of this task`);
    return queue;
  }
}
