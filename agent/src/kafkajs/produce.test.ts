import { readAgentSettings } from '@tidemark/config';
import { createObservation, type ProducerReport, takeReport } from '@tidemark/core';
import { expect, test } from 'vitest';
import { type ProduceTap, tapProduce } from './produce.ts';
import { tapProducer } from './producer.ts';
import type { Broker, Cluster, ProduceRequest, ProduceResponse, Producer } from './shapes.ts';

const request: ProduceRequest = {
  acks: -1,
  producerId: '4711',
  topicData: [{ topic: 'orders', partitions: [{ partition: 3, messages: [1, 2] }] }],
};
const response: ProduceResponse = {
  topics: [{ topicName: 'orders', partitions: [{ partition: 3, baseOffset: '40' }] }],
};
const record = { topic: 'orders', messages: [{ value: 'a', timestamp: '17' }, { value: 'b' }] };

interface Tapped {
  readonly tap: ProduceTap;
  readonly producer: Producer;
  readonly broker: Required<Pick<Broker, 'produce' | 'connect' | 'metadata'>>;
  readonly happened: string[];
  connect(): void;
  disconnect(): void;
  report(): readonly ProducerReport[];
}

/** A producer and its one broker in the shape that kafkajs 2.2 has, which do as told. */
function tapped(does: {
  send?: Promise<unknown>;
  produce?: Promise<ProduceResponse>;
  connect?: Promise<unknown>[];
}): Tapped {
  const settings = readAgentSettings({ TIDEMARK_PRODUCERS: 'true' });
  if (!settings.ok) throw new Error(JSON.stringify(settings.faults));
  const identity = { id: 'test', host: 'test', processId: 1, startedMs: 0, version: '0', client: 'test' };
  const observation = createObservation(identity);
  const happened: string[] = [];
  const host = {
    observation,
    settings: settings.value,
    ownErrors: { errors: 0 },
    producing: () => happened.push('producing'),
    producerClosed: () => happened.push('closed'),
  };
  const listeners = new Map<string, () => void>();
  const sent = does.send ?? Promise.resolve('sent');
  const producer: Producer = {
    send: () => sent,
    sendBatch: () => sent,
    transaction: async () => ({ send: () => sent, sendBatch: () => sent }),
    on: (event, listener) => listeners.set(event, listener),
    events: { CONNECT: 'producer.connect', DISCONNECT: 'producer.disconnect' },
  };
  const made = {
    nodeId: '2',
    fetch: () => Promise.reject(new Error('a producer fetches nothing')),
    produce: () => does.produce ?? Promise.resolve(response),
    connect: () => does.connect?.shift() ?? Promise.resolve(),
    metadata: () => Promise.resolve({}),
  };
  const cluster: Cluster = { brokerPool: { createBroker: () => made } };
  const tap = tapProduce(host, producer, cluster);
  tapProducer(producer, tap);
  const broker = cluster.brokerPool.createBroker({}) as Tapped['broker'];
  const report = (): readonly ProducerReport[] => {
    const health = { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 };
    const clock = { source: 'none', readings: [], steps: [] };
    return takeReport(observation, Date.now(), { clock, health }).producers ?? [];
  };
  const emit = (event: string) => (): void => listeners.get(event)!();
  return {
    tap,
    producer,
    broker,
    happened,
    connect: emit('producer.connect'),
    disconnect: emit('producer.disconnect'),
    report,
  };
}

function failure(name: string): Promise<never> {
  const error = new Error(name);
  error.name = name;
  const rejected = Promise.reject<never>(error);
  rejected.catch(() => {});
  return rejected;
}

test('what the brokers acknowledge is told with its offsets, and with the id that they know the producer by', async () => {
  const { connect, broker, producer, report, happened } = tapped({});
  connect();
  await producer.send(record);
  expect(await broker.produce(request)).toBe(response);
  expect(happened).toEqual(['producing']);
  const [told] = report();
  expect(told).toMatchObject({
    id: '0',
    producerId: '4711',
    givenUp: 0,
    brokers: [{ node: 2, failures: {} }],
    writes: [{ topic: 'orders', partition: 3, leader: 2, records: 2, offsets: [[40, 41]] }],
  });
  expect(told).not.toHaveProperty('waiting');
});

test('while nothing comes back, its records wait', async () => {
  const never = new Promise<never>(() => {});
  const { connect, broker, producer, report } = tapped({ send: never, produce: never });
  connect();
  producer.send(record);
  producer.sendBatch({ topicMessages: [record, record] });
  broker.produce(request);
  const [told] = report();
  expect(told).toMatchObject({ waiting: { records: 6, sends: 2, createdMs: 17 }, writes: [] });
  expect(told!.brokers[0]).toHaveProperty('unansweredSinceMs');
});

test.for([
  ['KafkaJSRequestTimeoutError', 'timeout'],
  ['KafkaJSConnectionClosedError', 'connectionClosed'],
  ['KafkaJSConnectionError', 'noConnection'],
  ['KafkaJSProtocolError', 'refused'],
  ['TypeError', 'other'],
] as const)('a request that ends in a %s counts as %s, and is still kafkajs’s to handle', async ([name, kind]) => {
  const produce = failure(name);
  const { connect, broker, report } = tapped({ produce });
  connect();
  const answer = broker.produce(request);
  expect(answer).toBe(produce);
  await expect(answer).rejects.toThrow(name);
  expect(report()[0]!.brokers).toMatchObject([{ node: 2, failures: { [kind]: 1 } }]);
});

test('the host gets its own error; what was given up is counted until a send succeeds', async () => {
  const send = failure('KafkaJSNumberOfRetriesExceeded');
  const { connect, producer, report } = tapped({ send });
  connect();
  await expect(producer.send(record)).rejects.toThrow('KafkaJSNumberOfRetriesExceeded');
  const [told] = report();
  expect(told!.givenUp).toBe(2);
  expect(told).not.toHaveProperty('waiting');
});

test('a connection that fails while something waits for it is told of, until the broker answers', async () => {
  const { connect, broker, producer, report } = tapped({
    send: new Promise(() => {}),
    connect: [failure('KafkaJSConnectionError')],
  });
  connect();
  producer.send(record);
  await expect(broker.connect()).rejects.toThrow('KafkaJSConnectionError');
  const failed = { node: 2, unansweredSinceMs: expect.any(Number), failures: { noConnection: 1 } };
  expect(report()[0]!.brokers).toEqual([failed]);
  // Somebody took the connection, perhaps in its stead.
  await broker.connect();
  expect(report()[0]!.brokers).toEqual([failed]);
  await broker.metadata([]);
  expect(report()[0]!.brokers).toEqual([{ node: 2, failures: {} }]);
});

test('who wants no acknowledgements gets none, and nothing is made of it', async () => {
  const { connect, broker, report } = tapped({ produce: Promise.resolve(undefined as never) });
  connect();
  await broker.produce({ ...request, acks: 0 });
  expect(report()[0]!.brokers).toEqual([]);
});

test('one that is closed says so once; opened again it is another', async () => {
  const { connect, disconnect, report, happened } = tapped({});
  connect();
  disconnect();
  expect(report()).toMatchObject([{ id: '0', closed: true }]);
  expect(report()).toEqual([]);
  connect();
  expect(report()).toMatchObject([{ id: '1' }]);
  expect(happened).toEqual(['producing', 'closed', 'producing']);
});

test.for<{ why: string; answer: unknown }>([
  { why: 'nothing', answer: undefined },
  { why: 'no topics', answer: {} },
  {
    why: 'other offsets',
    answer: { topics: [{ topicName: 'orders', partitions: [{ partition: 3, baseOffset: '-1' }] }] },
  },
])('an answer of another shape is the host’s as it is, and never an error: $why', async ({ answer }) => {
  const { connect, broker, report } = tapped({ produce: Promise.resolve(answer as ProduceResponse) });
  connect();
  expect(await broker.produce(request)).toBe(answer);
  for (const { writes } of report()) expect(writes.flatMap(({ offsets }) => offsets)).toEqual([]);
});

test('after too many errors of ours the producer is let go of, and nothing is said of it any more', async () => {
  const { connect, broker, producer, report } = tapped({ produce: Promise.resolve({} as ProduceResponse) });
  connect();
  for (let i = 0; i < 20; i++) await broker.produce(request);
  expect(report()).toHaveLength(1);
  expect(await producer.send(record)).toBe('sent');
  expect(report()).toEqual([]);
});

test('another kafkajs, without brokers to tap: its producers are left alone', async () => {
  const { producer } = tapped({});
  const host = { ...tapped({}).tap.host };
  const tap = tapProduce(host, producer, undefined);
  expect(tap.producing).toBeUndefined();
  expect(await producer.send(record)).toBe('sent');
});
