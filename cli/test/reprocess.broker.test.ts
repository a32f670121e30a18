import { readReprocessSettings } from '@tidemark/config';
import { dialects } from '@tidemark/core';
import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { createTopics } from '../../testbed/src/broker/create-topics.ts';
import { runKafkaCommand } from '../../testbed/src/broker/kafka-command.ts';
import { prng } from '../../testbed/src/story/prng.ts';
import { planText } from '../src/reprocess/plan-text.ts';
import { planReprocess } from '../src/reprocess/run-reprocess.ts';

const { brokers, missing } = inject('broker');
const partitions = 2;
const window = { kind: 'tumbling', sizeMs: 60_000 } as const;
const graceMs = 10_000;
const startedMs = Date.UTC(2026, 0, 5, 10);
const sinceMs = startedMs + 1_200_000;

/** Forty minutes, four records a second, one in five late by up to two minutes. */
function messages(): { partition: number; key: string; value: string; timestamp: string; eventMs: number }[] {
  const random = prng(3);
  return Array.from({ length: 9_600 }, (_, i) => {
    const nowMs = startedMs + i * 250;
    const eventMs = random() < 0.2 ? nowMs - Math.floor(random() * 120_000) : nowMs;
    return { partition: i % partitions, key: 'k', value: 'x', timestamp: String(eventMs), eventMs };
  });
}

test.skipIf(missing)(
  'the plan of a reprocessing, against the log itself',
  async () => {
    const topic = `reprocess-${Date.now()}`;
    const groupId = `${topic}-group`;
    const kafka = new Kafka({ clientId: topic, brokers: [...brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await createTopics(admin, [{ topic, numPartitions: partitions }]);
    const producer = kafka.producer();
    await producer.connect();
    const sent = messages();
    await producer.send({ topic, messages: sent });
    await producer.disconnect();
    await admin.setOffsets({ groupId, topic, partitions: [0, 1].map((partition) => ({ partition, offset: '4800' })) });
    const groupsNow = async () => (await admin.listGroups()).groups.map((group) => group.groupId);
    const groups = await groupsNow();

    const flags = [
      '--group',
      groupId,
      '--brokers',
      brokers.join(','),
      '--since',
      new Date(sinceMs).toISOString(),
      '--window',
      'tumbling:1m',
      '--grace',
      '10s',
      '--measure',
      '100ms',
      '--throughput',
      '1000',
    ];
    const read = readReprocessSettings(flags);
    if (!read.ok || read.value.policies.kind !== 'given') throw new Error(JSON.stringify(read));
    const plan = await planReprocess(read.value, [read.value.policies.policy], Date.now());

    const startMs = sinceMs - window.sizeMs - graceMs;
    const logs = [0, 1].map((partition) =>
      sent.filter((message) => message.partition === partition).map(({ eventMs }) => eventMs),
    );
    const starts = logs.map((log) => log.findIndex((eventMs) => eventMs >= startMs));
    expect(plan).toMatchObject({ startMs, leadMs: 70_000, group: { id: groupId, members: 0, isStreams: false } });
    expect(plan.partitions).toEqual(
      starts.map((startOffset, partition) => ({
        topic,
        partition,
        committed: 4_800,
        startOffset,
        endOffset: 4_800,
        isCut: false,
      })),
    );
    const records = starts.reduce((sum, start) => sum + 4_800 - start, 0);
    expect(plan.volume.records).toBe(records);
    expect(plan.volume.bytes).toBeGreaterThan(records * 5);
    expect(plan.time).toMatchObject({ throughput: 1_000, arrival: 0, catchUpMs: records });
    expect(plan.commands).toContain(
      `kafka-consumer-groups.sh --bootstrap-server ${brokers.join(',')} --group ${groupId} --topic ${topic}:1 --reset-offsets --to-offset ${starts[1]} --execute`,
    );

    // What the live run dropped from there on, and what a run that starts there would.
    const grid = dialects.kafkaStreamsGrid(window);
    const drops = logs.map((log, partition) => {
      const [live, replay] = [new dialects.TimeWindowDrops(grid, graceMs), new dialects.TimeWindowDrops(grid, graceMs)];
      const start = starts[partition]!;
      return log.map((eventMs, offset) => ({
        live: live.take(eventMs) > 0 && offset >= start,
        replay: offset >= start && replay.take(eventMs) > 0,
      }));
    });
    const count = (of: (drop: { live: boolean; replay: boolean }) => boolean): number => drops.flat().filter(of).length;
    expect(plan.impact).toMatchObject([
      {
        order: "the log's",
        droppedLive: count(({ live }) => live),
        droppedReplay: count(({ replay }) => replay),
        onlyLive: count(({ live, replay }) => live && !replay),
        onlyReplay: count(({ live, replay }) => replay && !live),
      },
    ]);
    expect(plan.impact[0]!.windowsChanged).toBe(plan.impact[0]!.changed.length);
    const text = planText(plan);
    for (const step of [
      '## 1. Where to start',
      '## 2. What to reset',
      '## 3. How much it is',
      '## 4. How long it takes',
      '## 5. What would change',
    ])
      expect(text).toContain(step);

    expect((await groupsNow()).filter((id) => !groups.includes(id))).toEqual([]);
    const offsetsOf = async (id: string): Promise<number[]> => {
      const [found] = await admin.fetchOffsets({ groupId: id, topics: [topic] });
      return found!.partitions.toSorted((one, other) => one.partition - other.partition).map(({ offset }) => +offset);
    };
    const isDry = (command: string): boolean => command.endsWith('--dry-run');

    // Kafka's own tool does what the plan says, and its dry runs do nothing.
    for (const command of plan.commands.filter(isDry)) expect(await runKafkaCommand(command)).toContain(topic);
    expect(await offsetsOf(groupId)).toEqual([4_800, 4_800]);
    for (const command of plan.commands.filter((one) => !isDry(one))) await runKafkaCommand(command);
    expect(await offsetsOf(groupId)).toEqual(starts);

    // The same for an application of Kafka Streams, which its changelog gives away.
    const appId = `${topic}-app`;
    const changelog = `${appId}-counts-changelog`;
    await createTopics(admin, [{ topic: changelog, numPartitions: partitions }]);
    await admin.setOffsets({
      groupId: appId,
      topic,
      partitions: [0, 1].map((partition) => ({ partition, offset: '4800' })),
    });
    const app = readReprocessSettings([...flags.slice(2), '--group', appId]);
    if (!app.ok) throw new Error(JSON.stringify(app));
    const appPlan = await planReprocess(app.value, [read.value.policies.policy], Date.now());
    expect(appPlan).toMatchObject({ group: { isStreams: true }, internalTopics: [changelog] });
    const [dryRun, reset] = appPlan.commands;
    expect(await runKafkaCommand(dryRun!)).toContain(changelog);
    expect(await offsetsOf(appId)).toEqual([4_800, 4_800]);
    await runKafkaCommand(reset!);
    expect(await offsetsOf(appId)).toEqual(starts);
    await expect.poll(() => admin.listTopics()).not.toContain(changelog);

    const unknown = readReprocessSettings([...flags, '--group', `${topic}-nobody`]);
    if (!unknown.ok) throw new Error(JSON.stringify(unknown));
    await expect(planReprocess(unknown.value, [read.value.policies.policy], Date.now())).rejects.toThrow(
      /has committed nothing/,
    );
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
    // Kafka's tools are fetched the first time.
  },
  400_000,
);

test('faults of the settings', () => {
  const read = readReprocessSettings(['--since', 'yesterday', '--window', 'tumbling:1m', '--grace', '1 s']);
  expect(read.ok ? [] : read.faults.map(({ where, expected }) => `${where}: ${expected}`)).toEqual([
    '--group: the consumer group whose results are to be made again',
    '--brokers: addresses such as kafka-1:9092,kafka-2:9092',
    '--since: a duration ago such as 2h, or a time such as 2026-01-05T10:00:00Z',
  ]);
});
