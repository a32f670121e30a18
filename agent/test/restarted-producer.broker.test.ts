import { sourceName } from '@tidemark/core';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { attach } from '../src/attach.ts';
import type { Message } from '../src/kafkajs/shapes.ts';
import { setStage, until } from './follow-stage.ts';

const { brokers, missing } = inject('broker');

/** Ten events a second, each made as it is sent. */
async function startProducer(topic: string, name: string) {
  const kafka = new Kafka({ clientId: name, brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer: Producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  let sending = Promise.resolve<unknown>(undefined);
  const ticking = setInterval(() => {
    const messages = [0, 1].map((partition) => ({ partition, value: name, timestamp: String(Date.now()) }));
    sending = sending.then(() => producer.send({ topic, messages }));
  }, 200);
  return async () => {
    clearInterval(ticking);
    await sending;
    await producer.disconnect();
  };
}

test.skipIf(missing)('a restarted producer is the same source, under the name of both its ids', async () => {
  await using stage = await setStage(brokers, 2);
  const { topic, group, collector } = stage;
  const kafka = attach(new Kafka({ clientId: 'host', brokers: [...brokers], logLevel: logLevel.NOTHING }), {
    collectorUrl: collector.url,
  });
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 200 });
  const idsOf = new Map<string, Set<string>>();
  const stopping: (() => Promise<void>)[] = [() => consumer.disconnect()];
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const name = String(message.value);
        idsOf.set(name, (idsOf.get(name) ?? new Set()).add((message as Message).batchContext!.producerId));
      },
    });
    const sources = async () => (await collector.assessment()).tasks.flatMap((task) => task.sources);
    stopping.push(await startProducer(topic, 'A'));
    const stopB = await startProducer(topic, 'B');
    await until('both to be known', async () => {
      const counts = (await sources()).map(({ records }) => records);
      return counts.length === 2 && counts.every((records) => records > 50);
    });
    await stopB();
    stopping.push(await startProducer(topic, 'B, restarted'));
    const idOf = (name: string): string => [...idsOf.get(name)!][0]!;
    const names = async () => new Set((await sources()).map(({ source }) => sourceName(source)));
    await until('the new one to be taken for the old one', async () =>
      [...(await names())].some((name) => name.includes('before')),
    );
    const want = [
      `producer ${idOf('A')}`,
      `producer ${idOf('B')}`,
      `producer ${idOf('B, restarted')} (before: ${idOf('B')})`,
    ];
    expect([...(await names())].toSorted()).toEqual(want.toSorted());
    expect(idOf('B, restarted')).not.toBe(idOf('B'));
    // Nobody is accused for having been restarted.
    const incidents = await collector.incidents(group);
    expect(incidents.filter(({ status }) => status !== 'withdrawn' && status !== 'suspected')).toEqual([]);
  } finally {
    await Promise.all(stopping.map((stop) => stop()));
  }
});
