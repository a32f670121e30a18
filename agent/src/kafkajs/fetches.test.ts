import { observeSeek, partitionOf } from '@tidemark/core';
import { Kafka as RealKafka } from 'kafkajs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { joinedTap } from '../../test/tap.ts';
import { catchCluster } from './brokers.ts';
import { tapFetches } from './fetches.ts';
import type { Broker, Cluster, FetchRequest, FetchResponse, Kafka } from './shapes.ts';

// Time stands still: whatever is seen belongs to one second.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const request: FetchRequest = { topics: [{ topic: 'orders', partitions: [{ partition: 0 }, { partition: 1 }] }] };

/** A cluster whose brokers answer as told, in the shape that kafkajs 2.2 has. */
function clusterThat(fetch: () => Promise<FetchResponse>): Cluster {
  return { brokerPool: { createBroker: () => ({ nodeId: 7, fetch }) } };
}

function tapped(fetch: () => Promise<FetchResponse>) {
  const joined = joinedTap();
  const cluster = clusterThat(fetch);
  expect(tapFetches(cluster, joined.tap)).toBe(true);
  return { joined, broker: cluster.brokerPool.createBroker({}) };
}

function answer(partitions: FetchResponse['responses'][number]['partitions']): FetchResponse {
  return { responses: [{ topicName: 'orders', partitions }] };
}

test('kafkajs gets its own promise, and what it says is noted also when no record came', async () => {
  const promise = Promise.resolve(
    answer([
      { partition: 0, errorCode: 0, highWatermark: '43', messages: [{ offset: '41' }, { offset: '42' }] },
      { partition: 1, errorCode: 0, highWatermark: '9', messages: [] },
    ]),
  );
  const { joined, broker } = tapped(() => promise);
  expect(broker.fetch(request)).toBe(promise);
  await promise;
  expect(joined.report().tasks[0]!.fetches).toMatchObject([
    { partition: 0, leader: 7, asked: 1, answered: 1, errors: 0, lastHighWaterOffset: 43 },
    { partition: 1, leader: 7, asked: 1, answered: 1, errors: 0, lastHighWaterOffset: 9 },
  ]);
});

test('a consumer that names its rack may be answered by a follower: whose clock stamped is not known', async () => {
  const { joined, broker } = tapped(async () =>
    answer([{ partition: 0, errorCode: 0, highWatermark: '43', messages: [] }]),
  );
  await broker.fetch({ ...request, rackId: 'eu-1a' });
  expect(joined.report().tasks[0]!.fetches[0]).not.toHaveProperty('leader');
});

test('a fetch that fails is an error of every partition that was asked for, and still kafkajs’s to handle', async () => {
  const failure = Promise.reject<FetchResponse>(new Error('connection lost'));
  const { joined, broker } = tapped(() => failure);
  const result = broker.fetch(request);
  expect(result).toBe(failure);
  await expect(result).rejects.toThrow('connection lost');
  expect(joined.report().tasks[0]!.fetches).toMatchObject([
    { partition: 0, asked: 1, answered: 0, errors: 1 },
    { partition: 1, asked: 1, answered: 0, errors: 1 },
  ]);
});

test('a partition that the broker answers with an error has no high-water offset', async () => {
  const { joined, broker } = tapped(async () =>
    answer([{ partition: 0, errorCode: 6, highWatermark: '-1', messages: [] }]),
  );
  await broker.fetch(request);
  const [cell] = joined.report().tasks[0]!.fetches;
  expect(cell).toMatchObject({ asked: 1, answered: 0, errors: 1 });
  expect(cell).not.toHaveProperty('lastHighWaterOffset');
});

test('an answer of another shape is an error of ours, not of kafkajs', async () => {
  const odd = { nothing: 'we know' } as unknown as FetchResponse;
  const { joined, broker } = tapped(async () => odd);
  await expect(broker.fetch(request)).resolves.toBe(odd);
  expect(joined.tap.guard.errors).toBe(1);
});

test('a broker without a fetch is handed on as it is', () => {
  const joined = joinedTap();
  const broker = {} as Broker;
  const cluster: Cluster = { brokerPool: { createBroker: () => broker } };
  tapFetches(cluster, joined.tap);
  expect(cluster.brokerPool.createBroker({})).toBe(broker);
  expect(joined.tap.guard.errors).toBe(1);
});

test('the cluster of a real consumer is caught, and the Kafka object is as before', () => {
  const kafka = new RealKafka({ brokers: ['127.0.0.1:1'] });
  const before = Object.getOwnPropertySymbols(kafka).map((key) => (kafka as never)[key]);
  const { created, cluster } = catchCluster(kafka as unknown as Kafka, () => kafka.consumer({ groupId: 'a' }));
  expect(created.run).toBeTypeOf('function');
  expect(cluster!.brokerPool.createBroker).toBeTypeOf('function');
  expect(Object.getOwnPropertySymbols(kafka).map((key) => (kafka as never)[key])).toEqual(before);
  expect(() => catchCluster(kafka as unknown as Kafka, () => kafka.consumer(undefined as never))).toThrow('groupId');
  expect(Object.getOwnPropertySymbols(kafka).map((key) => (kafka as never)[key])).toEqual(before);
  expect(catchCluster({} as Kafka, () => 5)).toEqual({ created: 5, cluster: undefined });
});

test('where the consumer is, is known before its first record, and never goes back by a fetch', async () => {
  const from = (fetchOffset: string): FetchRequest => ({
    topics: [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset }] }],
  });
  const { joined, broker } = tapped(async () =>
    answer([{ partition: 0, errorCode: 0, highWatermark: '43', messages: [] }]),
  );
  await broker.fetch(from('41'));
  expect(joined.report().tasks[0]!.fetches).toMatchObject([{ position: 41, lastHighWaterOffset: 43 }]);
  await broker.fetch(from('43'));
  await broker.fetch(from('-1'));
  await broker.fetch(from('12'));
  expect(joined.report().tasks[0]!.fetches).toMatchObject([{ position: 43 }]);
});

test('an answer that was asked for before the host sought back does not take the seek back', async () => {
  const from = (fetchOffset: string): FetchRequest => ({
    topics: [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset }] }],
  });
  const { joined, broker } = tapped(async () =>
    answer([{ partition: 0, errorCode: 0, highWatermark: '43', messages: [] }]),
  );
  await broker.fetch(from('40'));
  const underWay = broker.fetch(from('41'));
  observeSeek(partitionOf(joined.tap.task!, 'orders', 0), 10);
  await underWay;
  expect(joined.report().tasks[0]!.fetches).toMatchObject([{ position: 10 }]);
  await broker.fetch(from('10'));
  await broker.fetch(from('12'));
  expect(joined.report().tasks[0]!.fetches).toMatchObject([{ position: 12 }]);
});
