import { topologyLimits } from '@tidemark/core';
import { Kafka as RealKafka } from 'kafkajs';
import { expect, test } from 'vitest';
import { patchKafka } from './patch.ts';
import { producedTopics, tapProducer } from './producer.ts';
import type { Kafka, Producer } from './shapes.ts';

/** A producer that takes what it is given, in the shape that kafkajs has. */
function taking(): { readonly producer: Producer; readonly calls: unknown[][]; readonly answer: Promise<unknown> } {
  const calls: unknown[][] = [];
  const answer = Promise.resolve('sent');
  const take = (...args: unknown[]): Promise<unknown> => {
    calls.push(args);
    return answer;
  };
  const transaction = Promise.resolve({ send: take, sendBatch: take });
  const events = { CONNECT: 'connect', DISCONNECT: 'disconnect' };
  const producer = { send: take, sendBatch: take, transaction: () => transaction, on: () => {}, events };
  return { producer, calls, answer };
}

/** The topics that were not seen before. */
async function newTopics(act: () => unknown): Promise<string[]> {
  const before = new Set(producedTopics().topics);
  await act();
  return [...producedTopics().topics].filter((topic) => !before.has(topic));
}

test('the host gets its own promises, kafkajs its own arguments, and we the names of topics', async () => {
  const { producer, calls, answer } = taking();
  tapProducer(producer);
  const record = { topic: 'enriched', messages: [{ value: 'v' }] };
  const batch = { topicMessages: [{ topic: 'a' }, { topic: 'b' }] };
  const seen = await newTopics(() => {
    expect(producer.send(record)).toBe(answer);
    expect(producer.send(record)).toBe(answer);
    expect(producer.sendBatch(batch)).toBe(answer);
  });
  expect(seen).toEqual(['enriched', 'a', 'b']);
  expect(calls).toEqual([[record], [record], [batch]]);
  expect(calls[0]![0]).toBe(record);
});

test('a transaction is seen too, before its owner has it', async () => {
  const { producer, answer } = taking();
  const own = producer.transaction();
  tapProducer(producer);
  const begun = producer.transaction();
  expect(begun).toBe(own);
  const seen = await newTopics(async () => {
    const transaction = await begun;
    expect(transaction.send({ topic: 'in-transaction' })).toBe(answer);
  });
  expect(seen).toEqual(['in-transaction']);
});

test.for<{ why: string; act: (producer: Producer) => unknown }>([
  { why: 'nothing at all', act: (producer) => producer.send(undefined as never) },
  { why: 'a topic that is none', act: (producer) => producer.send({ topic: 7 }) },
  { why: 'no batch', act: (producer) => producer.sendBatch(undefined as never) },
  {
    why: 'a getter that throws',
    act: (producer) =>
      producer.send(
        Object.defineProperty({}, 'topic', {
          get: () => {
            throw new Error('host');
          },
        }),
      ),
  },
])('what a host should not give is kafkajs’s to refuse: $why', async ({ act }) => {
  const { producer, calls, answer } = taking();
  tapProducer(producer);
  expect(await newTopics(() => expect(act(producer)).toBe(answer))).toEqual([]);
  expect(calls).toHaveLength(1);
});

test('the real kafkajs: a producer without a broker is seen and fails as it always did', async () => {
  const kafka = new RealKafka({ brokers: ['127.0.0.1:1'], logLevel: 0 });
  patchKafka(kafka as unknown as Kafka, () => {
    throw new Error('no agent is wanted for a producer');
  });
  const producer = kafka.producer({ retry: { retries: 0 } });
  const seen = await newTopics(() =>
    expect(producer.send({ topic: 'real', messages: [] })).rejects.toThrow('The producer is disconnected'),
  );
  expect(seen).toEqual(['real']);
});

test('as many as there is room for; the rest is counted', async () => {
  const { producer } = taking();
  tapProducer(producer);
  const produced = producedTopics();
  const overflow = produced.overflow;
  const room = topologyLimits.maxProducedTopics - produced.topics.size;
  for (let i = 0; i < room + 3; i++) producer.send({ topic: `topic-${i}` });
  expect(produced.topics.size).toBe(topologyLimits.maxProducedTopics);
  expect(produced.overflow - overflow).toBe(3);
});
