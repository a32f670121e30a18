import net from 'node:net';
import kafkajs, { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { consumeAll, createTopic, inOrder, orders, produce, scanAll, startMs } from '../../test/history-stage.ts';
import { recordsOf } from '../../test/read-set.ts';
import { registerCodecs } from '../codec/register-codecs.ts';
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

test.skipIf(missing).for(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'packed by the broker as %s: as a consumer reads it, record by record',
  async (compression) => {
    const topic = await createTopic(admin, 3, { 'compression.type': compression });
    await produce(kafka, topic, orders(1_000, { partitions: 3, valueBytes: 200 }), 250);
    const { records, coverage } = await scanAll(kafka, { topic, isolation: 'readUncommitted', needKeys: true });
    expect(inOrder(records)).toEqual(await consumeAll(kafka, topic, true));
    expect(records).toHaveLength(1_000);
    expect(coverage).toMatchObject({ isComplete: true, records: 1_000 });
  },
);

test.skipIf(missing).for([
  { why: 'committed only', isolation: 'readCommitted', want: 60, aborted: 60, markers: 4 },
  { why: 'all of them, but no marker', isolation: 'readUncommitted', want: 120, aborted: 0, markers: 4 },
] as const)('transactions, $why', async ({ isolation, want, aborted, markers }) => {
  const topic = await createTopic(admin);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: topic });
  await producer.connect();
  for (const end of ['commit', 'abort', 'commit', 'abort'] as const) {
    const transaction = await producer.transaction();
    for (let i = 0; i < 3; i++) await transaction.send({ topic, messages: orders(10) });
    await transaction[end]();
  }
  await producer.disconnect();
  // A producer hears that its transaction has ended before the marker of that is in the log.
  const end = async (): Promise<number> => Number((await admin.fetchTopicOffsets(topic))[0]!.high);
  await expect.poll(end).toBe(120 + 4);
  const { records, coverage } = await scanAll(kafka, { topic, isolation, needKeys: true, fetchBytes: 1_500 });
  expect(records).toEqual(await consumeAll(kafka, topic, isolation === 'readUncommitted'));
  expect(records).toHaveLength(want);
  expect(coverage.partitions[0]!.skipped).toMatchObject({ aborted, markers, compacted: 0 });
  expect(coverage.isComplete).toBe(true);
});

test.skipIf(missing)('LogAppendTime: both stamps', async () => {
  const topic = await createTopic(admin, 1, { 'message.timestamp.type': 'LogAppendTime' });
  const beforeMs = Date.now();
  await produce(kafka, topic, orders(100));
  const { records } = await scanAll(kafka, { topic, isolation: 'readUncommitted' });
  const consumed = await consumeAll(kafka, topic, true);
  expect(records.map(({ createMs }) => String(createMs))).toEqual(orders(100).map(({ timestamp }) => timestamp));
  // What kafkajs calls the timestamp is the broker's.
  expect(records.map(({ appendMs }) => appendMs)).toEqual(consumed.map(({ createMs }) => createMs));
  expect(records.every(({ appendMs }) => appendMs! >= beforeMs && appendMs! <= Date.now())).toBe(true);
});

test.skipIf(missing)('from and to: by offset, by time, by partition, and beyond what there is', async () => {
  const topic = await createTopic(admin, 2);
  await produce(kafka, topic, orders(200, { partitions: 2 }), 20);
  const isolation = 'readUncommitted';
  const offsets = async (options: Omit<ScanOptions, 'topic' | 'isolation'>): Promise<number[]> =>
    (await scanAll(kafka, { topic, isolation, ...options })).records.map(({ offset }) => offset);
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
  await expect(scanAll(kafka, { topic, isolation, partitions: [7] })).rejects.toThrow('no partition 7');
  await expect(scanAll(kafka, { topic: `${topic}-x`, isolation })).rejects.toThrow('is not there');
});

test.skipIf(missing)('a topic without records', async () => {
  const topic = await createTopic(admin, 2);
  const { records, coverage } = await scanAll(kafka, { topic, isolation: 'readCommitted' });
  expect(records).toEqual([]);
  expect(coverage).toMatchObject({ isComplete: true, records: 0 });
});

test.skipIf(missing)('left in the middle and resumed: every record once', async () => {
  const topic = await createTopic(admin, 2);
  await produce(kafka, topic, orders(600, { partitions: 2, valueBytes: 500 }), 20);
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

test.skipIf(missing)('over a network on which no answer comes in time: it asks for less', async () => {
  const topic = await createTopic(admin);
  await produce(kafka, topic, orders(4_000, { valueBytes: 1_000 }), 50);
  const bytesPerMs = 2_000;
  let connections = 0;
  const slow = new Kafka({
    clientId: 'history',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    requestTimeout: 1_000,
    enforceRequestTimeout: true,
    socketFactory: ({ host, port, onConnect }) => {
      connections++;
      const socket = net.connect({ host, port }, onConnect);
      socket.on('data', ({ length }: Buffer) => {
        socket.pause();
        setTimeout(() => socket.resume(), length / bytesPerMs);
      });
      return socket;
    },
  });
  const { records, coverage } = await scanAll(slow, { topic, isolation: 'readUncommitted' });
  expect(records.map(({ offset }) => offset)).toEqual(Array.from({ length: 4_000 }, (_, i) => i));
  expect(coverage).toMatchObject({ isComplete: true, records: 4_000 });
  // It has connected anew, so it was not in time at first.
  expect(connections).toBeGreaterThan(2);
});

test.skipIf(missing)('records deleted before and during the scan are counted', async () => {
  const topic = await createTopic(admin);
  await produce(kafka, topic, orders(400, { valueBytes: 1_000 }), 10);
  // kafkajs finds the leader only of a topic that it has asked about.
  await admin.fetchTopicOffsets(topic);
  const deleteBelow = (offset: number): Promise<void> =>
    admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  await deleteBelow(50);
  const options: ScanOptions = { topic, isolation: 'readUncommitted', from: { offset: 0 }, fetchBytes: 11_000 };
  const { records, coverage } = await scanAll(kafka, options, () => deleteBelow(300));
  const [partition] = coverage.partitions;
  expect(coverage.isComplete).toBe(true);
  expect(records[0]!.offset).toBe(50);
  expect(records.at(-1)!.offset).toBe(399);
  expect(partition!.skipped.removed).toBeGreaterThan(50);
  expect(records.length + partition!.skipped.removed).toBe(400);
});

test.skipIf(missing)('a topic deleted during the scan: it says how far it came', async () => {
  const topic = await createTopic(admin);
  await produce(kafka, topic, orders(400, { valueBytes: 1_000 }), 10);
  const options: ScanOptions = { topic, isolation: 'readUncommitted', fetchBytes: 11_000, patienceMs: 1_500 };
  const { records, coverage } = await scanAll(kafka, options, async () => {
    await admin.deleteTopics({ topics: [topic] });
    await expect.poll(() => admin.listTopics()).not.toContain(topic);
  });
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
  const topic = await createTopic(admin);
  await produce(kafka, topic, orders(60, { valueBytes: 10_000 }), 30);
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
  expect((await scanAll(kafka, options)).records).toHaveLength(60);
  expect(seen.at(-1)).toBe(1);
});
