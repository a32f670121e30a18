import { randomUUID } from 'node:crypto';
import kafkajs, { type Admin, Kafka, logLevel, type Message } from 'kafkajs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type ReadRecord, recordsOf } from '../../test/read-set.ts';
import { registerCodecs } from '../codec/register-codecs.ts';
import type { Coverage } from './coverage.ts';
import { type ScanOptions, scan } from './scan.ts';

const { brokers, missing } = inject('broker');
const kafka = new Kafka({ clientId: 'history', brokers: [...brokers], logLevel: logLevel.NOTHING });
let admin: Admin;
beforeAll(async () => {
  if (missing !== undefined) return;
  registerCodecs(kafkajs);
  admin = kafka.admin();
  await admin.connect();
});
afterAll(async () => {
  await admin?.disconnect();
});

type Config = { readonly [name: string]: string };

async function createTopic(partitions = 1, config: Config = {}): Promise<string> {
  const topic = `history-${randomUUID().slice(0, 8)}`;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }],
  });
  return topic;
}

async function produce(topic: string, messages: readonly Message[], batch = 50): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let at = 0; at < messages.length; at += batch)
    await producer.send({ topic, messages: messages.slice(at, at + batch) });
  await producer.disconnect();
}

const startMs = 1_700_000_000_000;

function orders(count: number, { partitions = 1, valueBytes = 20 } = {}): Message[] {
  return Array.from({ length: count }, (_, i) => ({
    partition: i % partitions,
    key: i % 5 === 0 ? null : `till-${i % 7}`,
    value: 'v'.repeat(valueBytes),
    headers: i % 2 === 0 ? { producer: 'A' } : {},
    timestamp: String(startMs + i * 10 - (i % 10 === 9 ? 5_000 : 0)),
  }));
}

interface Scanned {
  readonly records: readonly (ReadRecord & { readonly partition: number })[];
  readonly coverage: Coverage;
}

async function scanAll(options: ScanOptions, afterFirstBlock?: () => Promise<unknown>): Promise<Scanned> {
  const scanning = scan(kafka, options);
  const records: (ReadRecord & { readonly partition: number })[] = [];
  let blocks = 0;
  for await (const block of scanning) {
    for (const record of recordsOf(block)) records.push({ partition: block.partition, ...record });
    if (blocks++ === 0) await afterFirstBlock?.();
  }
  return { records, coverage: scanning.coverage() };
}

/** What a kafkajs consumer gets, record by record, until it has gone past `ends`. */
async function consumeAll(topic: string, readUncommitted: boolean): Promise<ReadRecord[]> {
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
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

function inOrder<T extends { readonly offset: number; readonly partition: number }>(records: readonly T[]): T[] {
  return records.toSorted((one, other) => one.partition - other.partition || one.offset - other.offset);
}

test.skipIf(missing).for(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'packed by the broker as %s: as a consumer reads it, record by record',
  async (compression) => {
    const topic = await createTopic(3, { 'compression.type': compression });
    await produce(topic, orders(1_000, { partitions: 3, valueBytes: 200 }), 250);
    const { records, coverage } = await scanAll({ topic, isolation: 'readUncommitted', needKeys: true });
    expect(inOrder(records)).toEqual(await consumeAll(topic, true));
    expect(records).toHaveLength(1_000);
    expect(coverage).toMatchObject({ isComplete: true, records: 1_000 });
  },
);

test.skipIf(missing).for([
  { why: 'committed only', isolation: 'readCommitted', want: 60, aborted: 60, markers: 4 },
  { why: 'all of them, but no marker', isolation: 'readUncommitted', want: 120, aborted: 0, markers: 4 },
] as const)('transactions, $why', async ({ isolation, want, aborted, markers }) => {
  const topic = await createTopic();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: topic });
  await producer.connect();
  for (const end of ['commit', 'abort', 'commit', 'abort'] as const) {
    const transaction = await producer.transaction();
    for (let i = 0; i < 3; i++) await transaction.send({ topic, messages: orders(10) });
    await transaction[end]();
  }
  await producer.disconnect();
  const { records, coverage } = await scanAll({ topic, isolation, needKeys: true, fetchBytes: 1_500 });
  expect(records).toEqual(await consumeAll(topic, isolation === 'readUncommitted'));
  expect(records).toHaveLength(want);
  expect(coverage.partitions[0]!.skipped).toMatchObject({ aborted, markers, compacted: 0 });
  expect(coverage.isComplete).toBe(true);
});

test.skipIf(missing)('LogAppendTime: both stamps', async () => {
  const topic = await createTopic(1, { 'message.timestamp.type': 'LogAppendTime' });
  const beforeMs = Date.now();
  await produce(topic, orders(100));
  const { records } = await scanAll({ topic, isolation: 'readUncommitted' });
  const consumed = await consumeAll(topic, true);
  expect(records.map(({ createMs }) => String(createMs))).toEqual(orders(100).map(({ timestamp }) => timestamp));
  // What kafkajs calls the timestamp is the broker's.
  expect(records.map(({ appendMs }) => appendMs)).toEqual(consumed.map(({ createMs }) => createMs));
  expect(records.every(({ appendMs }) => appendMs! >= beforeMs && appendMs! <= Date.now())).toBe(true);
});

test.skipIf(missing)('from and to: by offset, by time, by partition, and beyond what there is', async () => {
  const topic = await createTopic(2);
  await produce(topic, orders(200, { partitions: 2 }), 20);
  const isolation = 'readUncommitted';
  const offsets = async (options: Omit<ScanOptions, 'topic' | 'isolation'>): Promise<number[]> =>
    (await scanAll({ topic, isolation, ...options })).records.map(({ offset }) => offset);
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  expect(await offsets({ partitions: [1], from: { offset: 33 }, to: { offset: 57 } })).toEqual(range(33, 57));
  // Records of partition 0 are 20 ms apart and in order.
  const times = { from: { timeMs: startMs + 200 }, to: { timeMs: startMs + 401 } };
  expect(await offsets({ partitions: [0], ...times })).toEqual(range(10, 21));
  expect(await offsets({ partitions: [0], from: { timeMs: startMs + 1e9 } })).toEqual([]);
  expect(await offsets({ partitions: [0], from: { offset: 95 }, to: { offset: 1e6 } })).toEqual(range(95, 100));
  expect(await offsets({ partitions: [0], from: 'latest' })).toEqual([]);
  const each = new Map([
    [0, 98],
    [1, 99],
  ]);
  expect((await offsets({ from: { offsets: each } })).toSorted((a, b) => a - b)).toEqual([98, 99, 99]);
  await expect(scanAll({ topic, isolation, partitions: [7] })).rejects.toThrow('no partition 7');
  await expect(scanAll({ topic: `${topic}-x`, isolation })).rejects.toThrow('is not there');
});

test.skipIf(missing)('a topic without records', async () => {
  const topic = await createTopic(2);
  const { records, coverage } = await scanAll({ topic, isolation: 'readCommitted' });
  expect(records).toEqual([]);
  expect(coverage).toMatchObject({ isComplete: true, records: 0 });
});

test.skipIf(missing)('left in the middle and resumed: every record once', async () => {
  const topic = await createTopic(2);
  await produce(topic, orders(600, { partitions: 2, valueBytes: 500 }), 20);
  const options: ScanOptions = { topic, isolation: 'readUncommitted', fetchBytes: 20_000 };
  const got: string[] = [];
  let rounds = 0;
  for (let resume: string | undefined, isComplete = false; !isComplete; rounds++) {
    const scanning = scan(kafka, resume === undefined ? options : { ...options, resume });
    let blocks = 0;
    for await (const block of scanning) {
      got.push(...recordsOf(block).map(({ offset }) => `${block.partition}/${offset}`));
      if (++blocks === 5) break;
    }
    const coverage = scanning.coverage();
    isComplete = coverage.isComplete;
    if (!isComplete) expect(coverage.partitions.some(({ end }) => end.kind === 'stopped')).toBe(true);
    resume = coverage.resume;
  }
  expect(rounds).toBeGreaterThan(2);
  expect(got).toHaveLength(600);
  expect(new Set(got).size).toBe(600);
});

test.skipIf(missing)('records deleted before and during the scan are counted', async () => {
  const topic = await createTopic();
  await produce(topic, orders(400, { valueBytes: 1_000 }), 10);
  // kafkajs finds the leader only of a topic that it has asked about.
  await admin.fetchTopicOffsets(topic);
  const deleteBelow = (offset: number): Promise<void> =>
    admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  await deleteBelow(50);
  const options: ScanOptions = { topic, isolation: 'readUncommitted', from: { offset: 0 }, fetchBytes: 11_000 };
  const { records, coverage } = await scanAll(options, () => deleteBelow(300));
  const [partition] = coverage.partitions;
  expect(coverage.isComplete).toBe(true);
  expect(records[0]!.offset).toBe(50);
  expect(records.at(-1)!.offset).toBe(399);
  expect(partition!.skipped.removed).toBeGreaterThan(50);
  expect(records.length + partition!.skipped.removed).toBe(400);
});

test.skipIf(missing)('a topic deleted during the scan: it says how far it came', async () => {
  const topic = await createTopic();
  await produce(topic, orders(400, { valueBytes: 1_000 }), 10);
  const options: ScanOptions = { topic, isolation: 'readUncommitted', fetchBytes: 11_000, patienceMs: 1_500 };
  const { records, coverage } = await scanAll(options, () => admin.deleteTopics({ topics: [topic] }));
  const [partition] = coverage.partitions;
  expect(coverage.isComplete).toBe(false);
  expect(records.length).toBeGreaterThan(0);
  expect(partition!.nextOffset).toBe(records.length);
  expect(partition!.end).toMatchObject({
    kind: 'failed',
    offset: records.length,
    why: expect.stringMatching(/not there/),
  });
});

test.skipIf(missing)('a batch that is larger than what is asked for, and progress', async () => {
  const topic = await createTopic();
  await produce(topic, orders(60, { valueBytes: 10_000 }), 30);
  const seen: number[] = [];
  const onProgress: ScanOptions['onProgress'] = ({ offsetsDone, offsetsInAll }) =>
    void seen.push(offsetsDone / offsetsInAll);
  const options: ScanOptions = {
    topic,
    isolation: 'readUncommitted',
    fetchBytes: 10_000,
    progressEveryMs: 0,
    onProgress,
  };
  expect((await scanAll(options)).records).toHaveLength(60);
  expect(seen.at(-1)).toBe(1);
});
