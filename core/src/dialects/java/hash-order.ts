import type { TopicPartition } from '../../report.ts';

/** `String.hashCode`. */
export function hashOfString(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

/** `org.apache.kafka.common.TopicPartition.hashCode`. */
function hashOf({ topic, partition }: TopicPartition): number {
  return (Math.imul(31, 31 + partition) + hashOfString(topic)) | 0;
}

/**
 * The order in which a `java.util.HashMap` keyed by topic partition is walked: by bucket, and within one in order of
 * insertion. Kafka Streams looks at the partitions of a task in this order and stops at the first that it must wait for.
 */
export function inHashOrder<T extends TopicPartition>(partitions: readonly T[]): T[] {
  let buckets = 16;
  while (partitions.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (partition: T): number => {
    const hash = hashOf(partition);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return [...partitions].sort((one, other) => bucketOf(one) - bucketOf(other));
}
