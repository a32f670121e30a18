import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { createTopics } from '../../testbed/src/broker/create-topics.ts';

/** A topic of a test's own, filled before anybody consumes it. */
export interface FilledTopic {
  readonly topic: string;
  /** A group that nobody else has. */
  group(): string;
  readonly records: number;
}

export interface TopicOptions {
  readonly partitions?: number;
  /** Such as `message.timestamp.type`. */
  readonly config?: { readonly [name: string]: string };
  readonly idempotent?: boolean;
}

export async function fillTopic(
  brokers: readonly string[],
  messages: readonly Message[],
  options: TopicOptions = {},
): Promise<FilledTopic> {
  const kafka = new Kafka({ clientId: 'filler', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const topic = `agent-${randomUUID().slice(0, 8)}`;
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = Object.entries(options.config ?? {}).map(([name, value]) => ({ name, value }));
  await createTopics(admin, [{ topic, numPartitions: options.partitions ?? 1, replicationFactor: 1, configEntries }]);
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: options.idempotent ?? true, maxInFlightRequests: 1 });
  await producer.connect();
  // In several record batches, as a producer that runs for a while makes them.
  for (let at = 0; at < messages.length; at += 25)
    await producer.send({ topic, messages: messages.slice(at, at + 25) });
  await producer.disconnect();
  return { topic, records: messages.length, group: () => `${topic}-${randomUUID().slice(0, 8)}` };
}

/** One record each 10 ms of event time, every tenth of them `lateByMs` late. */
export function steadyMessages(count: number, lateByMs = 5_000): Message[] {
  const startMs = Date.now() - count * 10;
  return Array.from({ length: count }, (_, i) => ({
    partition: i % 2,
    key: `till-${i % 3}`,
    value: JSON.stringify({ at: startMs + i * 10 }),
    timestamp: String(startMs + i * 10 - (i % 10 === 9 ? lateByMs : 0)),
    headers: { producer: 'A' },
  }));
}
