import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  type AclOperationTypes as Operation,
  type AclResourceTypes as Resource,
  ResourcePatternTypes,
} from 'kafkajs';
import { afterEach, expect, test } from 'vitest';
import { missingForKafka } from '../../../testbed/src/broker/broker.ts';
import { createTopics } from '../../../testbed/src/broker/create-topics.ts';
import { type Ports, startKafka } from '../../../testbed/src/broker/kafka.ts';
import { cellsOf, startReportTaker } from '../../test/collector.ts';
import { kafkaOf, startSidecar, until } from '../../test/follow-stage.ts';

const missing = await missingForKafka();
const leaving: (() => unknown)[] = [];
afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave();
});

/** A broker that lets everybody on one listener do everything, and `watcher` on another nothing. */
function guarded({ brokerPort, controllerPort, sparePort }: Ports): string {
  return `
listeners=PLAINTEXT://127.0.0.1:${brokerPort},SASL_PLAINTEXT://127.0.0.1:${sparePort},CONTROLLER://127.0.0.1:${controllerPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_watcher="secret";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
`;
}

async function grant(admin: Admin, operation: Operation, resourceType: Resource, resourceName: string): Promise<void> {
  const acl = {
    operation,
    resourceType,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    permissionType: AclPermissionTypes.ALLOW,
    principal: 'User:watcher',
    host: '*',
  };
  await admin.createAcls({ acl: [acl] });
}

test.skipIf(missing)('says exactly which right is missing, and goes on as soon as it is there', async () => {
  let port = 0;
  const broker = await startKafka(() => {}, {
    properties: (ports) => {
      port = ports.sparePort;
      return guarded(ports);
    },
  });
  leaving.push(() => broker.stop());
  const kafka = kafkaOf(broker.brokers);
  const admin = kafka.admin();
  await admin.connect();
  leaving.push(() => admin.disconnect());
  await createTopics(admin, [{ topic: 'orders', numPartitions: 1 }]);
  const consumer = kafka.consumer({ groupId: 'billing' });
  await consumer.connect();
  leaving.push(() => consumer.disconnect());
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
  await consumer.run({ autoCommitInterval: 200, eachMessage: async () => {} });
  const producer = kafka.producer();
  await producer.connect();
  leaving.push(() => producer.disconnect());
  const producing = setInterval(() => void producer.send({ topic: 'orders', messages: [{ value: 'v' }] }), 100);
  leaving.push(() => clearInterval(producing));

  const taker = await startReportTaker();
  leaving.push(() => taker.stop());
  const sidecar = (password: string) => {
    const started = startSidecar({
      brokers: [`127.0.0.1:${port}`],
      group: 'billing',
      collectorUrl: taker.url,
      flags: ['--sasl', 'plain', '--username', 'watcher'],
      env: { TIDEMARK_PASSWORD: password },
    });
    leaving.push(() => started.stop());
    return started;
  };
  const { lines } = sidecar('secret');
  const said = (words: string) => until(words, () => lines.some((line) => line.includes(words)));
  await said('grant this user DESCRIBE on group "billing"');
  await grant(admin, AclOperationTypes.DESCRIBE, AclResourceTypes.GROUP, 'billing');
  await said('grant this user DESCRIBE on topic "orders"');
  await grant(admin, AclOperationTypes.DESCRIBE, AclResourceTypes.TOPIC, 'orders');
  await said('grant this user READ on topic "orders"');
  await grant(admin, AclOperationTypes.READ, AclResourceTypes.TOPIC, 'orders');
  await said('again able to read orders-0');
  await until('records', () => cellsOf(taker.reports).length > 0);
  // One line a trouble, however often it was tried.
  expect(lines.filter((line) => line.includes('grant')).length).toBe(3);

  const wrong = sidecar('wrong');
  await until('the wrong password', () => wrong.lines.some((line) => line.includes('are refused')));
});
