import { PartitionGroup } from '../dialects/kafka-streams/partition-group.ts';
import type { Stamped } from '../dialects/kafka-streams/record-queue.ts';

export interface LiveOptions {
  /** `max.task.idle.ms`: how long a partition is waited for that has nothing. */
  readonly maxIdleMs: number;
  /** How long after another the next fetch brings what has arrived; 0: each record is at hand when it arrives. */
  readonly fetchEveryMs: number;
}

/**
 * A task of Kafka Streams that keeps up, over a history: nothing is at hand before it arrived, and what is fetched is all that
 * the broker has, so that an empty partition is waited for no longer than `maxIdleMs`.
 *
 *     arrived    A10 A20        B5      A30          waiting 0      A10 A20 B5 A30     5 is late
 *                 |<- maxIdleMs ->|                  waiting long   B5 A10 A20 A30     5 is in time
 */
export class LiveTask<R extends Stamped> {
  readonly #group: PartitionGroup<R>;
  readonly #partitions: number;
  readonly #options: LiveOptions;
  readonly #taken: (record: R, atMs: number) => void;
  #nowMs = Number.NEGATIVE_INFINITY;
  /** What the last fetch brought was not looked at yet: more of it may come. */
  #isFetching = false;

  constructor(partitions: number, options: LiveOptions, taken: (record: R, atMs: number) => void) {
    this.#partitions = partitions;
    this.#options = options;
    this.#taken = taken;
    this.#group = new PartitionGroup({
      partitions: Array.from({ length: partitions }, (_, partition) => laneName(partition)),
      extractor: 'LogAndSkipOnInvalidTimestamp',
      maxTaskIdleMs: options.maxIdleMs,
    });
    for (let partition = 0; partition < partitions; partition++) this.#group.setLag(laneName(partition), 0);
  }

  /** Nothing arrives until then. It looks again and again: one empty partition's time starts when those before it are excused. */
  passTime(untilMs: number): void {
    const { maxIdleMs, fetchEveryMs } = this.#options;
    const atMs = fetchEveryMs > 0 ? Math.ceil(untilMs / fetchEveryMs) * fetchEveryMs : untilMs;
    if (this.#isFetching && atMs > this.#nowMs) this.#process();
    for (let look = 0; look <= this.#partitions && this.#nowMs < atMs && this.#group.hasBuffered; look++) {
      this.#nowMs = Math.min(atMs, this.#nowMs + Math.max(1, maxIdleMs));
      this.#process();
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  arrive(lane: number, record: R, arrivalMs: number): void {
    this.passTime(arrivalMs);
    // Of what comes at one moment the first is at hand before the second: a fetch is what brings several at once.
    if (this.#options.fetchEveryMs === 0) this.#process();
    this.#group.add(laneName(lane), [record]);
    if (this.#options.fetchEveryMs === 0) this.#process();
    else this.#isFetching = true;
  }

  /** Nothing arrives any more. */
  end(): void {
    this.#process();
    while (this.#group.hasBuffered) {
      this.#nowMs += Math.max(1, this.#options.maxIdleMs);
      this.#process();
    }
  }

  #process(): void {
    this.#isFetching = false;
    for (let step = this.#group.next(this.#nowMs); step !== undefined; step = this.#group.next(this.#nowMs))
      this.#taken(step.record!, this.#nowMs);
  }
}

export function laneName(lane: number): { readonly topic: string; readonly partition: number } {
  return { topic: 'lane', partition: lane };
}
