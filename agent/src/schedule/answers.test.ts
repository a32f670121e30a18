import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import type { Broker, Cluster, FetchRequest, FetchResponse } from '../kafkajs/shapes.ts';
import { type Answer, tapAnswers } from './answers.ts';
import { Scheduler } from './scheduler.ts';

const request: FetchRequest = {
  topics: [
    {
      topic: 'orders',
      partitions: [
        { partition: 0, fetchOffset: '41' },
        { partition: 1, fetchOffset: '9' },
      ],
    },
  ],
};

/** A cluster whose brokers answer as told, in the shape that kafkajs 2.2 has. */
function tapped(fetch: () => Promise<FetchResponse>) {
  const heard: (Answer | 'unreadable')[] = [];
  const cluster: Cluster = { brokerPool: { createBroker: () => ({ nodeId: 7, fetch }) } };
  const on = { answer: (answer: Answer) => heard.push(answer), unreadable: () => heard.push('unreadable') };
  expect(tapAnswers(cluster, on)).toBe(true);
  return { heard, broker: cluster.brokerPool.createBroker({}) };
}

test('says how far each partition reaches, and of which nothing came', async () => {
  const promise = Promise.resolve<FetchResponse>({
    responses: [
      {
        topicName: 'orders',
        partitions: [
          { partition: 0, errorCode: 0, highWatermark: '43', messages: [{ offset: '41' }] },
          { partition: 1, errorCode: 0, highWatermark: '12', lastStableOffset: '9', messages: [] },
          { partition: 2, errorCode: 6, highWatermark: '-1', messages: [] },
        ],
      },
    ],
  });
  const { heard, broker } = tapped(() => promise);
  expect(broker.fetch(request)).toBe(promise);
  await promise;
  expect(heard).toEqual([
    { topic: 'orders', partition: 0, endOffset: 43, emptyAtOffset: undefined },
    { topic: 'orders', partition: 1, endOffset: 9, emptyAtOffset: 9 },
  ]);
});

test.for([
  { why: 'nothing of it is known', odd: { nothing: 'we know' } },
  {
    why: 'where a partition ends has another name',
    odd: {
      responses: [{ topicName: 'orders', partitions: [{ partition: 0, errorCode: 0, end: '43', messages: [] }] }],
    },
  },
  {
    why: 'its records have another name',
    odd: { responses: [{ topicName: 'orders', partitions: [{ partition: 0, errorCode: 0, highWatermark: '43' }] }] },
  },
])('an answer of another shape is handed on as it is: $why', async ({ odd }) => {
  const { heard, broker } = tapped(async () => odd as unknown as FetchResponse);
  await expect(broker.fetch(request)).resolves.toBe(odd);
  expect(heard).toEqual(['unreadable']);
});

test('a fetch that fails is kafkajs’s to handle', async () => {
  const { heard, broker } = tapped(() => Promise.reject(new Error('connection lost')));
  await expect(broker.fetch(request)).rejects.toThrow('connection lost');
  expect(heard).toEqual([]);
});

test('a broker without a fetch is handed on as it is, and a pool of another shape not touched', () => {
  const broker = {} as Broker;
  const cluster: Cluster = { brokerPool: { createBroker: () => broker } };
  const ignore = { answer: () => {}, unreadable: () => {} };
  expect(tapAnswers(cluster, ignore)).toBe(true);
  expect(cluster.brokerPool.createBroker({})).toBe(broker);
  expect(tapAnswers({ brokerPool: {} } as Cluster, ignore)).toBe(false);
  expect(tapAnswers(undefined, ignore)).toBe(false);
});

test('an order by event time does not wait without end for what cannot be told', async () => {
  const processed: string[] = [];
  const { promise: last, resolve } = Promise.withResolvers<void>();
  const side = {
    fetchNoMore() {},
    fetchAgain() {},
    pause: () => () => {},
    seek() {},
    commit: async () => {},
    logBounds: async () => [],
  };
  const scheduler = new Scheduler(
    {
      scheduling: { kind: 'eventTime', maxIdleMs: 0 },
      eventTime: ({ timestamp }) => Number(timestamp),
      maxWaiting: 10,
      commitEveryMs: 1_000,
    },
    side,
    async ({ partition, message }) => {
      processed.push(`${partition}@${message.offset}`);
      if (processed.length === 3) resolve();
    },
  );
  const record = (offset: number, timestamp: number) =>
    ({ offset: String(offset), timestamp: String(timestamp) }) as KafkaMessage;
  await scheduler.assign([
    { topic: 'orders', partition: 0 },
    { topic: 'orders', partition: 1 },
  ]);
  // 60 waits for what partition 0 has next, of which nobody knows anything.
  scheduler.take('orders', 0, [record(0, 10), record(1, 50)]);
  scheduler.take('orders', 1, [record(0, 60)]);
  await new Promise(setImmediate);
  scheduler.unanswered();
  await last;
  await scheduler.stop();
  expect(processed).toEqual(['0@0', '0@1', '1@0']);
});
