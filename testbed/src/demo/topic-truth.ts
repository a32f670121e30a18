import { Kafka, logLevel } from 'kafkajs';
import { throwIfEnded } from './cast.ts';

/** What B really wrote: read back from the topic by the mark in each value, which Tidemark never looks at. */
export interface TopicTruth {
  /** `partition:offset` of B's records. */
  readonly byB: ReadonlySet<string>;
  /** The id that the broker gave B's producer. */
  readonly producerIdOfB: string | undefined;
}

export async function readTopic(brokers: readonly string[], topic: string, signal: AbortSignal): Promise<TopicTruth> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'demo-truth', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();

  const left = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
  const byB = new Set<string>();
  let producerIdOfB: string | undefined;
  const consumer = kafka.consumer({ groupId: `demo-truth-${topic}` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const settle = (): void => {
        if ([...left.values()].every((count) => count <= 0)) resolve();
      };
      settle();
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            for (const message of batch.messages) {
              if ((JSON.parse(message.value?.toString() ?? '{}') as { by?: string }).by !== 'B') continue;
              byB.add(`${batch.partition}:${message.offset}`);
              producerIdOfB = batchProducerId(message) ?? producerIdOfB;
            }
            left.set(
              batch.partition,
              Number(ends.find((end) => end.partition === batch.partition)?.high) - 1 - Number(batch.lastOffset()),
            );
            settle();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  throwIfEnded(signal);
  return { byB, producerIdOfB };
}

// On the wire and in the message, but not in kafkajs's types.
function batchProducerId(message: object): string | undefined {
  return (message as { batchContext?: { producerId?: string } }).batchContext?.producerId;
}
