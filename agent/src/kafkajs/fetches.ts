import { observeFetch, observeFetchError, observePosition, partitionOf, type TaskState } from '@tidemark/core';
import { parseDigits } from '../digits.ts';
import { countError, type Guard, guarded } from '../guard.ts';
import { lookAtClock, type WallClock } from '../wall-clock.ts';
import type { Broker, Cluster, FetchRequest, FetchResponse, Kafka } from './shapes.ts';

/**
 * Sees every fetch of one consumer. kafkajs's events tell neither when a request was sent nor of a response without records,
 * and both are what brackets the append time of a record. So we go one layer down: a consumer's cluster makes its brokers by
 * `createBroker`, and each of them has a `fetch`.
 */
export interface FetchTap {
  readonly guard: Guard;
  readonly host: { readonly wallClock: WallClock };
  /** Undefined until the consumer has joined its group. */
  readonly task: TaskState | undefined;
  /** It fetches what comes after records that were not handled yet: where a fetch starts tells nothing of its position. */
  readonly fetchesAhead: boolean;
}

/**
 * Runs `create`, which calls `kafka.consumer`, and catches the cluster that kafkajs makes meanwhile: it does so by an own
 * method of the Kafka object, under a symbol. Undefined if this kafkajs has no such method.
 */
export function catchCluster<T>(
  kafka: Kafka,
  create: () => T,
): { readonly created: T; readonly cluster: Cluster | undefined } {
  const methods = kafka as unknown as { [key: symbol]: ((...options: unknown[]) => unknown) | undefined };
  const key = Object.getOwnPropertySymbols(kafka).find(
    (symbol) => symbol.description === 'private:Kafka:createCluster',
  );
  const createCluster = key === undefined ? undefined : methods[key];
  if (key === undefined || typeof createCluster !== 'function') return { created: create(), cluster: undefined };
  let cluster: Cluster | undefined;
  methods[key] = function (this: unknown, ...options: unknown[]): unknown {
    const made = createCluster.apply(this, options);
    cluster ??= made as Cluster;
    return made;
  };
  try {
    const created = create();
    return { created, cluster };
  } finally {
    methods[key] = createCluster;
  }
}

/** False if this kafkajs has another shape: then nothing was touched. */
export function tapFetches(cluster: Cluster | undefined, tap: FetchTap): boolean {
  const pool = cluster?.brokerPool;
  const createBroker = pool?.createBroker;
  if (pool === undefined || typeof createBroker !== 'function') return false;
  pool.createBroker = function (this: unknown, options: unknown): Broker {
    const broker = createBroker.call(this as never, options);
    guarded(tap.guard, () => tapBroker(broker, tap));
    return broker;
  };
  return true;
}

function tapBroker(broker: Broker, tap: FetchTap): void {
  const { fetch } = broker;
  if (typeof fetch !== 'function') throw new Error('a broker of this kafkajs has no fetch');
  broker.fetch = function (this: unknown, request: FetchRequest): Promise<FetchResponse> {
    const askedMs = Date.now();
    const answer = fetch.call(this as never, request);
    // A side chain: kafkajs awaits the very promise that it would have had. Ours was chained first and so runs first.
    if (!tap.guard.detached) {
      answer.then(
        (response) => noteAnswer(tap, { askedMs, request, response, leader: leaderOf(broker, request) }),
        () => noteFailure(tap, request),
      );
    }
    return answer;
  };
}

/** A consumer that names its rack may have been answered by a follower: which of both is not told. */
function leaderOf(broker: Broker, request: FetchRequest): number | undefined {
  return broker.nodeId === null || request.rackId ? undefined : Number(broker.nodeId);
}

interface Answered {
  readonly askedMs: number;
  readonly request: FetchRequest;
  readonly response: FetchResponse;
  readonly leader: number | undefined;
}

function noteAnswer(tap: FetchTap, { askedMs, request, response, leader }: Answered): void {
  try {
    const { task } = tap;
    if (task === undefined) return;
    const answeredMs = Date.now();
    lookAtClock(tap.host.wallClock);
    if (!tap.fetchesAhead) notePositions(task, request);
    for (const { topicName, partitions } of response.responses) {
      for (const { partition, errorCode, highWatermark, messages } of partitions) {
        const lastOffset = messages.at(-1)?.offset;
        observeFetch(partitionOf(task, topicName, partition), {
          askedMs,
          answeredMs,
          highWaterOffset: errorCode === 0 ? known(parseDigits(highWatermark)) : undefined,
          lastOffset: lastOffset === undefined ? undefined : known(parseDigits(lastOffset)),
          leader,
        });
      }
    }
  } catch (error) {
    countError(tap.guard, error);
  }
}

/** kafkajs fetches anew only when all that it fetched has been handled, and from behind what was handled. */
function notePositions(task: TaskState, request: FetchRequest): void {
  for (const { topic, partitions } of request.topics) {
    for (const { partition, fetchOffset } of partitions) {
      const offset = known(parseDigits(fetchOffset ?? ''));
      if (offset !== undefined) observePosition(partitionOf(task, topic, partition), offset);
    }
  }
}

function noteFailure(tap: FetchTap, request: FetchRequest): void {
  guarded(tap.guard, () => {
    const { task } = tap;
    if (task === undefined) return;
    const nowMs = Date.now();
    for (const { topic, partitions } of request.topics) {
      for (const { partition } of partitions) observeFetchError(partitionOf(task, topic, partition), nowMs);
    }
  });
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
