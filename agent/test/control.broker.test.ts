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
    await expect.poll(() => offsets).toHaveLength(20);
    consumer.seek({ topic: filled.topic, partition: 0, offset: '15' });
    await expect.poll(() => offsets).toHaveLength(25);
    await consumer.stop();
    await expect.poll(() => counted(group)).toBe(25);
    expect(taker.reports.at(-1)!.health.redelivered).toBe(0);
  });

  test('a paused partition is said to be paused every second, and resumed', async () => {
    const filled = await fillTopic(brokers, steadyMessages(10), { partitions: 2 });
    const group = filled.group();
    const { consumer, offsets } = await consume(filled.topic, group);
    await expect.poll(() => offsets).toHaveLength(10);
    const pausedSeconds = () =>
      tasksOf(group)
        .flatMap(({ fetches }) => fetches)
        .filter(({ partition, paused }) => partition === 1 && paused)
        .map(({ secondMs }) => secondMs);
    consumer.pause([{ topic: filled.topic, partitions: [1] }]);
    // News is told at once, so a second may be told in parts.
    await expect.poll(() => new Set(pausedSeconds()).size).toBeGreaterThanOrEqual(2);
    // The other partition is fetched all the while.
    const others = () =>
      tasksOf(group)
        .flatMap(({ fetches }) => fetches)
        .filter(({ partition }) => partition === 0);
    const fetchedMeanwhile = () =>
      others().filter(({ secondMs, answered }) => answered > 0 && pausedSeconds().includes(secondMs));
    await expect.poll(() => fetchedMeanwhile().length).toBeGreaterThanOrEqual(1);
    consumer.resume([{ topic: filled.topic, partitions: [1] }]);
    const resumedMs = Date.now();
    const fetchedAfter = () =>
      tasksOf(group)
        .flatMap(({ fetches }) => fetches)
        .filter(({ partition, paused, secondMs }) => partition === 1 && !paused && secondMs > resumedMs);
    await expect.poll(() => fetchedAfter().length).toBeGreaterThanOrEqual(1);
    expect(others().filter(({ paused }) => paused)).toEqual([]);
  });

  test('a consumer that stops and runs again is a new task, whose stream time starts anew', async () => {
    const filled = await fillTopic(brokers, steadyMessages(10), { partitions: 2 });
    const group = filled.group();
    const { consumer, offsets } = await consume(filled.topic, group);
    await expect.poll(() => offsets).toHaveLength(10);
    await consumer.stop();
    await consumer.run({ eachMessage: async ({ message }) => void offsets.push(Number(message.offset)) });
    await expect.poll(() => new Set(tasksOf(group).map(({ id }) => id)).size).toBe(2);
    await expect.poll(() => counted(group)).toBe(10);
    expect(tasksOf(group).at(-1)).not.toHaveProperty('streamTimeMs');
    const assignments = () => tasksOf(group).flatMap(({ assignments }) => assignments);
    await expect
      .poll(assignments)
      .toMatchObject([
        { partitions: [{ topic: filled.topic }, { topic: filled.topic }] },
        { partitions: [{ topic: filled.topic }, { topic: filled.topic }] },
      ]);
  });
});
