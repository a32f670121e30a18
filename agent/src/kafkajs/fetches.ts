import { observeFetch, observeFetchError, observePosition, partitionOf, type TaskState } from '@tidemark/core';
import { parseDigits } from '../digits.ts';
import { lookAtClock } from '../wall-clock.ts';
import type { ConsumerTap } from './consumer.ts';
import { type Answered, probeFetches } from './fetch-probe.ts';
import type { Cluster, FetchRequest } from './shapes.ts';
import { observeStarted } from './started.ts';

/**
 * When a fetch was asked, and how far the partition reached then, is what brackets the append time of a record. False if this
 * kafkajs has another shape: then nothing was touched.
 */
export function tapFetches(cluster: Cluster | undefined, tap: ConsumerTap): boolean {
  return probeFetches(cluster, {
    guard: tap.guard,
    answered: (answered) => noteAnswer(tap, answered),
    failed: (request) => noteFailure(tap, request),
  });
}

/** A consumer that names its rack may have been answered by a follower: which of both is not told. */
function leaderOf({ broker, request }: Answered): number | undefined {
  return broker.nodeId === null || request.rackId ? undefined : Number(broker.nodeId);
}

function noteAnswer(tap: ConsumerTap, answered: Answered): void {
  const { task } = tap;
  if (task === undefined) return;
  const { askedMs, request, response } = answered;
  const answeredMs = Date.now();
  const leader = leaderOf(answered);
  observeStarted(tap);
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

function noteFailure(tap: ConsumerTap, request: FetchRequest): void {
  const { task } = tap;
  if (task === undefined) return;
  const nowMs = Date.now();
  observeStarted(tap);
  for (const { topic, partitions } of request.topics) {
    for (const { partition } of partitions) observeFetchError(partitionOf(task, topic, partition), nowMs);
  }
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
