import { setTimeout as sleep } from 'node:timers/promises';
import { tumblingPolicy } from '@tidemark/config';
import {
  type Assessment,
  assess,
  createState,
  firstAssessment,
  ingest,
  isConfirmed,
  type ProducerAssessment,
} from '@tidemark/core';
import { Kafka, logLevel } from 'kafkajs';
import { attach } from 'tidemark';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { type CuttableProxy, startProxy } from '../../testbed/src/network/proxy.ts';
import { throughProxy } from '../../testbed/src/network/through-proxy.ts';
import { type ReportTaker, startReportTaker, sum } from './collector.ts';
import { runHost } from './host.ts';
import { fillTopic } from './topic.ts';

// A producer whose own agent tells of it, on a real broker, over a network that can be cut.

const { brokers, missing } = inject('broker');

/** What a collector believes, tick by tick. */
function watch(taker: ReportTaker): { readonly now: () => Assessment; readonly all: readonly Assessment[] } {
  const state = createState();
  const all = [firstAssessment(Date.now())];
  let read = 0;
  const tick = setInterval(() => {
    for (; read < taker.reports.length; read++) ingest(state, taker.reports[read]!, Date.now());
    all.push(assess(all.at(-1)!, state, Date.now()));
  }, 500);
  onTestFinished(() => clearInterval(tick));
  return { now: () => all.at(-1)!, all };
}

interface Running {
  /** It goes on making events or not. */
  isIdle: boolean;
  /** When its youngest acknowledged event was made. */
  acknowledgedMs: number;
}

/** Makes an event each 50 ms and waits for none of them: what it cannot deliver, its client holds. */
async function produce(
  name: string,
  world: {
    readonly topic: string;
    readonly taker: ReportTaker;
    readonly proxy?: CuttableProxy;
    readonly partition: number;
  },
): Promise<Running> {
  const { topic, taker, proxy, partition } = world;
  const client = {
    clientId: name,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 30_000,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 1_000 },
    ...(proxy ? { socketFactory: throughProxy(proxy) } : {}),
  };
  const kafka = attach(new Kafka(client), { collectorUrl: taker.url, host: name, producers: true });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const running: Running = { isIdle: false, acknowledgedMs: 0 };
  const making = setInterval(() => {
    if (running.isIdle) return;
    const madeMs = Date.now();
    const message = { value: name, partition, timestamp: String(madeMs) };
    const acknowledged = (): void => {
      running.acknowledgedMs = Math.max(madeMs, running.acknowledgedMs);
    };
    producer.send({ topic, messages: [message] }).then(acknowledged, () => {});
  }, 50);
  onTestFinished(async () => {
    clearInterval(making);
    await producer.disconnect();
  });
  return running;
}

async function consume(topic: string, group: string, taker: ReportTaker): Promise<void> {
  const kafka = attach(new Kafka({ clientId: 'host', brokers: [...brokers], logLevel: logLevel.NOTHING }), {
    collectorUrl: taker.url,
    host: 'consumer',
    policies: [tumblingPolicy({ sizeMs: 1_000, graceMs: 0 })],
  });
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100 });
  onTestFinished(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({ eachMessage: async () => {} });
}

const by = (host: string, { producers }: Assessment): ProducerAssessment =>
  producers.find((producer) => producer.host === host)!;

describe.skipIf(missing !== undefined)(`producers with an agent${missing ? ` (${missing})` : ''}`, () => {
  test('cut off, its agent says what waits; idle, that nothing does; and offsets tell which source it is', async () => {
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    onTestFinished(() => spy.mockRestore());
    const taker = await startReportTaker();
    onTestFinished(() => taker.stop());
    const proxy = await startProxy();
    onTestFinished(() => proxy.close());
    const { topic, group } = await fillTopic(brokers, [], { partitions: 2 });
    const groupId = group();
    const collector = watch(taker);
    await consume(topic, groupId, taker);
    await produce('a', { topic, taker, partition: 0 });
    const b = await produce('b', { topic, taker, partition: 1, proxy });

    for (const [host, partition] of [
      ['a', 0],
      ['b', 1],
    ] as const) {
      await expect
        .poll(() => by(host, collector.now()).sources)
        .toEqual([{ group: groupId, source: { kind: 'partition', topic, partition }, by: 'offsets' }]);
    }

    // Enough for a habit.
    await sleep(8_000);
    const cutMs = proxy.cut();
    // What its agent says, by the clock of this process. The one that it knows by its id, and perhaps the address that it began with.
    const told = () =>
      taker.reports.findLast(({ agent, producers }) => agent.host === 'b' && producers)!.producers![0]!;
    const unanswered = () => told().brokers.filter((row) => row.unansweredSinceMs !== undefined);
    const failures = () => sum(unanswered().flatMap((row) => Object.values(row.failures)));
    await expect.poll(failures).toBeGreaterThan(3);
    const sinceMs = () => Math.min(...unanswered().map((row) => row.unansweredSinceMs!));
    const acknowledged = () => told().brokers.map(({ node, acknowledgedMs }) => [node, acknowledgedMs]);
    const [firstSinceMs, firstAcknowledged] = [sinceMs(), acknowledged()];
    await sleep(10_000);
    await expect.poll(() => told().waiting!.records).toBeGreaterThan(100);
    const { waiting } = told();
    // Whatever was made before the last that was acknowledged has been: nothing waits from before, and nothing asks from before.
    expect(waiting!.sinceMs).toBeGreaterThanOrEqual(b.acknowledgedMs);
    expect(waiting!.createdMs).toBeGreaterThanOrEqual(b.acknowledgedMs);
    expect(firstSinceMs).toBeGreaterThanOrEqual(b.acknowledgedMs);
    // It is since the first that was not answered, however often it was tried again.
    expect(sinceMs()).toBe(firstSinceMs);
    expect(acknowledged()).toEqual(expect.arrayContaining(firstAcknowledged));
    expect(by('a', collector.now()).brokers.every(({ failures }) => Object.keys(failures).length === 0)).toBe(true);

    // It is known while it lasts, and of nobody else.
    const confirmed = () => collector.now().incidents.filter(isConfirmed);
    await expect
      .poll(confirmed)
      .toMatchObject([{ kind: 'producerCutOff', status: 'open', source: { kind: 'partition', topic, partition: 1 } }]);
    const [incident] = confirmed();
    expect(incident).not.toHaveProperty('end');
    expect(incident!.late.count).toBe(0);
    expect(incident!.proof).toMatchObject({ host: 'b', linkedBy: 'offsets', isAll: true });
    expect(incident!.start.lowMs).toBeLessThanOrEqual(cutMs);
    expect(incident!.start.highMs).toBeGreaterThanOrEqual(cutMs);
    expect(incident!.sentence).toContain(`${topic}-1 is cut off from broker`);
    expect(incident!.sentence).toContain('proved by its agent: nothing is acknowledged, ');

    const restoredMs = proxy.restore();
    await expect.poll(() => by('b', collector.now()).waiting?.records ?? 0).toBeLessThan(10);
    b.isIdle = true;
    await expect.poll(() => by('b', collector.now())).not.toHaveProperty('waiting');
    await expect.poll(unanswered).toEqual([]);
    await expect
      .poll(() => by('b', collector.now()).brokers.every((row) => row.unansweredSinceMs === undefined))
      .toBe(true);

    // Idle for as long as it was cut off: nothing is said of it, and the cut is over and was the same.
    await sleep(10_000);
    const states = () =>
      collector
        .now()
        .tasks.flatMap(({ sources }) => sources)
        .map(({ partitions, state, told }) => [partitions[0]!.partition, state, told?.kind])
        .sort();
    await expect.poll(states).toEqual([
      [0, 'live', 'live'],
      [1, 'idle', 'idle'],
    ]);
    const [over, ...others] = confirmed();
    expect([over!.id, ...others]).toEqual([incident!.id]);
    // A window is a second long: what waited was all late, and most of it dropped.
    expect(over!.late.count).toBeGreaterThan(waiting!.records / 2);
    expect(over!.dropped[0]!.count).toBeGreaterThan(waiting!.records / 4);
    expect(over!.end!.highMs).toBeGreaterThanOrEqual(restoredMs);
  });

  test('a process that only produces is seen by the preload, where that is wanted, and says that it closed', async () => {
    const taker = await startReportTaker();
    onTestFinished(() => taker.stop());
    const { topic } = await fillTopic(brokers, []);
    const host = { file: 'produce.mjs', options: { brokers, topic, records: 3 } };
    const unseen = await runHost({ ...host, environment: { TIDEMARK_COLLECTOR_URL: taker.url } });
    expect(unseen).toMatchObject({ code: 0, said: [{ baseOffset: '0' }], ours: [], errors: [] });
    expect(taker.reports).toEqual([]);

    const environment = { TIDEMARK_COLLECTOR_URL: taker.url, TIDEMARK_PRODUCERS: 'true' };
    const seen = await runHost({ ...host, environment });
    expect(seen).toMatchObject({ code: 0, said: [{ baseOffset: '3' }], errors: [] });
    expect(seen.ours).toEqual([
      `attached to kafkajs 2.2.4, a producer; reports to ${taker.url}; clock: unbounded (no NTP server configured)`,
    ]);
    const told = taker.reports.flatMap(({ producers }) => producers ?? []);
    expect(told.at(-1)).toMatchObject({ closed: true, producerId: expect.stringMatching(/^\d+$/) });
    expect(told.flatMap(({ writes }) => writes)).toMatchObject([
      { topic, partition: 0, records: 3, offsets: [[3, 5]] },
    ]);
  });
});
