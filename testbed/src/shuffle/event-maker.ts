import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer } from 'kafkajs';

const everyMs = 50;
const users = 6;
/** Each partition lives a little behind the one before it, so that one of them is always the last. */
const behindMs = 300;

/** Makes an event each 50 ms in each partition that is active. */
export class EventMaker {
  readonly active: Set<number> = new Set();
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #stop = new AbortController();
  #made = 0;
  #sending: Promise<unknown> = Promise.resolve();
  #work: Promise<void> | undefined;

  constructor(producer: Producer, topic: string) {
    this.#producer = producer;
    this.#topic = topic;
  }

  start(...partitions: number[]): void {
    for (const partition of partitions) this.active.add(partition);
    this.#work ??= this.#run();
  }

  /** Resolves when what was made is on the broker. */
  async pause(...partitions: number[]): Promise<void> {
    for (const partition of partitions) this.active.delete(partition);
    await this.#sending;
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const nowMs = Date.now();
      const messages = [...this.active].map((partition) => ({
        partition,
        key: `place-${partition}`,
        value: `user-${this.#made % users} ${this.#made++}`,
        timestamp: String(nowMs - partition * behindMs),
      }));
      if (messages.length > 0) this.#sending = this.#producer.send({ topic: this.#topic, messages });
      await this.#sending;
      await sleep(everyMs);
    }
  }
}
