import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig, KafkaJSError } from 'kafkajs';

const creationTimeoutMs = 60_000;
const nextLookMs = 100;

/**
 * Returns when each partition has a leader. kafkajs's own waiting looks once, a tenth of a second later, and gives up where
 * the broker does not know of the topic yet, as one that is busy may not.
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false, timeout: creationTimeoutMs });
  const names = topics.map(({ topic }) => topic);
  while (!(await haveLeaders(admin, names))) await sleep(nextLookMs);
}

async function haveLeaders(admin: Admin, topics: string[]): Promise<boolean> {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics });
    return metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  } catch (error) {
    // Its classes of errors are not to be had by name from an ES module.
    if ((error as Partial<KafkaJSError>).retriable) return false;
    throw error;
  }
}
