import { setTimeout as sleep } from 'node:timers/promises';
import { observeFetch, observeFetchError } from '@tidemark/core';
import { parseDigits } from '../digits.ts';
import { type Broker, type Cluster, type FetchedPartition, rootFault } from '../kafkajs/cluster.ts';
import { readSeen } from '../kafkajs/reading.ts';
import { say } from '../say.ts';
import { delivered } from './aborted.ts';
import { beginFetch, holdFetch, holdRecord } from './held.ts';
import type { Followed } from './homes.ts';
import type { Troubles } from './trouble.ts';

export interface FetchingOptions {
  readonly cluster: Cluster;
  readonly followed: ReadonlyMap<string, Followed>;
  readonly troubles: Troubles;
  readonly readCommitted: boolean;
  readonly signal: AbortSignal;
  /** Leaders have moved: they are to be asked for again. */
  readonly leadersMoved: () => void;
}

/** How long a broker may wait for records: also how wide the bracket of an append time is at most. */
const maxWaitMs = 250;
const maxBytes = 4 * 1024 * 1024;
const maxBytesPerPartition = 512 * 1024;
/** Of all partitions together: some 30 MB. Beyond it only the ends of the partitions are asked for. */
const maxHeldRecords = 300_000;
const backOffMs = 1000;
const earliest = '-2';
const latest = '-1';

/** Reads what the group reads, each partition from its leader, over connections of its own and as nobody's member. */
export class Fetching {
  readonly #options: FetchingOptions;
  readonly #loops = new Map<string, Promise<void>>();

  constructor(options: FetchingOptions) {
    this.#options = options;
  }

  /** One loop a broker that leads something; a loop ends when its broker leads nothing more. */
  ensureLoops(): void {
    for (const { leader } of this.#options.followed.values()) {
      if (leader === undefined || this.#loops.has(leader)) continue;
      const loop = this.#loop(leader).finally(() => this.#loops.delete(leader));
      this.#loops.set(leader, loop);
    }
  }

  async ended(): Promise<void> {
    await Promise.allSettled(this.#loops.values());
  }

  async #loop(nodeId: string): Promise<void> {
    const { followed, signal } = this.#options;
    while (!signal.aborted) {
      const led = [...followed.values()].filter(({ leader }) => leader === nodeId);
      if (led.length === 0) return;
      const nowMs = Date.now();
      const due = led.filter(({ notBeforeMs }) => notBeforeMs <= nowMs);
      if (due.length === 0) await pause(maxWaitMs, signal);
      else await this.#fetch(nodeId, due, maxWaitMs);
    }
  }

  async #fetch(nodeId: string, due: readonly Followed[], maxWaitTime: number): Promise<void> {
    const { cluster, troubles, readCommitted } = this.#options;
    try {
      const broker = await cluster.findBroker({ nodeId });
      for (const followed of due) {
        if (followed.position === undefined) await this.#seek(broker, followed, latest);
      }
      const isFull = this.#heldRecords() >= maxHeldRecords;
      const askedMs = Date.now();
      const { responses } = await broker.fetch({
        isolationLevel: readCommitted ? 1 : 0,
        maxWaitTime,
        minBytes: 1,
        maxBytes,
        topics: requestFor(due, isFull),
      });
      const answeredMs = Date.now();
      for (const { topicName, partitions } of responses) {
        for (const partition of partitions) {
          const followed = this.#options.followed.get(`${topicName}/${partition.partition}`);
          if (followed !== undefined) this.#take(followed, partition, { nodeId, askedMs, answeredMs, isFull });
        }
      }
      troubles.worked({ kind: 'fetchFrom', nodeId });
      if (isFull) await pause(maxWaitMs, this.#options.signal);
    } catch (error) {
      await this.#failed(nodeId, due, error);
    }
  }

  #take(
    followed: Followed,
    partition: FetchedPartition,
    fetch: { readonly nodeId: string; readonly askedMs: number; readonly answeredMs: number; readonly isFull: boolean },
  ): void {
    const { troubles } = this.#options;
    const highWaterOffset = parseDigits(partition.highWatermark);
    const { topic, state, home } = followed;
    troubles.worked({ kind: 'fetch', topic, partition: followed.partition });
    followed.highWaterOffset = highWaterOffset;
    observeFetch(state, { ...fetch, highWaterOffset, lastOffset: undefined, leader: Number(fetch.nodeId) });
    const last = partition.messages.at(-1);
    // A broker gives whole batches: the first may begin before what was asked for.
    if (fetch.isFull || last === undefined || Number(last.offset) < followed.position!) return;
    const held = beginFetch(fetch.answeredMs, Number(last.offset));
    home.reading.seen.processedMs = fetch.answeredMs;
    for (const message of delivered(partition)) {
      if (Number(message.offset) < followed.position!) continue;
      if (readSeen(home.reading, home.task, topic, followed.partition, message)) holdRecord(held, home.reading.seen);
    }
    holdFetch(followed.held, held);
    followed.position = Number(last.offset) + 1;
  }

  /** A broker's refusal of one partition loses the whole answer, and mostly does not say which: each is asked for alone. */
  async #failed(nodeId: string, due: readonly Followed[], error: unknown): Promise<void> {
    const { troubles, signal, leadersMoved } = this.#options;
    if (signal.aborted) return;
    const fault = rootFault(error);
    if (fault.type === undefined && fault.name !== 'KafkaJSNotImplemented') {
      for (const { state } of due) observeFetchError(state, Date.now());
      troubles.failed({ kind: 'fetchFrom', nodeId }, error);
      leadersMoved();
      await pause(backOffMs, signal);
      return;
    }
    if (due.length > 1) {
      for (const followed of due) await this.#fetch(nodeId, [followed], 0);
      return;
    }
    const followed = due[0]!;
    observeFetchError(followed.state, Date.now());
    if (fault.type === 'OFFSET_OUT_OF_RANGE') {
      await this.#outOfRange(nodeId, followed);
      return;
    }
    followed.notBeforeMs = Date.now() + backOffMs;
    troubles.failed({ kind: 'fetch', topic: followed.topic, partition: followed.partition }, error);
    leadersMoved();
  }

  /** Retention has passed us, or the log was cut or made anew: on with what is there. */
  async #outOfRange(nodeId: string, followed: Followed): Promise<void> {
    const before = followed.position;
    try {
      const broker = await this.#options.cluster.findBroker({ nodeId });
      await this.#seek(broker, followed, earliest);
      const start = followed.position!;
      if (before !== undefined && before > start) await this.#seek(broker, followed, latest);
      say(
        `${followed.topic}-${followed.partition}: offset ${before} is not there any more; on from ${followed.position}`,
      );
    } catch (error) {
      followed.position = before;
      this.#options.troubles.failed({ kind: 'fetch', topic: followed.topic, partition: followed.partition }, error);
    }
    followed.notBeforeMs = Date.now() + backOffMs;
  }

  async #seek(broker: Broker, followed: Followed, timestamp: typeof earliest | typeof latest): Promise<void> {
    const { topic, partition } = followed;
    const { responses } = await broker.listOffsets({
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ topic, partitions: [{ partition, timestamp }] }],
    });
    followed.position = parseDigits(responses[0]!.partitions[0]!.offset);
  }

  #heldRecords(): number {
    let sum = 0;
    for (const { held } of this.#options.followed.values()) sum += held.size;
    return sum;
  }
}

/** With no room left, the end of each partition: that brackets append times and brings next to nothing. */
function requestFor(due: readonly Followed[], isFull: boolean) {
  const byTopic = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
  for (const { topic, partition, position, highWaterOffset } of due) {
    const partitions = byTopic.get(topic) ?? [];
    byTopic.set(topic, partitions);
    const offset = isFull ? (highWaterOffset ?? position!) : position!;
    partitions.push({ partition, fetchOffset: String(offset), maxBytes: isFull ? 1 : maxBytesPerPartition });
  }
  return [...byTopic].map(([topic, partitions]) => ({ topic, partitions }));
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
