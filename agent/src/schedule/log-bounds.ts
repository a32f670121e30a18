import type { ScheduleInput, TopicPartition } from '@tidemark/core';
import type { Kafka } from 'kafkajs';

/** Where a group starts to read each partition, and the newest offset there now. Rejects if the broker does not say. */
export async function readLogBounds(
  kafka: Kafka,
  groupId: string,
  partitions: readonly TopicPartition[],
  fromBeginning: (topic: string) => boolean,
): Promise<readonly ScheduleInput[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const committed = await admin.fetchOffsets({ groupId, topics });
    const logs = new Map(
      await Promise.all(topics.map(async (topic) => [topic, await admin.fetchTopicOffsets(topic)] as const)),
    );
    return partitions.map(({ topic, partition }) => {
      const log = logs.get(topic)?.find((each) => each.partition === partition);
      if (log === undefined) return { topic, partition };
      const own = committed
        .find((each) => each.topic === topic)
        ?.partitions.find((each) => each.partition === partition);
      const offset = Number(own?.offset ?? -1);
      const start = offset >= 0 ? offset : Number(fromBeginning(topic) ? log.low : log.high);
      return log.high === log.low
        ? { topic, partition, start }
        : { topic, partition, start, newest: Number(log.high) - 1 };
    });
  } finally {
    await admin.disconnect();
  }
}
