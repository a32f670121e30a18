import { setTimeout as sleep } from 'node:timers/promises';
import type { Interval } from '@tidemark/core';
import type { Admin } from 'kafkajs';

interface Look {
  readonly askedMs: number;
  readonly answeredMs: number;
  /** By topic and partition: where the log ends, and what the group has committed. */
  readonly ends: ReadonlyMap<string, number>;
  readonly committed: ReadonlyMap<string, number>;
}

/**
 * What anybody can see of an application's progress: where the logs of its topics end and what its group has committed,
 * looked at again and again. It bounds when each record was taken: not before it was in the log, and before its offset was
 * committed.
 */
export class Progress {
  readonly #admin: Admin;
  readonly #group: string;
  readonly #topics: readonly string[];
  readonly #looks: Look[] = [];
  /** The longest time between two looks, and for one. */
  longestGapMs = 0;

  constructor(admin: Admin, group: string, topics: readonly string[]) {
    this.#admin = admin;
    this.#group = group;
    this.#topics = topics;
  }

  async watch(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await this.look();
      await sleep(50);
    }
  }

  /** True once the group has committed everything there is. */
  async look(): Promise<boolean> {
    const askedMs = Date.now();
    const ends = new Map<string, number>();
    const committed = new Map<string, number>();
    for (const topic of this.#topics) {
      for (const { partition, offset } of await this.#admin.fetchTopicOffsets(topic))
        ends.set(`${topic} ${partition}`, Number(offset));
    }
    for (const { topic, partitions } of await this.#admin.fetchOffsets({
      groupId: this.#group,
      topics: [...this.#topics],
    })) {
      for (const { partition, offset } of partitions) committed.set(`${topic} ${partition}`, Number(offset));
    }
    const answeredMs = Date.now();
    this.longestGapMs = Math.max(this.longestGapMs, answeredMs - (this.#looks.at(-1)?.askedMs ?? askedMs));
    this.#looks.push({ askedMs, answeredMs, ends, committed });
    return [...ends].every(([id, end]) => (committed.get(id) ?? -1) >= end);
  }

  takenMs({ topic, partition, offset }: { topic: string; partition: number; offset: number }): Interval {
    const id = `${topic} ${partition}`;
    const before = this.#looks.findLast(({ ends }) => (ends.get(id) ?? 0) <= offset);
    const after = this.#looks.find(({ committed }) => (committed.get(id) ?? -1) > offset);
    return {
      lowMs: before?.askedMs ?? Number.NEGATIVE_INFINITY,
      highMs: after?.answeredMs ?? Number.POSITIVE_INFINITY,
    };
  }
}
