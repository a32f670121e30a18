import { setTimeout as sleep } from 'node:timers/promises';
import { readAuditSettings } from '@tidemark/config';
import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { createTopics } from '../../testbed/src/broker/create-topics.ts';
import { removeTraces } from '../../testbed/src/demo/topic.ts';
import type { AuditReport } from '../src/audit/report-shape.ts';
import { auditHistory } from '../src/audit/run-audit.ts';

const { brokers, missing } = inject('broker');
const silentMs = 2_000;

// Partition 1 is silent for a while on the broker's clock, in which partition 0 goes on, and then says what it held.
const before = [
  { partition: 0, eventMs: 0 },
  { partition: 1, eventMs: 0 },
  { partition: 0, eventMs: 12_000 },
  { partition: 0, eventMs: 30_000 },
];
const after = [
  { partition: 1, eventMs: 5_000 },
  { partition: 1, eventMs: 31_000 },
  { partition: 0, eventMs: 40_000 },
];

async function fill(topic: string, stamp: 'LogAppendTime' | 'CreateTime'): Promise<void> {
  const kafka = new Kafka({ clientId: topic, brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'message.timestamp.type', value: stamp }];
  await createTopics(admin, [{ topic, numPartitions: 2, configEntries }]);
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const startMs = Date.UTC(2026, 0, 5, 10);
  const send = async (rows: typeof before): Promise<void> => {
    // One by one: each has an append time of its own.
    for (const { partition, eventMs } of rows) {
      const messages = [{ partition, key: 'k', value: 'x', timestamp: String(startMs + eventMs) }];
      await producer.send({ topic, messages });
    }
  };
  await send(before);
  if (stamp === 'LogAppendTime') await sleep(silentMs);
  await send(after);
  await producer.disconnect();
}

async function audited(topic: string, ...flags: readonly string[]): Promise<AuditReport> {
  const policy = ['--window', 'tumbling:10s', '--grace', '5s', '--tasks', 'all', '--event-time', 'create'];
  const read = readAuditSettings(['--topic', topic, '--brokers', brokers.join(','), ...policy, ...flags]);
  if (!read.ok || read.value.policies.kind !== 'given') throw new Error(JSON.stringify(read));
  return auditHistory(read.value, [read.value.policies.policy], Date.now());
}

const engine = ['--order-by', 'engine'];

test.skipIf(missing)('a task of Kafka Streams over a topic: by the broker’s own append times', async () => {
  const topic = `engine-order-${Date.now()}`;
  await fill(topic, 'LogAppendTime');
  for (const { why, flags, dropped } of [
    { why: 'as it arrived, 5 s came behind 30 s', flags: [], dropped: 1 },
    { why: 'a task that does not wait takes it so', flags: engine, dropped: 1 },
    { why: 'nor one that waits for less than the silence', flags: [...engine, '--idle', '200ms'], dropped: 1 },
    { why: 'one that waits for longer loses nothing', flags: [...engine, '--idle', '60s'], dropped: 0 },
    { why: 'and so does one to which all comes at once', flags: [...engine, '--fetch-every', '60s'], dropped: 0 },
  ]) {
    const { policies, history } = await audited(topic, ...flags);
    expect(policies[0], why).toMatchObject({ records: 7, dropped });
    if (dropped > 0) expect(policies[0]!.byPartition[0], why).toMatchObject({ partition: 1, offsets: [[1, 1]] });
    if (flags.length > 0) expect(history.order, why).toContain('waiting');
  }
  await removeTraces(brokers, topic);
});

test.skipIf(missing)('where a topic keeps no append times, arrival is modelled, and the report says so', async () => {
  const topic = `engine-order-create-${Date.now()}`;
  await fill(topic, 'CreateTime');
  const { policies, history } = await audited(topic, ...engine, '--idle', '1s');
  // By create time 5 s of partition 1 comes before 12 s of partition 0.
  expect(policies[0]).toMatchObject({ records: 7, dropped: 0 });
  expect(history.order).toContain('waiting 1 s');
  expect(history.notes.join(' ')).toContain('keeps no append times');
  await removeTraces(brokers, topic);
});
