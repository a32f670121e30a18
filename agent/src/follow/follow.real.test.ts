import { setTimeout as sleep } from 'node:timers/promises';
import { isConfirmed, sourceName, verdictClass } from '@tidemark/core';
import { afterEach, expect, inject, test } from 'vitest';
import { Cast } from '../../../testbed/src/demo/cast.ts';
import { enterProducer } from '../../../testbed/src/demo/players.ts';
import { startProxy } from '../../../testbed/src/network/proxy.ts';
import { mustHaveRun, playedAgain } from '../../../testbed/src/story/stood-still.ts';
import { startStreamsApp } from '../../../testbed/src/streams-app/streams-app.ts';
import { groupsAndOffsets, kafkaOf, setStage, startSidecar, until } from '../../test/follow-stage.ts';

const { brokers, missing } = inject('broker');
const windowMs = 5_000;
const graceMs = 2_000;
const cutMs = 30_000;

const leaving: (() => unknown)[] = [];
afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave();
});

test.skipIf(missing)('a real Kafka Streams application, seen from outside', playedAgain, async () => {
  await using stage = await setStage(brokers, 1);
  const { topic, group, collector } = stage;
  const cast = new Cast(new AbortController().signal);
  leaving.push(() => cast.leave());
  const app = await startStreamsApp({ brokers, applicationId: group, topic, windowMs, graceMs, commitMs: 200 });
  leaving.push(() => app.stop());
  await until('the application to run', () => app.count?.state === 'RUNNING');
  const policy = ['--window', 'tumbling:5s', '--grace', '2s', '--source', 'header:producer'];
  const sidecar = startSidecar({ brokers, group, collectorUrl: collector.url, flags: policy });
  leaving.push(() => sidecar.stop());
  await until('the sidecar to find the group', () => sidecar.lines.some((line) => line.includes('Streams')));
  const before = (await groupsAndOffsets(brokers, group)) as { readonly groups: string[] };

  const [proxyA, proxyB] = [await startProxy(), await startProxy()];
  leaving.push(() => Promise.all([proxyA.close(), proxyB.close()]));
  const common = { brokers, topic, partitions: 1, named: true, maxDelayMs: 0 };
  const a = await enterProducer(cast, { ...common, name: 'A', seed: 1, perSecond: 50, proxy: proxyA });
  const b = await enterProducer(cast, { ...common, name: 'B', seed: 2, perSecond: 40, proxy: proxyB });
  a.order({ start: true });
  b.order({ start: true });
  await sleep(10_000);
  const cutAtMs = proxyB.cut();
  await sleep(cutMs);
  const restoredAtMs = proxyB.restore();
  await until('producer B to deliver', () => (b.status.returnedMs ?? 0) > restoredAtMs && b.status.queued < 40);
  await sleep(3_000);
  await Promise.all([a.finish(), b.finish()]);
  const written = a.status.acknowledged + b.status.acknowledged;
  await until('the application to process everything', () => app.count?.processed === written);
  await until('the collector to know of it', async () => {
    const { tasks } = await collector.assessment();
    return tasks.reduce((sum, { records }) => sum + records, 0) === written;
  });
  await sleep(3_000);
  mustHaveRun({ 'an event of A’s': a.status.longestWaitMs });

  const truth = await replay(topic);
  const lost = truth.filter(({ dropped }) => dropped);
  expect(lost.length).toBeGreaterThan(500);
  expect(new Set(lost.map(({ by }) => by))).toEqual(new Set(['B']));
  const counted = app.count?.dropped;
  expect(counted).toBe(lost.length);

  const { tasks, totals } = await collector.assessment();
  expect(tasks.map(({ id }) => id)).toEqual([`${group}/${topic}-0`]);
  expect(tasks[0]?.dropped).toEqual([{ policy: 'tumbling 5s grace 2s', count: counted }]);
  const falselyLate = totals.filter(({ verdict }) => verdictClass[verdict] === 'falsely late');
  expect(falselyLate.map(({ verdict, dropped }) => ({ verdict, dropped }))).toEqual([
    { verdict: 'producerCutOff', dropped: counted },
  ]);
  const incidents = (await collector.incidents(group)).filter(isConfirmed);
  expect(incidents.map(({ kind, source }) => `${kind} ${sourceName(source)}`)).toEqual(['producerCutOff B']);
  const [incident] = incidents;
  const ranges = incident?.dropped[0]?.offsets[0]?.ranges ?? [];
  expect(ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))).toEqual(
    lost.map(({ offset }) => offset),
  );
  // What is late by less than a second may be the cut's, and is no part of its incident.
  const material = truth.filter(({ by, latenessMs }) => by === 'B' && latenessMs >= 1_000);
  expect(incident?.late.count).toBeGreaterThanOrEqual(material.length);
  expect(incident?.late.count).toBeLessThanOrEqual(falselyLate[0]!.late);
  expect(incident?.start.lowMs).toBeLessThanOrEqual(cutAtMs);
  expect(incident?.end?.highMs).toBeGreaterThanOrEqual(restoredAtMs);

  // Whatever is committed was committed by the application: nobody else moves it once that is gone, and no group was added.
  await app.stop();
  const after = (await groupsAndOffsets(brokers, group)) as { readonly groups: string[]; readonly offsets: unknown };
  await sleep(2_000);
  expect(await groupsAndOffsets(brokers, group)).toMatchObject({ offsets: after.offsets });
  expect(after.groups.filter((id) => !before.groups.includes(id))).toEqual([]);
  expect((await sidecar.stop()).code).toBe(0);
});

test.skipIf(missing)('after a restart Kafka Streams forgives what is late until something younger comes', async () => {
  await using stage = await setStage(brokers, 1);
  const { topic, group, collector } = stage;
  const producer = kafkaOf(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  leaving.push(() => producer.disconnect());
  const startMs = Math.floor(Date.now() / windowMs) * windowMs - 3_600_000;
  let written = 0;
  const produce = async (secondsAfterStart: readonly number[]) => {
    written += secondsAfterStart.length;
    const at = (second: number) => ({ key: 'k', value: 'v', timestamp: String(startMs + second * 1_000) });
    await producer.send({ topic, messages: secondsAfterStart.map(at) });
  };
  const known = () =>
    until('the collector to know of it', async () => {
      const { tasks } = await collector.assessment();
      return tasks.reduce((sum, { records }) => sum + records, 0) === written;
    });
  const live = async () => {
    const app = await startStreamsApp({ brokers, applicationId: group, topic, windowMs, graceMs, commitMs: 200 });
    leaving.push(() => app.stop());
    await until('the application to run', () => app.count?.state === 'RUNNING');
    // Members are asked for once a second.
    await sleep(3_000);
    return app;
  };

  const flags = ['--window', 'tumbling:5s', '--grace', '2s'];
  const sidecar = startSidecar({ brokers, group, collectorUrl: collector.url, flags });
  leaving.push(() => sidecar.stop());
  const first = await live();
  await produce([1, 60, 10, 11, 12, 13, 14]);
  await known();
  expect((await first.stop())?.dropped).toBe(5);
  const second = await live();
  await produce([10, 11, 12, 13, 70, 20, 21, 22]);
  await known();
  expect((await second.stop())?.dropped).toBe(3);
  await sleep(2_000);

  const { tasks } = await collector.assessment();
  const dropped = Object.fromEntries(tasks.map((task) => [task.id, task.dropped[0]?.count]));
  expect(dropped).toEqual({ [`${group}/${topic}-0`]: 5, [`${group}/${topic}-0 (2)`]: 3 });
});

interface TrueRecord {
  readonly offset: number;
  readonly by: string;
  readonly latenessMs: number;
  readonly dropped: boolean;
}

/** What the windows of the application refuse, from the topic alone: one partition, so its order is the order. */
async function replay(topic: string): Promise<TrueRecord[]> {
  const kafka = kafkaOf(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const [end] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `truth-of-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const records: TrueRecord[] = [];
  let streamTimeMs = -1;
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => {
        const eventMs = Number(message.timestamp);
        streamTimeMs = Math.max(streamTimeMs, eventMs);
        const windowEndMs = eventMs - (eventMs % windowMs) + windowMs;
        const { by } = JSON.parse(String(message.value)) as { readonly by: string };
        const dropped = windowEndMs + graceMs <= streamTimeMs;
        records.push({ offset: Number(message.offset), by, latenessMs: streamTimeMs - eventMs, dropped });
        if (Number(message.offset) === Number(end?.high) - 1) resolve();
      },
    });
  });
  await consumer.disconnect();
  const after = kafka.admin();
  await after.connect();
  await after.deleteGroups([`truth-of-${topic}`]);
  await after.disconnect();
  return records;
}
