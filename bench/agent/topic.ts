import { Kafka, logLevel } from 'kafkajs';
import { prng } from '../../testbed/src/story/prng.ts';

const perSend = 5_000;
const sendsAtOnce = 4;
/** Event time runs at this speed; one record in a hundred is late by up to 3 s, so some of them are dropped. */
const recordsPerMs = 5;
const lateRatio = 0.01;
const latenessMs = 3_000;

/** A topic of one partition with so many records of 100 bytes. */
export async function fillTopic(brokers: readonly string[], topic: string, records: number): Promise<void> {
  const kafka = new Kafka({ clientId: 'filler', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
  await admin.disconnect();
  const producer = kafka.producer({ maxInFlightRequests: sendsAtOnce });
  await producer.connect();
  const value = Buffer.alloc(100, 'x');
  const next = prng(7);
  const startMs = Date.now() - records / recordsPerMs;
  for (let at = 0; at < records; at += perSend * sendsAtOnce) {
    const sends = Array.from({ length: sendsAtOnce }, (_, send) => {
      const messages = Array.from({ length: perSend }, (_, i) => {
        const index = at + send * perSend + i;
        const lateMs = next() < lateRatio ? next() * latenessMs : 0;
        return { key: `k${index % 64}`, value, timestamp: String(Math.floor(startMs + index / recordsPerMs - lateMs)) };
      });
      return producer.send({ topic, acks: 1, messages });
    });
    await Promise.all(sends);
  }
  await producer.disconnect();
}
