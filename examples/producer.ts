/**
 * An ordinary kafkajs producer: so many events a second, each with its name in the header `producer`. What it cannot
 * deliver it keeps, and delivers in order when its network is back.
 *
 *   node examples/producer.ts --brokers localhost:9092 --topic events --name A --partition 0 --rate 50
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';

const { brokers, topic, name, partition, partitions, rate } = parseArgs({
  options: {
    brokers: { type: 'string', default: 'localhost:9092' },
    topic: { type: 'string', default: 'events' },
    name: { type: 'string', default: 'A' },
    partition: { type: 'string', default: '0' },
    partitions: { type: 'string', default: '2' },
    rate: { type: 'string', default: '50' },
  },
}).values;

const maxKept = 1_000_000;
const kafka = new Kafka({
  clientId: `producer-${name}`,
  brokers: brokers.split(','),
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: Number.MAX_SAFE_INTEGER },
});

const admin = kafka.admin();
await admin.connect();
// The producer itself waits until the topic has leaders.
await admin.createTopics({
  topics: [{ topic, numPartitions: Number(partitions), replicationFactor: 1 }],
  waitForLeaders: false,
});
await admin.disconnect();
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
await producer.connect();
process.stdout.write(`${JSON.stringify({ producing: topic, name, partition: Number(partition) })}\n`);

const waiting: { readonly key: string; readonly timestamp: string; readonly value: string }[] = [];
let made = 0;
let isEnding = false;
const making = setInterval(() => {
  if (waiting.length < maxKept)
    waiting.push({ key: `${name}-${made % 10}`, timestamp: `${Date.now()}`, value: `${made++}` });
}, 1000 / Number(rate));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(making);
    isEnding = true;
    // Whoever is cut off as it ends cannot deliver any more.
    setTimeout(() => process.exit(1), 5_000).unref();
  });
}

// One batch in flight, repeated until the broker has it: so nothing is lost and nothing changes places.
while (!isEnding || waiting.length > 0) {
  const batch = waiting.slice(0, 500);
  if (batch.length === 0) await sleep(20);
  else {
    const messages = batch.map((event) => ({ ...event, partition: Number(partition), headers: { producer: name } }));
    await producer.send({ topic, messages });
    waiting.splice(0, batch.length);
  }
}
await producer.disconnect();
