import { randomUUID } from 'node:crypto';
import { createSchedule, type ScheduleInput, type Scheduling } from '@tidemark/core';
import { type Consumer, type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { type ScheduleOptions, scheduledConsumer } from '../src/schedule.ts';
import { fillTopic } from './topic.ts';

// Scheduled consumers on a real broker. What order is right is asked of the dialect, which real engines have judged.

const { brokers, missing } = inject('broker');
const kafka = new Kafka({ clientId: 'scheduled', brokers: [...brokers], logLevel: logLevel.NOTHING });
const running: Consumer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((consumer) => consumer.disconnect()));
});

const startMs = 1_790_000_000_000;
const partitions = 3;
const perPartition = 400;

/** Partition `p` runs at a pace of its own, and every seventh record is out of order. */
function messages(seed: number) {
  const next = chance(seed);
  const atMs = Array.from({ length: partitions }, () => startMs);
  return Array.from({ length: partitions * perPartition }, (_, i) => {
    const partition = i % partitions;
    atMs[partition]! += Math.floor(next() * 40 * (partition + 1));
    const timestamp = atMs[partition]! - (i % 7 === 0 ? Math.floor(next() * 500) : 0);
    return { partition, value: String(i), timestamp: String(timestamp) };
  });
}

function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Run {
  readonly consumer: Consumer;
  readonly order: string[];
  readonly times: number[];
}

async function consume(at: {
  readonly topics: readonly string[];
  readonly group: string;
  readonly options: ScheduleOptions;
  readonly onMessage?: (payload: EachMessagePayload, seen: number) => unknown;
}): Promise<Run> {
  const consumer = scheduledConsumer(kafka, { groupId: at.group, heartbeatInterval: 200 }, at.options);
  running.push(consumer);
  const order: string[] = [];
  const times: number[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [...at.topics], fromBeginning: true });
  await consumer.run({
    eachMessage: async (payload) => {
      await at.onMessage?.(payload, order.length);
      order.push(`${payload.topic}-${payload.partition}@${payload.message.offset}`);
      times.push(Number(payload.message.timestamp));
    },
  });
  return { consumer, order, times };
}

/** The order of the same schedule when all of the logs lies before it. */
function predicted(
  scheduling: Scheduling,
  inputs: readonly ScheduleInput[],
  logs: ReadonlyMap<string, readonly number[]>,
): readonly string[] {
  const schedule = createSchedule(scheduling, inputs);
  const nexts = new Map<string, number>();
  const order: string[] = [];
  const offer = (topic: string, partition: number): void => {
    const key = `${topic}-${partition}`;
    const offset = nexts.get(key) ?? 0;
    const eventMs = logs.get(key)?.[offset];
    schedule.setLag({ topic, partition }, 0);
    if (eventMs === undefined) return;
    nexts.set(key, offset + 1);
    schedule.update({ stream: topic, partition, offset, eventMs });
  };
  for (const { topic, partition } of inputs) offer(topic, partition);
  // Long enough after one another that each empty partition is given up in turn.
  for (const nowMs of inputs.map((_, i) => i * 100_000).concat(inputs.length * 100_000)) {
    for (let head = schedule.choose(nowMs); head !== undefined; head = schedule.choose(nowMs)) {
      order.push(`${head.stream}-${head.partition}@${head.offset}`);
      offer(head.stream, head.partition);
    }
  }
  return order;
}

function logsOf(topic: string, sent: ReturnType<typeof messages>): Map<string, number[]> {
  const logs = new Map<string, number[]>();
  for (const { partition, timestamp } of sent) {
    const key = `${topic}-${partition}`;
    logs.set(key, [...(logs.get(key) ?? []), Number(timestamp)]);
  }
  return logs;
}

/** Where the first difference is: the orders themselves are too long to read. */
function difference(order: readonly string[], want: readonly string[]): object | undefined {
  const at = want.findIndex((place, i) => place !== order[i]);
  if (at === -1 && order.length === want.length) return undefined;
  return {
    at,
    got: order.slice(Math.max(0, at - 3), at + 4),
    want: want.slice(Math.max(0, at - 3), at + 4),
    of: order.length,
  };
}

const inputsOf = (topic: string, count = partitions): ScheduleInput[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

async function committedOf(group: string, topic: string): Promise<readonly string[]> {
  const admin = kafka.admin();
  await admin.connect();
  const [of] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  await admin.disconnect();
  return of!.partitions.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset);
}

describe.skipIf(missing !== undefined)('a scheduled consumer', () => {
  test.for([
    { why: 'all that waits fits', maxWaiting: 10_000 },
    { why: 'partitions are paused and fetched again all the time', maxWaiting: 20 },
  ])('processes in event-time order across partitions: $why', async ({ maxWaiting }) => {
    const sent = messages(maxWaiting);
    const { topic, group, records } = await fillTopic(brokers, sent, { partitions });
    const scheduling: Scheduling = { kind: 'eventTime', maxIdleMs: 1_000 };
    const groupId = group();
    const run = await consume({ topics: [topic], group: groupId, options: { scheduling, maxWaiting } });
    await expect.poll(() => run.order.length).toBe(records);
    expect(difference(run.order, predicted(scheduling, inputsOf(topic), logsOf(topic, sent)))).toBeUndefined();
    await run.consumer.stop();
    expect(await committedOf(groupId, topic)).toEqual(Array(partitions).fill(String(perPartition)));
  });

  test('an attached agent sees the order of processing, not that of the batches', async () => {
    const { attach } = await import('../src/attach.ts');
    const { startReportTaker, cellsOf } = await import('./collector.ts');
    const taker = await startReportTaker();
    try {
      // In order within each partition: then nothing is late in event-time order, and much is in the order of the batches.
      const sent = messages(5).map((message, i) => ({
        ...message,
        timestamp: String(startMs + i * 10 + message.partition * 5_000),
      }));
      const { topic, group, records } = await fillTopic(brokers, sent, { partitions });
      const groupId = group();
      const attached = attach(new Kafka({ clientId: 'attached', brokers: [...brokers], logLevel: logLevel.NOTHING }), {
        collectorUrl: taker.url,
      } as never);
      const consumer = scheduledConsumer(
        attached,
        { groupId },
        { scheduling: { kind: 'eventTime', maxIdleMs: 2_000 } },
      );
      running.push(consumer);
      let seen = 0;
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ eachMessage: async () => void seen++ });
      await expect.poll(() => seen).toBe(records);
      const cells = () => cellsOf(taker.reports, groupId);
      await expect.poll(() => cells().reduce((sum, { count }) => sum + count, 0)).toBe(records);
      expect(cells().filter(({ late }) => late !== undefined)).toEqual([]);
    } finally {
      await taker.stop();
    }
  });

  test('goes on without a partition that has nothing to say, after the time that was set', async () => {
    const sent = messages(3).filter(({ partition }) => partition !== 1);
    const { topic, group, records } = await fillTopic(brokers, sent, { partitions });
    const options: ScheduleOptions = { scheduling: { kind: 'eventTime', maxIdleMs: 300 } };
    const run = await consume({ topics: [topic], group: group(), options });
    await expect.poll(() => run.order.length).toBe(records);
  });

  test('takes a topic of priority first, then turns', async () => {
    const bulk = await fillTopic(brokers, messages(4), { partitions });
    const urgent = await fillTopic(brokers, messages(5), { partitions });
    const scheduling: Scheduling = { kind: 'turns', priorities: { [urgent.topic]: 1 } };
    const fetched = new Map<string, number>();
    let isAllThere: () => void = () => {};
    const allThere = new Promise<void>((resolve) => (isAllThere = resolve));
    const all = bulk.records + urgent.records;
    const consumer = scheduledConsumer(kafka, { groupId: bulk.group() }, { scheduling, maxWaiting: 10_000 });
    running.push(consumer);
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
      fetched.set(`${payload.topic}-${payload.partition}`, Number(payload.lastOffset) + 1);
      if ([...fetched.values()].reduce((sum, count) => sum + count, 0) === all) setTimeout(isAllThere, 50);
    });
    const order: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: [bulk.topic, urgent.topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        // The first one waits until everything waits: from then on the order does not depend on the network.
        if (order.length === 0) await allThere;
        order.push(`${topic}-${partition}@${message.offset}`);
      },
    });
    await expect.poll(() => order.length).toBe(all);
    const [, ...rest] = order;
    const ofUrgent = rest.map((place, i) => (place.startsWith(urgent.topic) ? i : -1)).filter((i) => i >= 0);
    expect(Math.max(...ofUrgent)).toBe(ofUrgent.length - 1);
    const turns = rest.slice(ofUrgent.length + partitions).map((place) => place.replace(/@.*/, ''));
    for (let i = 0; i + partitions < turns.length - partitions; i++) expect(turns[i + partitions]).toBe(turns[i]);
  });

  test('reads a bootstrap topic up to its newest record before anything else', async () => {
    const events = await fillTopic(brokers, messages(6), { partitions });
    const table = await fillTopic(brokers, messages(7), { partitions });
    const run = await consume({
      topics: [events.topic, table.topic],
      group: events.group(),
      options: { scheduling: { kind: 'turns', bootstrap: [table.topic] } },
    });
    await expect.poll(() => run.order.length).toBe(events.records + table.records);
    const lastOfTable = run.order.findLastIndex((place) => place.startsWith(table.topic));
    expect(lastOfTable).toBe(table.records - 1);
  });

  test('a handler that throws is given the same record again, and none is passed over', async () => {
    const sent = messages(8);
    const { topic, group, records } = await fillTopic(brokers, sent, { partitions });
    const scheduling: Scheduling = { kind: 'eventTime', maxIdleMs: 1_000 };
    let failures = 0;
    const onMessage = (_: EachMessagePayload, seen: number): void => {
      if (seen === 500 && failures++ === 0) throw new Error('the host has a bug');
    };
    const run = await consume({ topics: [topic], group: group(), options: { scheduling }, onMessage });
    await expect.poll(() => run.order.length).toBe(records);
    expect(failures).toBe(2);
    expect(difference(run.order, predicted(scheduling, inputsOf(topic), logsOf(topic, sent)))).toBeUndefined();
  });

  test('a rebalance loses nothing, and keeps the order of each partition', async () => {
    const sent = messages(9);
    const { topic, group, records } = await fillTopic(brokers, sent, { partitions });
    const groupId = group();
    const options: ScheduleOptions = { scheduling: { kind: 'eventTime', maxIdleMs: 100 }, commitEveryMs: 50 };
    // The first leaves something for the second, however long that takes to join.
    let hasSecond = false;
    const slowly = () => new Promise((resolve) => setTimeout(resolve, hasSecond ? 2 : 20));
    const first = await consume({ topics: [topic], group: groupId, options, onMessage: slowly });
    await expect.poll(() => first.order.length).toBeGreaterThan(100);
    const onMessage = () => {
      hasSecond = true;
      return slowly();
    };
    const second = await consume({ topics: [topic], group: groupId, options, onMessage });
    const places = () => new Set([...first.order, ...second.order]);
    await expect.poll(() => places().size).toBe(records);
    expect(second.order.length).toBeGreaterThan(0);
    for (let partition = 0; partition < partitions; partition++) {
      const ofPartition = second.order.filter((place) => place.includes(`-${partition}@`));
      const offsets = ofPartition.map((place) => Number(place.split('@')[1]));
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    }
    await Promise.all([first, second].map(({ consumer }) => consumer.stop()));
    expect(await committedOf(groupId, topic)).toEqual(Array(partitions).fill(String(perPartition)));
  });

  test('a place that was sought is where it goes on', async () => {
    const sent = messages(10);
    const { topic, group, records } = await fillTopic(brokers, sent, { partitions });
    const options: ScheduleOptions = { scheduling: { kind: 'eventTime', maxIdleMs: 1_000 } };
    const run: Run = await consume({ topics: [topic], group: group(), options });
    await expect.poll(() => run.order.length).toBe(records);
    run.consumer.seek({ topic, partition: 2, offset: '390' });
    await expect.poll(() => run.order.length).toBe(records + 10);
    expect(run.order.slice(records)).toEqual(Array.from({ length: 10 }, (_, i) => `${topic}-2@${390 + i}`));
  });

  test('a batch has an order of its own: refused', async () => {
    const consumer = scheduledConsumer(kafka, { groupId: randomUUID() }, { scheduling: { kind: 'turns' } });
    expect(() => consumer.run({ eachBatch: async () => {} })).toThrow('expected run({ eachMessage })');
  });
});
