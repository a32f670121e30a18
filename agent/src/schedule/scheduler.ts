import { setImmediate as turn } from 'node:timers/promises';
import {
  createSchedule,
  type Head,
  needsLogBounds,
  type Schedule,
  type ScheduleInput,
  type Scheduling,
  type TopicPartition,
} from '@tidemark/core';
import type { EachMessageHandler, KafkaMessage } from 'kafkajs';
import { addTo, createWaiting, headOf, type Waiting, waitingCount } from './waiting.ts';

export interface SchedulerOptions {
  readonly scheduling: Scheduling;
  /** Milliseconds since 1970, or below 0 if a record has no valid time. */
  readonly eventTime: (message: KafkaMessage, topic: string) => number;
  /** Of one partition; beyond it the partition is not fetched. One fetch may go over it. */
  readonly maxWaiting: number;
  readonly commitEveryMs: number;
}

/** What a scheduler does to the consumer that it works for. */
export interface ConsumerSide {
  fetchNoMore(partition: TopicPartition): void;
  fetchAgain(partition: TopicPartition): void;
  /** The user's own pause; gives back how to end it. */
  pause(partition: TopicPartition): () => void;
  /** Fetches from there on, whatever was fetched before. */
  seek(partition: TopicPartition, offset: string): void;
  commit(offsets: readonly (TopicPartition & { readonly offset: string })[]): Promise<void>;
  logBounds(partitions: readonly TopicPartition[]): Promise<readonly ScheduleInput[]>;
}

/** For how long records are processed before others in this process get their turn. */
const turnMs = 10;
/** How soon it is asked again whether a schedule still waits. */
const askAgainMs = 10;

/**
 * Takes in what is fetched and has it processed one record after the other, in the order of a schedule. An offset is committed
 * only when its record, and so all before it in its partition, have been processed: what is lost with this process is
 * processed again, nothing is passed over.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #side: ConsumerSide;
  readonly #eachMessage: EachMessageHandler;
  readonly #waiting = new Map<string, Waiting>();
  readonly #endOffsets = new Map<string, number>();
  readonly #processed = new Map<string, TopicPartition & { readonly offset: string }>();
  #partitions: readonly TopicPartition[] = [];
  /** Undefined until the partitions are known, and what is to be known of their logs. */
  #schedule: Schedule | undefined;
  /** Raised whenever what was fetched before is void. */
  #generation = 0;
  /** What the broker still has cannot be told. */
  #isBlind = false;
  #failure: { readonly error: unknown } | undefined;
  #running: Promise<void> | undefined;
  #askingAgain: NodeJS.Timeout | undefined;
  #committedMs = 0;
  #isStopped = false;

  constructor(options: SchedulerOptions, side: ConsumerSide, eachMessage: EachMessageHandler) {
    this.#options = options;
    this.#side = side;
    this.#eachMessage = eachMessage;
  }

  /** The consumer has joined its group: these are its partitions, and it reads them from what was committed. */
  async assign(partitions: readonly TopicPartition[]): Promise<void> {
    this.forget();
    this.#partitions = partitions;
    const generation = this.#generation;
    const { scheduling } = this.#options;
    const inputs = needsLogBounds(scheduling) ? await this.#boundsOf(partitions) : partitions;
    if (inputs === undefined || generation !== this.#generation) return;
    for (const { topic, partition } of partitions) {
      const key = keyOf(topic, partition);
      if (!this.#waiting.has(key)) this.#waiting.set(key, createWaiting(topic, partition));
    }
    this.#schedule = createSchedule(scheduling, inputs);
    if (this.#isBlind) this.#assumeEmpty();
    for (const waiting of this.#waiting.values()) this.#offer(waiting);
    this.#go();
  }

  /** The group rebalances, or everything is to be fetched anew. */
  forget(): void {
    this.#generation++;
    this.#schedule = undefined;
    this.#endOffsets.clear();
    this.#processed.clear();
    for (const waiting of this.#waiting.values()) {
      if (waiting.isFull) this.#side.fetchAgain(waiting);
    }
    this.#waiting.clear();
  }

  /** What was fetched of a partition. Throws, into kafkajs's own handling of errors, what the handler threw. */
  take(topic: string, partition: number, messages: readonly KafkaMessage[]): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) {
      if (this.#schedule === undefined) void this.assign(this.#partitions);
      throw failure.error;
    }
    const key = keyOf(topic, partition);
    let waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, (waiting = createWaiting(topic, partition)));
    addTo(waiting, messages);
    const endOffset = this.#endOffsets.get(key);
    const nextOffset = Number(messages.at(-1)?.offset) + 1;
    const unknown = this.#isBlind ? 0 : undefined;
    this.#schedule?.setLag(waiting, endOffset === undefined ? unknown : Math.max(0, endOffset - nextOffset));
    if (waitingCount(waiting) >= this.#options.maxWaiting) {
      waiting.isFull = true;
      this.#side.fetchNoMore(waiting);
    }
    this.#offer(waiting);
    this.#go();
  }

  /** How far a partition reached at the broker; `emptyAtOffset`: and that it had nothing from there on. */
  answered({ topic, partition }: TopicPartition, endOffset: number, emptyAtOffset: number | undefined): void {
    if (this.#isBlind) return;
    const key = keyOf(topic, partition);
    this.#endOffsets.set(key, endOffset);
    if (emptyAtOffset === undefined || !this.#waiting.has(key)) return;
    this.#schedule?.setLag({ topic, partition }, Math.max(0, endOffset - emptyAtOffset));
    this.#go();
  }

  /**
   * The answers of this kafkajs cannot be read. An order by event time would wait without end for a partition of which it does
   * not know that it is empty, so from now on each is taken to be, and waited for as long as for one that is.
   */
  unanswered(): void {
    if (this.#isBlind) return;
    this.#isBlind = true;
    this.#endOffsets.clear();
    this.#assumeEmpty();
    this.#go();
  }

  #assumeEmpty(): void {
    for (const partition of this.#partitions) this.#schedule?.setLag(partition, 0);
  }

  /**
   * Everything that was fetched is void, except that of `other`, which somebody sought another place in: each partition is
   * fetched again from its first record that was not processed. A head that was offered to a schedule cannot be taken back.
   */
  startAnew(other?: TopicPartition): void {
    const places = [...this.#waiting.values()].flatMap(({ topic, partition, messages, at }) => {
      const isOther = topic === other?.topic && partition === other.partition;
      return isOther || at >= messages.length ? [] : [{ topic, partition, offset: messages[at]!.offset }];
    });
    this.forget();
    for (const { offset, ...partition } of places) this.#side.seek(partition, offset);
    void this.assign(this.#partitions);
  }

  /** Waits for the record that is being processed, and commits. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#askingAgain);
    await this.#running;
    await this.commit();
    this.forget();
  }

  async commit(): Promise<void> {
    const offsets = [...this.#processed.values()];
    this.#processed.clear();
    this.#committedMs = Date.now();
    if (offsets.length === 0) return;
    const generation = this.#generation;
    await this.#side.commit(offsets).catch(() => {
      // While the group rebalances nothing can be committed; what was processed is fetched again then. Else it is tried again.
      if (generation !== this.#generation) return;
      for (const offset of offsets) {
        const key = keyOf(offset.topic, offset.partition);
        if (!this.#processed.has(key)) this.#processed.set(key, offset);
      }
    });
  }

  /** What goes wrong is told to kafkajs, which tries again, at the next fetch. */
  #boundsOf(partitions: readonly TopicPartition[]): Promise<readonly ScheduleInput[] | undefined> {
    return this.#side.logBounds(partitions).catch((error: unknown) => {
      this.#failure = { error };
      return undefined;
    });
  }

  #offer(waiting: Waiting): void {
    const message = headOf(waiting);
    if (this.#schedule === undefined || waiting.isOffered || message === undefined) return;
    waiting.isOffered = true;
    const { topic, partition } = waiting;
    const eventMs = this.#options.eventTime(message, topic);
    const valid = Number.isFinite(eventMs) ? eventMs : -1;
    this.#schedule.update({ stream: topic, partition, offset: Number(message.offset), eventMs: valid });
  }

  #go(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      clearTimeout(this.#askingAgain);
      // What waits for others must be asked for again, because nothing may come that would wake us.
      const isWaiting = [...this.#waiting.values()].some((waiting) => waiting.isOffered);
      if (isWaiting && !this.#isStopped) this.#askingAgain = setTimeout(() => this.#go(), askAgainMs);
    });
  }

  async #run(): Promise<void> {
    let sinceMs = performance.now();
    while (!this.#isStopped) {
      const head = this.#schedule?.choose(Date.now());
      if (head === undefined) break;
      if (!(await this.#process(head))) break;
      if (Date.now() - this.#committedMs >= this.#options.commitEveryMs) await this.commit();
      if (performance.now() - sinceMs < turnMs) continue;
      await turn();
      sinceMs = performance.now();
    }
  }

  /** False if the handler threw. */
  async #process({ stream: topic, partition }: Head): Promise<boolean> {
    const key = keyOf(topic, partition);
    const waiting = this.#waiting.get(key)!;
    const message = headOf(waiting)!;
    const generation = this.#generation;
    try {
      const pause = (): (() => void) => this.#side.pause(waiting);
      // Fetches go on meanwhile, and heartbeats with them.
      await this.#eachMessage({ topic, partition, message, heartbeat: async () => {}, pause });
    } catch (error) {
      this.#failure = { error };
      if (generation === this.#generation) this.startAnew();
      return false;
    }
    if (generation !== this.#generation) return true;
    waiting.at++;
    waiting.isOffered = false;
    this.#offer(waiting);
    this.#processed.set(key, { topic, partition, offset: String(BigInt(message.offset) + 1n) });
    if (waiting.isFull && waitingCount(waiting) <= this.#options.maxWaiting / 2) {
      waiting.isFull = false;
      this.#side.fetchAgain(waiting);
    }
    return true;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
