import { type Admin, Kafka, logLevel } from 'kafkajs';
import { createTopics } from '../broker/create-topics.ts';

/** Every story has a topic of its own; the group that reads it has the same name. */
export async function createTopic(brokers: readonly string[], topic: string, numPartitions: number): Promise<void> {
  await withAdmin(brokers, (admin) => createTopics(admin, [{ topic, numPartitions }]));
}

/** The broker may be the user's own. That a trace stays behind is no reason to fail. */
export async function removeTraces(brokers: readonly string[], topic: string): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.deleteTopics({ topics: [topic] });
    const { groups } = await admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((group) => group.endsWith(topic));
    if (ours.length > 0) await admin.deleteGroups(ours);
  }).catch(() => {});
}

async function withAdmin<T>(brokers: readonly string[], act: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId: 'demo',
    logLevel: logLevel.NOTHING,
    retry: { retries: 3 },
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}
