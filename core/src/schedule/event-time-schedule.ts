import { PartitionGroup } from '../dialects/kafka-streams/index.ts';
import type { TopicPartition } from '../report.ts';
import type { Head, Schedule } from './schedule.ts';

/**
 * The record with the smallest event time first, as a task of Kafka Streams takes them, with the same bounded idling: while a
 * partition is empty the others wait for it, without end if the broker is known to have more of it, else for `maxIdleMs`.
 *
 *     A  10 40 50            10 20 40 …: nothing is late that was there in time
 *     B  20 60
 *     B is silent            40 is held for maxIdleMs, then A goes on alone: what B says later may be late
 *
 * What it cannot do: bring order into one partition. A record behind a younger one of its own partition comes after it.
 */
export class EventTimeSchedule implements Schedule {
  readonly #group: PartitionGroup<Head>;
  readonly #lastMs = new Map<string, number>();

  constructor(partitions: readonly TopicPartition[], maxIdleMs: number) {
    // It never sees an invalid time: such a record takes the time of the one before it.
    this.#group = new PartitionGroup({ partitions, extractor: 'FailOnInvalidTimestamp', maxTaskIdleMs: maxIdleMs });
  }

  update(head: Head): void {
    const { stream: topic, partition } = head;
    const key = `${topic}/${partition}`;
    const eventMs = head.eventMs >= 0 ? head.eventMs : (this.#lastMs.get(key) ?? 0);
    this.#lastMs.set(key, eventMs);
    this.#group.add({ topic, partition }, [head.eventMs === eventMs ? head : { ...head, eventMs }]);
  }

  setLag(partition: TopicPartition, lag: number | undefined): void {
    this.#group.setLag(partition, lag);
  }

  choose(nowMs: number): Head | undefined {
    return this.#group.next(nowMs)?.record;
  }
}
