import type { Assessment, HeldBy, NodeInput, TopologyNode } from '@tidemark/core';
import type { Admin, Kafka } from 'kafkajs';
import { afterEach, expect, inject, test } from 'vitest';
import { attach } from '../../../agent/src/attach.ts';
import { kafkaOf, setStage, startSidecar, until } from '../../../agent/test/follow-stage.ts';
import { createTopics } from '../broker/create-topics.ts';
import { EventMaker } from './event-maker.ts';
import { ShuffleApp } from './shuffle-app.ts';
import { partitionTimes, passedOn, type Taken } from './taken.ts';

// Watermarks of four nodes against what the logs of those who took the records say: a Kafka Streams application of two stages,
// followed from outside; a group that reads its repartition topic too, and one behind that, with an agent in their process.

const { brokers, missing } = inject('broker');
const leaving: (() => unknown)[] = [];
afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave();
});

/** A consumer that says in a log what it takes. */
async function startLogging(kafka: Kafka, group: string, topic: string, then: (taken: Taken) => Promise<unknown>) {
  const log: Taken[] = [];
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 250 });
  await consumer.connect();
  leaving.push(() => consumer.disconnect());
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const { offset, timestamp, value } = message;
      const record = { topic, partition, offset: Number(offset), eventMs: Number(timestamp), value: String(value) };
      const taken = { ...record, atMs: Date.now() };
      await then(taken);
      log.push(taken);
    },
  });
  return log;
}

async function hasCommittedAll(admin: Admin, groupId: string, topic: string, partitions: readonly number[]) {
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const ends = await admin.fetchTopicOffsets(topic);
  return partitions.every((number) => {
    const end = ends.find(({ partition }) => partition === number)?.high;
    return committed?.partitions.find(({ partition }) => partition === number)?.offset === end;
  });
}

const chain = ({ node, via, topic, partition, state }: HeldBy) => ({
  node,
  via,
  place: `${topic}-${partition}`,
  state,
});

test.skipIf(missing)('each watermark, and the input that holds it, as the logs of the groups say', async () => {
  const stage = await setStage(brokers, 2);
  leaving.push(() => stage[Symbol.asyncDispose]());
  const { topic: orders, group: app, collector } = stage;
  const shuffled = `${app}-by-user-repartition`;
  const enriched = `enriched-${app}`;
  const kafka = kafkaOf(brokers);
  const admin = kafka.admin();
  await admin.connect();
  leaving.push(() => admin.disconnect());
  await createTopics(admin, [{ topic: enriched, numPartitions: 1 }]);
  leaving.push(() => admin.deleteTopics({ topics: [enriched] }));
  const java = await ShuffleApp.start({ brokers, id: app, topic: orders, partitions: 2, commitMs: 200 });
  leaving.push(() => java.stop());
  const sidecar = startSidecar({ brokers, group: app, collectorUrl: collector.url });
  leaving.push(() => sidecar.stop());

  const attached = attach(kafkaOf(brokers), { collectorUrl: collector.url, chrony: undefined });
  const onward = attached.producer();
  await onward.connect();
  leaving.push(() => onward.disconnect());
  const [audit, sink] = [`audit-${app}`, `sink-${app}`];
  const sinkLog = await startLogging(attached, sink, enriched, async () => {});
  const auditLog = await startLogging(attached, audit, shuffled, ({ value, eventMs }) =>
    onward.send({ topic: enriched, messages: [{ value, timestamp: String(eventMs) }] }),
  );
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  leaving.push(() => producer.disconnect());
  const maker = new EventMaker(producer, orders);
  leaving.push(() => maker.end());

  const nodes = { up: app, down: `${app}/by-user`, audit, sink };
  const sample = async (): Promise<Assessment> => await collector.assessment();
  const find = ({ topology }: Assessment, id: string): TopologyNode => {
    const node = topology.nodes.find((node) => node.id === id);
    if (node === undefined) throw new Error(`no node ${id} among ${topology.nodes.map(({ id }) => id)}`);
    return node;
  };
  const input = (node: TopologyNode, topic: string, partition: number): NodeInput =>
    node.inputs.find((input) => input.topic === topic && input.partition === partition)!;
  const watermarks = (seen: Assessment) =>
    Object.fromEntries(Object.entries(nodes).map(([name, id]) => [name, find(seen, id).watermarkMs]));
  const places = new Map<string, number>();
  let learnt = 0;
  /** Where the events of a user go is learnt from those that went there before. */
  const goesTo = (value: string): number | undefined => {
    for (; learnt < java.taken.length; learnt++) {
      const { topic, partition, value } = java.taken[learnt]!;
      if (topic === shuffled) places.set(value.split(' ')[0]!, partition);
    }
    return places.get(value.split(' ')[0]!);
  };
  /** What the logs of those who took the records say of `down` and `audit`, `partitions` of orders counting. */
  const toldBy = (log: readonly Taken[], untilMs: number, partitions: readonly number[], own = [0, 1]): number =>
    Math.min(
      ...own.map((partition) =>
        passedOn({
          upstream: { log: java.taken, topic: orders, partitions },
          downstream: { log, topic: shuffled, partition },
          goesTo,
          untilMs,
        }),
      ),
    );
  const truth = (untilMs: number, partitions: readonly number[]) => {
    const times = partitionTimes(java.taken, orders, untilMs);
    return {
      up: Math.min(...partitions.map((partition) => times.get(partition) ?? Number.NEGATIVE_INFINITY)),
      down: toldBy(java.taken, untilMs, partitions),
      audit: toldBy(auditLog, untilMs, partitions),
    };
  };
  /** They come to what the logs say now, and are never above what those say at that moment. */
  const expectWithin = async (partitions: readonly number[], names: readonly ('up' | 'down' | 'audit')[]) => {
    const least = truth(Date.now(), partitions);
    let seen = await sample();
    await until(`${names.join(', ')} to come to what the logs say`, async () => {
      seen = await sample();
      const most = truth(Date.now(), partitions);
      for (const name of names) {
        expect(find(seen, nodes[name]).watermarkMs, `${name}, at most`).toBeLessThanOrEqual(most[name]);
      }
      return names.every((name) => find(seen, nodes[name]).watermarkMs! >= least[name]);
    });
    return seen;
  };
  const ahead = (partition: number, past: number) => () =>
    (partitionTimes(java.taken, orders, Date.now()).get(partition) ?? 0) > past;

  // All goes well.
  maker.start(0, 1);
  const startedMs = Date.now();
  await until('events to be known everywhere', async () => {
    const seen = await sample();
    return Object.values(nodes).every((id) => seen.topology.nodes.some((node) => node.id === id && node.watermarkMs));
  });
  await until('some seconds', ahead(1, startedMs + 8_000));
  const calm = await expectWithin([0, 1], ['up', 'down', 'audit']);
  expect(new Set(places.values())).toEqual(new Set([0, 1]));
  expect(calm.topology.edges.toSorted((a, b) => (a.to < b.to ? -1 : 1))).toEqual(
    [
      { topic: shuffled, from: app, to: nodes.down, by: 'name' },
      { topic: shuffled, from: app, to: audit, by: 'name' },
      { topic: enriched, from: audit, to: sink, by: 'process' },
    ].sort((a, b) => (a.to < b.to ? -1 : 1)),
  );

  // One task upstream is held back: all wait for it, to the millisecond.
  await maker.pause(1);
  await until('the last before it to be committed', () => hasCommittedAll(admin, app, orders, [1]));
  await java.hold(orders, 1);
  maker.start(1);
  const heldMs = partitionTimes(java.taken, orders, Date.now()).get(1)!;
  await until('the others to go on', ahead(0, heldMs + 7_000));
  await until('the last node to have heard of it', async () => find(await sample(), sink).watermarkMs! >= heldMs);
  const held = await sample();
  expect(truth(Date.now(), [0, 1])).toEqual({ up: heldMs, down: heldMs, audit: heldMs });
  expect(watermarks(held)).toEqual({ up: heldMs, down: heldMs, audit: heldMs, sink: heldMs });
  const root = { node: app, place: `${orders}-1`, state: 'behind' };
  const task = { node: app, task: `${app}/${orders}-1` };
  expect(chain(find(held, app).heldBy!)).toEqual({ ...root, via: [] });
  expect(chain(find(held, nodes.down).heldBy!)).toEqual({ ...root, via: [task] });
  expect(chain(find(held, audit).heldBy!)).toEqual({ ...root, via: [task] });
  const auditTask = find(held, audit).tasks[0]!.id;
  expect(chain(find(held, sink).heldBy!)).toEqual({ ...root, via: [{ node: audit, task: auditTask }, task] });
  java.release(orders, 1);
  await until('it to catch up', ahead(1, heldMs + 8_000));

  // One source has nothing to say: it is left out, and that is said.
  await maker.pause(1);
  const idleMs = Date.now();
  await until('it to be called idle', async () => find(await sample(), app).inputCounts.idle === 1);
  await until('the others to go on', ahead(0, Date.now() + 3_000));
  const idle = await expectWithin([0], ['up', 'down', 'audit']);
  expect(input(find(idle, app), orders, 1)).toMatchObject({ state: 'idle' });
  expect(find(idle, app).watermarkMs).toBeGreaterThan(idleMs);
  expect(chain(find(idle, sink).heldBy!).place).toBe(`${orders}-0`);

  // Nobody has anything to say: all that there was has been processed.
  await maker.pause(0);
  await until('all to be idle', async () => {
    const seen = await sample();
    return Object.values(nodes).every((id) => find(seen, id).inputCounts.live === 0);
  });
  const last = Math.max(...partitionTimes(java.taken, orders, Number.POSITIVE_INFINITY).values());
  expect(Math.max(...auditLog.map(({ eventMs }) => eventMs))).toBe(last);
  await expect.poll(() => sinkLog.length).toBe(auditLog.length);
  await expect.poll(async () => watermarks(await sample())).toEqual({ up: last, down: last, audit: last, sink: last });

  // A task downstream is held back: it is its own cause, and nobody else waits for it.
  await java.hold(shuffled, 0);
  maker.start(0, 1);
  await until('the others to go on', ahead(1, Date.now() + 6_000));
  await until('the other task downstream to go on', async () => {
    const { progressMs } = input(find(await sample(), nodes.down), shuffled, 1);
    return progressMs! > last + 2_000;
  });
  const late = await expectWithin([0, 1], ['up', 'audit']);
  const down = find(late, nodes.down);
  expect(down.watermarkMs).toBe(last);
  expect(chain(down.heldBy!)).toEqual({ node: nodes.down, place: `${shuffled}-0`, state: 'behind', via: [] });
  expect(input(down, shuffled, 1).progressMs).toBeLessThanOrEqual(toldBy(java.taken, Date.now(), [0, 1], [1]));
  expect(input(down, shuffled, 1).progressMs).toBeGreaterThan(last + 2_000);
  java.release(shuffled, 0);
  for (const { resets } of late.topology.nodes) expect(resets).toBe(0);
  console.log(
    `${java.taken.length} records taken by the application, ${auditLog.length} by the audit, in ${Math.round((Date.now() - startedMs) / 1000)} s`,
  );
});
