import type { TopicPartition } from '@tidemark/core';

/**
 * Reads what a group's leader assigned to a member: version, then topics with their partitions, in Kafka's own encoding; what
 * the assignor adds behind it (Kafka Streams adds much) is its own. Undefined if it is not of that form.
 */
export function decodeAssignment(bytes: Uint8Array): TopicPartition[] | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: TopicPartition[] = [];
  try {
    let at = 2;
    let topics = view.readInt32BE(at);
    at += 4;
    for (; topics > 0; topics--) {
      const length = view.readInt16BE(at);
      const topic = view.toString('utf8', at + 2, at + 2 + length);
      at += 2 + length;
      let partitions = view.readInt32BE(at);
      at += 4;
      for (; partitions > 0; partitions--, at += 4) found.push({ topic, partition: view.readInt32BE(at) });
    }
    return found;
  } catch {
    return view.length === 0 ? [] : undefined;
  }
}
