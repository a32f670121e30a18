import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { missingForKafka } from '../../../testbed/src/broker/broker.ts';
import { createTopics } from '../../../testbed/src/broker/create-topics.ts';
import { type Ports, startKafka } from '../../../testbed/src/broker/kafka.ts';
import { consumeAll, createTopic, orders, produce, scanAll } from '../../test/history-stage.ts';

const missing = await missingForKafka();
const leaving: (() => unknown)[] = [];

function kafkaOf(brokers: readonly string[], more: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ clientId: 'history', brokers: [...brokers], logLevel: logLevel.NOTHING, ...more });
}

async function adminOf(kafka: Kafka): Promise<Admin> {
  const admin = kafka.admin();
  await admin.connect();
  leaving.push(() => admin.disconnect());
  return admin;
}

describe.skipIf(missing)('a broker that speaks TLS, wants a password and compacts at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-history-'));
  const keystore = join(folder, 'keys.p12');
  let port: number;
  let brokers: readonly string[];
  let admin: Admin;
  beforeAll(async () => {
    keytool('-genkeypair', '-keyalg', 'RSA', '-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1');
    const broker = await startKafka(() => {}, { properties: guarded });
    brokers = broker.brokers;
    leaving.push(() => broker.stop());
    admin = await adminOf(kafkaOf(brokers));
  });
  afterAll(async () => {
    for (const leave of leaving.splice(0).reverse()) await leave();
    rmSync(folder, { recursive: true, force: true });
  });

  function keytool(...args: string[]): Buffer {
    const store = ['-alias', 'broker', '-keystore', keystore, '-storetype', 'PKCS12', '-storepass', 'password'];
    return execFileSync('keytool', [...args, ...store], { stdio: ['ignore', 'pipe', 'ignore'] });
  }

  function guarded({ brokerPort, controllerPort, sparePort }: Ports): string {
    port = sparePort;
    return `
listeners=PLAINTEXT://127.0.0.1:${brokerPort},SASL_SSL://127.0.0.1:${sparePort},CONTROLLER://127.0.0.1:${controllerPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_auditor="secret";
ssl.keystore.location=${keystore}
ssl.keystore.type=PKCS12
ssl.keystore.password=password
log.cleaner.backoff.ms=100
`;
  }

  test('over TLS with a password: the same as without', async () => {
    const topic = await createTopic(admin, 2);
    await produce(kafkaOf(brokers), topic, orders(2_000, { partitions: 2, valueBytes: 2_000 }), 100);
    const ca = keytool('-exportcert', '-rfc').toString();
    const as = (password: string): Kafka =>
      kafkaOf([`127.0.0.1:${port}`], {
        ssl: { ca },
        sasl: { mechanism: 'plain', username: 'auditor', password },
        retry: { retries: 0 },
      });
    const options = { topic, isolation: 'readUncommitted', needKeys: true } as const;
    const secret = await scanAll(as('secret'), options);
    const open = await scanAll(kafkaOf(brokers), options);
    expect(secret.records).toHaveLength(2_000);
    const sorted = ({ records }: typeof open) =>
      records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
    expect(sorted(secret)).toEqual(sorted(open));
    await expect(scanAll(as('wrong'), options)).rejects.toThrow(/Authentication failed/);
  });

  test('a way of connecting of the user’s own: the same', async () => {
    const topic = await createTopic(admin);
    await produce(kafkaOf(brokers), topic, orders(500, { valueBytes: 1_000 }), 50);
    const socketFactory: KafkaConfig['socketFactory'] = ({ host, port: to, onConnect }) =>
      net.createConnection({ host, port: to }, onConnect);
    const options = { topic, isolation: 'readUncommitted' } as const;
    const { records } = await scanAll(kafkaOf(brokers, { socketFactory }), options);
    expect(records).toEqual((await scanAll(kafkaOf(brokers), options)).records);
    expect(records).toHaveLength(500);
  });

  test('a compacted topic: what the log cleaner took is counted', async () => {
    const config = { 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.001' };
    const topic = await createTopic(admin, 1, { ...config, 'delete.retention.ms': '0' });
    const kafka = kafkaOf(brokers);
    await produce(
      kafka,
      topic,
      orders(300).map((order, i) => ({ ...order, key: `till-${i % 7}` })),
      20,
    );
    const options = { topic, isolation: 'readUncommitted', needKeys: true } as const;
    // A segment is closed by the next record that comes after its time, and cleaned when it is closed.
    for (const giveUpMs = Date.now() + 60_000; Date.now() < giveUpMs; await sleep(200)) {
      await produce(kafka, topic, [{ key: 'last', value: 'v' }]);
      if ((await scanAll(kafka, options)).coverage.partitions[0]!.skipped.compacted > 280) break;
    }
    // It may be cleaned again between the one reading and the other.
    const readAlike = async (): Promise<boolean> => {
      const consumed = await consumeAll(kafka, topic, true);
      return isDeepStrictEqual((await scanAll(kafka, options)).records, consumed);
    };
    await expect.poll(readAlike).toBe(true);
    const { records, coverage } = await scanAll(kafka, options);
    const [{ fromOffset, toOffset, skipped }] = coverage.partitions as [(typeof coverage.partitions)[number]];
    expect(skipped.compacted).toBeGreaterThan(280);
    expect(records.length + skipped.compacted).toBe(toOffset - fromOffset);
  });
});

describe.skipIf(missing)('two brokers', () => {
  afterEach(async () => {
    for (const leave of leaving.splice(0).reverse()) await leave();
  });

  async function startTwo(): Promise<{ kafka: Kafka; admin: Admin; stopSecond: () => Promise<void> }> {
    let controllerPort = 0;
    const first = await startKafka(() => {}, {
      properties: (ports) => {
        controllerPort = ports.controllerPort;
        return '';
      },
    });
    leaving.push(() => first.stop());
    const second = await startKafka(() => {}, {
      properties: ({ brokerPort }) => `
process.roles=broker
node.id=2
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${brokerPort}
`,
    });
    leaving.push(() => second.stop());
    const kafka = kafkaOf([...first.brokers], { retry: { retries: 1 } });
    const admin = await adminOf(kafka);
    await expect.poll(async () => (await admin.describeCluster()).brokers.length).toBe(2);
    return { kafka, admin, stopSecond: () => second.stop() };
  }

  test('a leader moves during the scan, then a broker dies', async () => {
    const { kafka, admin, stopSecond } = await startTwo();
    const topic = 'moving';
    const replicas = (one: number[], other: number[]) => [
      { partition: 0, replicas: one },
      { partition: 1, replicas: other },
    ];
    await createTopics(admin, [{ topic, replicaAssignment: replicas([1], [2]) }]);
    await produce(kafka, topic, orders(800, { partitions: 2, valueBytes: 1_000 }), 20);
    const leaders = async (): Promise<number[]> => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]!.partitions.toSorted((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader);
    };
    const options = { topic, isolation: 'readUncommitted', fetchBytes: 11_000 } as const;
    let left: readonly number[] = [];
    const swap = async (records: readonly { readonly partition: number }[]): Promise<void> => {
      // What is fetched ahead of the pause is nowhere near the rest.
      left = [0, 1].filter((number) => records.filter(({ partition }) => partition === number).length < 200);
      await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: replicas([2], [1]) }] });
      await expect.poll(leaders).toEqual([2, 1]);
    };
    const moved = await scanAll(kafka, options, swap, 2);
    expect(moved.coverage.isComplete).toBe(true);
    expect(moved.records).toHaveLength(800);
    expect(new Set(moved.records.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(800);
    expect(left.length).toBeGreaterThan(0);
    for (const partition of left) expect(moved.leaders.get(partition)).toEqual(new Set([1, 2]));

    const cut = await scanAll(kafka, { ...options, patienceMs: 2_000 }, stopSecond);
    const [dead, alive] = cut.coverage.partitions;
    expect(cut.coverage.isComplete).toBe(false);
    expect(alive).toMatchObject({ end: { kind: 'complete' }, records: 400 });
    expect(dead!.end).toMatchObject({ kind: 'failed', offset: dead!.nextOffset });
    expect(dead!.records).toBe(dead!.nextOffset);
    expect(dead!.records).toBeLessThan(400);
  });
});
