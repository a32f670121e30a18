import { randomUUID } from 'node:crypto';
import type { Admin, Kafka, Message } from 'kafkajs';
import { createTopics } from '../../testbed/src/broker/create-topics.ts';
import type { Coverage } from '../src/history/coverage.ts';
import { type ScanOptions, scan } from '../src/history/scan.ts';
import { type ReadRecord, recordsOf } from './read-set.ts';

type Config = { readonly [name: string]: string };

/** A topic of the test's own. */
export async function createTopic(admin: Admin, partitions = 1, config: Config = {}): Promise<string> {
  const topic = `history-${randomUUID().slice(0, 8)}`;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await createTopics(admin, [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }]);
  return topic;
}

export async function produce(kafka: Kafka, topic: string, messages: readonly Message[], batch = 50): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let at = 0; at < messages.length; at += batch)
    await producer.send({ topic, messages: messages.slice(at, at + batch) });
  await producer.disconnect();
}

export const startMs = 1_700_000_000_000;

/** One each 10 ms of event time, every tenth of them late; some without a key. */
export function orders(count: number, { partitions = 1, valueBytes = 20 } = {}): Message[] {
  return Array.from({ length: count }, (_, i) => ({
    partition: i % partitions,
    key: i % 5 === 0 ? null : `till-${i % 7}`,
    value: 'v'.repeat(valueBytes),
    headers: i % 2 === 0 ? { producer: 'A' } : {},
    timestamp: String(startMs + i * 10 - (i % 10 === 9 ? 5_000 : 0)),
  }));
}

export interface Scanned {
  readonly records: readonly (ReadRecord & { readonly partition: number })[];
  readonly coverage: Coverage;
  /** By partition: node ids of the brokers that it was read from. */
  readonly leaders: ReadonlyMap<number, ReadonlySet<number>>;
}

export async function scanAll(
  kafka: Kafka,
  options: ScanOptions,
  /** With the first block of so many partitions there is a pause, for this. */
  afterFirstBlock?: (records: Scanned['records']) => Promise<unknown>,
  partitions = 1,
): Promise<Scanned> {
  const scanning = scan(kafka, options);
  const records: (ReadRecord & { readonly partition: number })[] = [];
  const leaders = new Map<number, Set<number>>();
  let hasPaused = false;
  for await (const block of scanning) {
    leaders.set(block.partition, (leaders.get(block.partition) ?? new Set()).add(block.leader));
    for (const record of recordsOf(block)) records.push({ partition: block.partition, ...record });
    if (hasPaused || leaders.size < partitions) continue;
    hasPaused = true;
    await afterFirstBlock?.(records);
  }
  return { records, coverage: scanning.coverage(), leaders };
}

/** What a kafkajs consumer gets, record by record, up to where the topic ends now. */
export async function consumeAll(kafka: Kafka, topic: string, readUncommitted: boolean): Promise<ReadRecord[]> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `${topic}-${randomUUID()}`, readUncommitted });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const got: (ReadRecord & { readonly partition: number })[] = [];
  const left = new Set([...ends].filter(([, end]) => end > 0).map(([partition]) => partition));
  await new Promise<void>((resolve, reject) => {
    // After most crashes it starts again by itself: so too while a fresh broker's coordinator is loading.
    consumer.on(consumer.events.CRASH, ({ payload }) => !payload.restart && reject(payload.error));
    // A batch may be empty of records and yet move on: it ends by markers of transactions.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      if (Number(lastOffset) + 1 >= ends.get(partition)!) left.delete(partition);
      if (left.size === 0) resolve();
    });
    consumer
      .run({
        eachBatchAutoResolve: true,
        eachBatch: async ({ batch }) => {
          for (const message of batch.messages) {
            const { batchContext } = message as typeof message & { batchContext: { producerId: string } };
            got.push({
              partition: batch.partition,
              offset: Number(message.offset),
              createMs: Number(message.timestamp),
              appendMs: undefined,
              producerId: Number(batchContext.producerId),
              key: message.key === null ? null : message.key.toString(),
            });
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return inOrder(got);
}

export function inOrder<T extends { readonly offset: number; readonly partition: number }>(records: readonly T[]): T[] {
  return records.toSorted((one, other) => one.partition - other.partition || one.offset - other.offset);
}
