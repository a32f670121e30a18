import { readAuditSettings } from '@tidemark/config';
import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { until } from '../../agent/test/follow-stage.ts';
import { createTopics } from '../../testbed/src/broker/create-topics.ts';
import { prng } from '../../testbed/src/story/prng.ts';
import { startStreamsApp } from '../../testbed/src/streams-app/streams-app.ts';
import type { AuditReport } from '../src/audit/report-shape.ts';
import { auditHistory } from '../src/audit/run-audit.ts';

const { brokers, missing } = inject('broker');
const partitions = 3;
const windowMs = 5_000;
const graceMs = 2_000;
const records = 30_000;

/** In order, but for one in ten, which is late by up to half a minute; one in two hundred has no key, and is not counted. */
function* history(): Generator<{ partition: number; key: string | null; timestamp: string }> {
  const random = prng(7);
  let nowMs = Date.UTC(2026, 0, 5, 10);
  for (let i = 0; i < records; i++) {
    nowMs += Math.floor(random() * 20);
    const eventMs = random() < 0.1 ? nowMs - Math.floor(random() * 30_000) : nowMs;
    const key = random() < 0.005 ? null : `key-${Math.floor(random() * 20)}`;
    yield { partition: Math.floor(random() * partitions), key, timestamp: String(eventMs) };
  }
}

async function audited(topic: string, ...flags: string[]): Promise<AuditReport> {
  const read = readAuditSettings(['--topic', topic, '--brokers', brokers.join(','), ...flags]);
  if (!read.ok || read.value.policies.kind !== 'given') throw new Error(JSON.stringify(read));
  return auditHistory(read.value, [read.value.policies.policy], Date.now());
}

test.skipIf(missing)('the audit drops what a real Kafka Streams application dropped, offset by offset', async () => {
  const topic = `audit-${Date.now()}`;
  const kafka = new Kafka({ clientId: topic, brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await createTopics(admin, [{ topic, numPartitions: partitions }]);
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const messages = [...history()].map((message) => ({ ...message, value: 'x' }));
  for (let at = 0; at < messages.length; at += 5_000)
    await producer.send({ topic, messages: messages.slice(at, at + 5_000) });
  await producer.disconnect();

  const dropped: string[] = [];
  const app = await startStreamsApp({
    brokers,
    applicationId: topic,
    topic,
    windowMs,
    graceMs,
    commitMs: 500,
    onDropped: ({ partition, offset }) => dropped.push(`${partition}@${offset}`),
  });
  try {
    await until('the application to process everything', () => app.count?.processed === records);
    const count = await app.stop();
    const groupsNow = async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    const groups = await groupsNow();
    const report = await audited(topic, '--window', 'tumbling:5s', '--grace', '2s');
    const [policy] = report.policies;
    expect(report.history).toMatchObject({ records, partitions, sources: 1, skipped: {} });
    expect(count!.dropped).toBeGreaterThan(1_000);
    expect(policy!.metric).toEqual({ name: 'dropped-records-total', value: count!.dropped });
    const ours = policy!.byPartition.flatMap(({ partition, offsets }) =>
      offsets.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i) => `${partition}@${first + i}`),
      ),
    );
    expect(ours.toSorted()).toEqual(dropped.toSorted());
    expect(policy!.skipped.noKey).toBe(messages.filter(({ key }) => key === null).length);
    expect(policy!.metric.value).toBe(ours.length + policy!.skipped.noKey!);
    // One in ten is late by nature: nobody is accused.
    expect(policy!.byCause.map(({ verdict }) => verdict)).toEqual(['outOfOrderSource']);
    // Nobody joined a group, and from the middle on it is the same history.
    expect((await groupsNow()).filter((id) => !groups.includes(id))).toEqual([]);
    const half = await audited(
      topic,
      '--window',
      'tumbling:5s',
      '--grace',
      '2s',
      '--from',
      '2026-01-05T10:02:00Z',
      '--causes',
      'off',
    );
    expect(half.history.records).toBeGreaterThan(records / 3);
    expect(half.history.records).toBeLessThan(records);
  } finally {
    await app.stop();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }
});

test.skipIf(missing)('a topic without a record, and one that is not there', async () => {
  const topic = `audit-empty-${Date.now()}`;
  const admin = new Kafka({ clientId: topic, brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await createTopics(admin, [{ topic, numPartitions: 2 }]);
  const report = await audited(topic, '--window', 'tumbling:5s', '--grace', '2s', '--max-dropped', '0');
  expect(report.history).toMatchObject({ records: 0, partitions: 2 });
  expect(report.missed).toEqual([]);
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
  await expect(audited(`${topic}-not`, '--window', 'tumbling:5s', '--grace', '2s')).rejects.toThrow(
    /there is no topic/,
  );
});
