import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultLine, readFollowSettings } from '@tidemark/config';
import kafkajs, { type Consumer, Kafka, logLevel } from 'kafkajs';
import { afterEach, expect, inject, test } from 'vitest';
import { createTopics } from '../../../testbed/src/broker/create-topics.ts';
import { removeTraces } from '../../../testbed/src/demo/topic.ts';
import { startProxy } from '../../../testbed/src/network/proxy.ts';
import { throughProxy } from '../../../testbed/src/network/through-proxy.ts';
import { cellsOf, type ReportTaker, startReportTaker, sum } from '../../test/collector.ts';
import { kafkaOf, setStage, startSidecar, until } from '../../test/follow-stage.ts';
import { registerCodecs } from '../codec/register-codecs.ts';
import { Follower } from './follower.ts';

const { brokers, missing } = inject('broker');
const leaving: (() => unknown)[] = [];
afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave();
});

/** A consumer as there are many: it commits now and then, and knows nothing of us. */
async function startConsumer(
  kafka: Kafka,
  group: string,
  topics: readonly string[],
  eachMessage = async (): Promise<void> => {},
): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: group });
  leaving.push(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve());
  });
  await consumer.run({ autoCommitInterval: 200, eachMessage });
  await joined;
  return consumer;
}

async function produce(kafka: Kafka, topic: string, partitions: number, each: number): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let i = 0; i < each; i++) {
    const messages = Array.from({ length: partitions }, (_, partition) => ({ partition, value: 'v'.repeat(100) }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

function recordsIn({ reports }: ReportTaker): number {
  return sum(cellsOf(reports).map(({ count }) => count));
}

/** From then on nothing of so many partitions is missed: they are read from where the group is, or from their end. */
function untilRead(taker: ReportTaker, partitions: number): Promise<void> {
  return until(`${partitions} partitions to be read`, () => {
    const fetches = taker.reports.flatMap(({ tasks }) => tasks.flatMap(({ fetches }) => fetches));
    const read = fetches.filter(({ answered }) => answered > 0).map(({ topic, partition }) => `${topic}-${partition}`);
    return new Set(read).size === partitions;
  });
}

/** In a partition the records come in order: with this one all before it are counted. */
function untilCounted(taker: ReportTaker, offset: number, partitions = 1): Promise<void> {
  return until(`offset ${offset} of ${partitions} partitions`, () => {
    const counted = cellsOf(taker.reports).filter(({ last }) => last.offset === offset);
    return new Set(counted.map(({ partition }) => partition)).size === partitions;
  });
}

test.skipIf(missing)('a group that comes later, restarts and is reset', async () => {
  await using stage = await setStage(brokers, 3);
  const { topic, group } = stage;
  const taker = await startReportTaker();
  leaving.push(() => taker.stop());
  const sidecar = startSidecar({ brokers, group, collectorUrl: taker.url });
  leaving.push(() => sidecar.stop());
  const said = (words: string) => () => sidecar.lines.some((line) => line.includes(words));
  await until('it to say that there is no group', said(`group "${group}" is not there`));

  const kafka = kafkaOf(brokers);
  const found = 'plain consumers, 1 member, 3 partitions of 1 topic';
  const first = await startConsumer(kafka, group, [topic]);
  await until('it to find the group', said(found));
  await untilRead(taker, 3);
  await produce(kafka, topic, 3, 20);
  await until('all records', () => recordsIn(taker) === 60);
  const tasks = () => new Set(taker.reports.flatMap((report) => report.tasks.map(({ id }) => id)));
  expect(tasks().size).toBe(1);

  // Another member has another memory, so its stream time starts anew.
  await first.disconnect();
  await until('it to see that nobody is there', said('has no members now'));
  const second = await startConsumer(kafka, group, [topic]);
  await until('it to see that somebody is', () => sidecar.lines.filter((line) => line.includes(found)).length === 2);
  await produce(kafka, topic, 3, 10);
  await until('all records of the second life', () => recordsIn(taker) === 90);
  expect(tasks().size).toBe(2);

  // Somebody resets the group: it processes everything again, and so do we.
  await second.disconnect();
  const admin = kafka.admin();
  await admin.connect();
  await admin.setOffsets({
    groupId: group,
    topic,
    partitions: [0, 1, 2].map((partition) => ({ partition, offset: '0' })),
  });
  await admin.disconnect();
  // It takes its time until that was seen: what is committed anew must not pass what was committed before.
  await startConsumer(kafka, group, [topic], async () => {
    if (recordsIn(taker) === 90) await sleep(300);
  });
  await until('all records again', () => recordsIn(taker) === 180);
  expect(taker.reports.at(-1)?.health.redelivered).toBe(0);
  // A fresh broker has no coordinator until it was asked for one; after that nothing went wrong but what was too slow.
  const since = sidecar.lines.findIndex((line) => line.includes(found));
  const wrong = sidecar.lines.slice(since).filter((line) => /cannot (read|see|find)/.test(line));
  expect(wrong.filter((line) => !/timed? ?out/i.test(line))).toEqual([]);
  const cells = cellsOf(taker.reports);
  expect(new Set(cells.map(({ source }) => source.kind))).toEqual(new Set(['producer']));
  // Each record's append time is bracketed by our own fetches.
  expect(cells.every(({ last }) => last.append.highMs !== undefined)).toBe(true);
  expect((await sidecar.stop()).code).toBe(0);
});

test.skipIf(missing).for([
  { why: 'read_committed: what was given up does not count', flags: ['--isolation', 'read_committed'], want: 20 },
  { why: 'read_uncommitted: all counts, but no marker does', flags: [], want: 30 },
])('transactions, $why', async ({ flags, want }) => {
  await using stage = await setStage(brokers, 1);
  const { topic, group } = stage;
  const kafka = kafkaOf(brokers);
  const taker = await startReportTaker();
  leaving.push(() => taker.stop());
  await startConsumer(kafka, group, [topic]);
  const sidecar = startSidecar({ brokers, group, collectorUrl: taker.url, flags });
  leaving.push(() => sidecar.stop());
  await untilRead(taker, 1);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: topic });
  await producer.connect();
  leaving.push(() => producer.disconnect());
  for (const end of ['commit', 'abort', 'commit'] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: Array.from({ length: 10 }, () => ({ value: 'v' })) });
    await transaction[end]();
  }
  // Three times ten records, each with a marker behind them.
  await untilCounted(taker, 31);
  expect(recordsIn(taker)).toBe(want);
});

test.skipIf(missing)('a topic that is deleted, and one that the group does not consume', async () => {
  await using stage = await setStage(brokers, 1);
  const { topic, group } = stage;
  const kafka = kafkaOf(brokers);
  const consumer = await startConsumer(kafka, group, [topic]);
  await produce(kafka, topic, 1, 5);
  const [taker, another] = [await startReportTaker(), await startReportTaker()];
  leaving.push(() => Promise.all([taker.stop(), another.stop()]));
  const flags = ['--topics', `${topic},ordres`];
  const mistaken = startSidecar({ brokers, group, collectorUrl: another.url, flags });
  leaving.push(() => mistaken.stop());
  await until('the wrong name to be said', () =>
    mistaken.lines.some((line) => line.includes('consumes nothing of "ordres" (--topics)')),
  );
  const sidecar = startSidecar({ brokers, group, collectorUrl: taker.url });
  leaving.push(() => sidecar.stop());
  await until('where the group is to be known', () =>
    taker.reports.some(({ tasks }) => tasks.some(({ fetches }) => fetches.some(({ position }) => position === 5))),
  );
  await consumer.stop();
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
  await until('the lost topic to be said', () =>
    sidecar.lines.some((line) => line.includes('it is not there') || line.includes('no committed offset there')),
  );
  await sleep(3_000);
  // One line a trouble, not one an attempt.
  expect(sidecar.lines.filter((line) => line.includes(topic)).length).toBeLessThanOrEqual(8);
  expect((await sidecar.stop()).code).toBe(0);
});

test.skipIf(missing)('records that the broker packed, in each way that there is', async () => {
  const group = `follow-${randomUUID().slice(0, 8)}`;
  const kafka = kafkaOf(brokers);
  const admin = kafka.admin();
  await admin.connect();
  leaving.push(() => admin.disconnect());
  const topics = ['gzip', 'snappy', 'lz4', 'zstd'].map((compression) => {
    const topic = `${compression}-${group}`;
    leaving.push(() => removeTraces(brokers, topic));
    return { topic, numPartitions: 1, configEntries: [{ name: 'compression.type', value: compression }] };
  });
  await createTopics(admin, topics);
  registerCodecs(kafkajs);
  await startConsumer(
    kafka,
    group,
    topics.map(({ topic }) => topic),
  );
  const taker = await startReportTaker();
  leaving.push(() => taker.stop());
  const sidecar = startSidecar({ brokers, group, collectorUrl: taker.url, flags: ['--tasks', 'partition'] });
  leaving.push(() => sidecar.stop());
  await untilRead(taker, 4);

  const producer = kafka.producer();
  await producer.connect();
  leaving.push(() => producer.disconnect());
  // Runs, repetitions and noise, so that each kind of copy is in it.
  const noise = (i: number) => ((i * 2_654_435_761) >>> 0).toString(36);
  for (const { topic } of topics) {
    for (let batch = 0; batch < 3; batch++) {
      const value = (i: number) => noise(i).repeat(i % 40) + noise(i + batch) + 'x'.repeat(i);
      const messages = Array.from({ length: 400 }, (_, i) => ({ value: value(i), timestamp: String(1_000_000 + i) }));
      await producer.send({ topic, messages });
    }
  }
  await until('all records', () => recordsIn(taker) === 4 * 1_200);
  const cells = cellsOf(taker.reports);
  for (const { topic } of topics) {
    const own = cells.filter((cell) => cell.topic === topic);
    expect(sum(own.map(({ count }) => count))).toBe(1_200);
    expect(Math.min(...own.map(({ minEventMs }) => minEventMs))).toBe(1_000_000);
    expect(Math.max(...own.map(({ maxEventMs }) => maxEventMs))).toBe(1_000_399);
  }
  expect(sidecar.lines.filter((line) => line.includes('unpacked'))).toEqual([]);
});

test.skipIf(missing)('a network that is cut for a while: nothing is lost, nothing counted twice', async () => {
  await using stage = await setStage(brokers, 2);
  const { topic, group } = stage;
  const kafka = kafkaOf(brokers);
  const taker = await startReportTaker();
  leaving.push(() => taker.stop());
  await startConsumer(kafka, group, [topic]);
  const proxy = await startProxy();
  leaving.push(() => proxy.close());
  const read = readFollowSettings({}, ['--group', group, '--brokers', brokers.join(','), '--collector-url', taker.url]);
  if (!read.ok) throw new Error(read.faults.map(faultLine).join());
  const socketFactory = throughProxy(proxy);
  const retry = { retries: 1, initialRetryTime: 100 };
  const behindProxy = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, socketFactory, retry });
  const follower = new Follower(behindProxy, read.value, 'test');
  follower.start();
  leaving.push(() => follower.stop());
  await untilRead(taker, 2);
  await produce(kafka, topic, 2, 10);
  await until('the first records', () => recordsIn(taker) === 20);
  proxy.cut();
  await produce(kafka, topic, 2, 10);
  await until('several attempts to fail', () => taker.reports.at(-1)!.health.errors >= 3);
  proxy.restore();
  await produce(kafka, topic, 2, 10);
  await untilCounted(taker, 29, 2);
  expect(recordsIn(taker)).toBe(60);
  expect(taker.reports.at(-1)!.health.redelivered).toBe(0);
});

test('a broker that cannot be reached: one line, counted, and it keeps trying', async () => {
  const taker = await startReportTaker();
  leaving.push(() => taker.stop());
  const sidecar = startSidecar({ brokers: ['127.0.0.1:1'], group: 'g', collectorUrl: taker.url });
  leaving.push(() => sidecar.stop());
  await until('several attempts to be counted', () => (taker.reports.at(-1)?.health.errors ?? 0) >= 3);
  expect(sidecar.lines.filter((line) => line.includes('cannot reach a broker at 127.0.0.1:1'))).toHaveLength(1);
  expect((await sidecar.stop()).code).toBe(0);
});
