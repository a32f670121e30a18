import { Kafka, logLevel } from 'kafkajs';
import { attach } from 'tidemark';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { cellsOf, type ReportTaker, startReportTaker, sum } from './collector.ts';
import { fillTopic, steadyMessages } from './topic.ts';

// What a host does to its consumer while it runs.

const { brokers, missing } = inject('broker');

describe.skipIf(missing !== undefined)(`a consumer that is steered${missing ? ` (${missing})` : ''}`, () => {
  let taker: ReportTaker;
  beforeAll(async () => {
    taker = await startReportTaker();
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    return () => spy.mockRestore();
  });
  afterAll(() => taker?.stop());

  async function consume(topic: string, groupId: string) {
    const kafka = attach(new Kafka({ clientId: 'host', brokers: [...brokers], logLevel: logLevel.NOTHING }), {
      collectorUrl: taker.url,
      reportIntervalMs: 100,
    });
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    onTestFinished(() => consumer.disconnect());
    const offsets: number[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void offsets.push(Number(message.offset)) });
    return { consumer, offsets };
  }
  const tasksOf = (group: string) => taker.reports.flatMap(({ tasks }) => tasks).filter((task) => task.group === group);
  const counted = (group: string) => sum(cellsOf(taker.reports, group).map(({ count }) => count));

  test('what it reads again because it sought back is counted again; it wanted that', async () => {
    const filled = await fillTopic(
      brokers,
      steadyMessages(20).map((message) => ({ ...message, partition: 0 })),
    );
    const group = filled.group();
    const { consumer, offsets } = await consume(filled.topic, group);
    await vi.waitFor(() => expect(offsets).toHaveLength(20), { timeout: 20_000 });
    consumer.seek({ topic: filled.topic, partition: 0, offset: '15' });
    await vi.waitFor(() => expect(offsets).toHaveLength(25), { timeout: 20_000 });
    await consumer.stop();
    await vi.waitFor(() => expect(counted(group)).toBe(25));
    expect(taker.reports.at(-1)!.health.redelivered).toBe(0);
  });

  test('a paused partition is said to be paused every second, and resumed', async () => {
    const filled = await fillTopic(brokers, steadyMessages(10), { partitions: 2 });
    const group = filled.group();
    const { consumer, offsets } = await consume(filled.topic, group);
    await vi.waitFor(() => expect(offsets).toHaveLength(10), { timeout: 20_000 });
    const pausedSeconds = () =>
      tasksOf(group)
        .flatMap(({ fetches }) => fetches)
        .filter(({ partition, paused }) => partition === 1 && paused)
        .map(({ secondMs }) => secondMs);
    consumer.pause([{ topic: filled.topic, partitions: [1] }]);
    await vi.waitFor(() => expect(pausedSeconds().length).toBeGreaterThanOrEqual(2), { timeout: 20_000 });
    consumer.resume([{ topic: filled.topic, partitions: [1] }]);
    const resumedMs = Date.now();
    const fetchedAfter = () =>
      tasksOf(group)
        .flatMap(({ fetches }) => fetches)
        .filter(({ partition, paused, secondMs }) => partition === 1 && !paused && secondMs > resumedMs);
    await vi.waitFor(() => expect(fetchedAfter().length).toBeGreaterThanOrEqual(1), { timeout: 20_000 });
    const seconds = pausedSeconds();
    expect(new Set(seconds).size).toBe(seconds.length);
    // The other partition was fetched all the while.
    const others = tasksOf(group)
      .flatMap(({ fetches }) => fetches)
      .filter(({ partition }) => partition === 0);
    expect(others.every(({ paused, answered }) => !paused && answered > 0)).toBe(true);
  });

  test('a consumer that stops and runs again is a new task, whose stream time starts anew', async () => {
    const filled = await fillTopic(brokers, steadyMessages(10), { partitions: 2 });
    const group = filled.group();
    const { consumer, offsets } = await consume(filled.topic, group);
    await vi.waitFor(() => expect(offsets).toHaveLength(10), { timeout: 20_000 });
    await consumer.stop();
    await consumer.run({ eachMessage: async ({ message }) => void offsets.push(Number(message.offset)) });
    await vi.waitFor(() => expect(new Set(tasksOf(group).map(({ id }) => id)).size).toBe(2), { timeout: 20_000 });
    expect(counted(group)).toBe(10);
    expect(tasksOf(group).at(-1)).not.toHaveProperty('streamTimeMs');
    expect(tasksOf(group).flatMap(({ assignments }) => assignments)).toMatchObject([
      { partitions: [{ topic: filled.topic }, { topic: filled.topic }] },
      { partitions: [{ topic: filled.topic }, { topic: filled.topic }] },
    ]);
  });
});
