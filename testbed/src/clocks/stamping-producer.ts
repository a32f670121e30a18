/**
 * A producer whose clock somebody may have falsified: sends one record after the other, each stamped by its own `Date.now()`
 * right before, and knows nothing else. Names itself in a header.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

export interface StampingProducerSettings {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partition: number;
  readonly everyMs: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as StampingProducerSettings;
const { name, brokers, topic, partition, everyMs } = settings;
const kafka = new Kafka({ clientId: name, brokers: [...brokers], logLevel: logLevel.NOTHING });
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });

await producer.connect();
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
for (;;) {
  const message = { partition, value: null, timestamp: String(Date.now()), headers: { producer: name } };
  await producer.send({ topic, acks: -1, messages: [message] });
  await sleep(everyMs);
}
