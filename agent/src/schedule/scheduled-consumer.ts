import type { ScheduleInput, Scheduling, TopicPartition } from '@tidemark/core';
import type {
  Consumer,
  ConsumerConfig,
  ConsumerRunConfig,
  ConsumerSubscribeTopic,
  ConsumerSubscribeTopics,
  EachBatchPayload,
  Kafka,
  KafkaMessage,
} from 'kafkajs';
import { catchCluster } from '../kafkajs/brokers.ts';
import type { Kafka as TappedKafka } from '../kafkajs/shapes.ts';
import { tapAnswers } from './answers.ts';
import { readLogBounds } from './log-bounds.ts';
import { scheduledKey } from './marked.ts';
import { Scheduler } from './scheduler.ts';

export interface ScheduleOptions {
  readonly scheduling: Scheduling;
  /** Milliseconds since 1970, below 0 where a record has none. By default the record's timestamp. */
  readonly eventTime?: (message: KafkaMessage, topic: string) => number;
  /** Records that wait of one partition before it is not fetched any more; one fetch may go over it. By default 1000. */
  readonly maxWaiting?: number;
  /** By default a second. */
  readonly commitEveryMs?: number;
}

/**
 * A kafkajs consumer whose `run({ eachMessage })` is given the records of all its partitions one after the other in the order of a
 * schedule. Everything else is as kafkajs has it. Offsets are committed when their records have been processed.
 *
 *     const consumer = scheduledConsumer(kafka, { groupId: 'billing' }, { scheduling: { kind: 'eventTime', maxIdleMs: 500 } });
 *
 * Throws a `TypeError` where kafkajs is of another shape than 2.x, and for `run({ eachBatch })`, whose batches have an order.
 */
export function scheduledConsumer(kafka: Kafka, config: ConsumerConfig, options: ScheduleOptions): Consumer {
  // While one partition is waited for, the answer to its fetch must not be: the others' next fetch goes out only then.
  const { created: consumer, cluster } = catchCluster(kafka as unknown as TappedKafka, () =>
    kafka.consumer({ maxWaitTimeInMs: 100, ...config }),
  );
  const { run, stop, disconnect, seek, pause, resume, subscribe } = consumer;
  /** Whole topics and single partitions. */
  const pausedByUser = new Set<string>();
  const fromBeginning = new Map<string, boolean>();
  let scheduler: Scheduler | undefined;

  const oneOf = ({ topic, partition }: TopicPartition) => [{ topic, partitions: [partition] }];
  const side: ConstructorParameters<typeof Scheduler>[1] = {
    fetchNoMore: (partition) => pause.call(consumer, oneOf(partition)),
    fetchAgain: (partition) => {
      const { topic, partition: number } = partition;
      if (!pausedByUser.has(topic) && !pausedByUser.has(`${topic}/${number}`)) resume.call(consumer, oneOf(partition));
    },
    pause: (partition) => {
      consumer.pause(oneOf(partition));
      return () => consumer.resume(oneOf(partition));
    },
    seek: ({ topic, partition }, offset) => seek.call(consumer, { topic, partition, offset }),
    commit: (offsets) => consumer.commitOffsets([...offsets]),
    logBounds: (partitions): Promise<readonly ScheduleInput[]> =>
      readLogBounds(kafka, config.groupId, partitions, (topic) => fromBeginning.get(topic) ?? false),
  };

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const partitions = Object.entries(payload.memberAssignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    );
    void scheduler?.assign(partitions);
  });
  consumer.on(consumer.events.REBALANCING, () => {
    // Asked of the coordinator before it is asked to join again.
    void scheduler?.commit();
    scheduler?.forget();
  });
  const isSeen = tapAnswers(cluster, {
    answer: ({ topic, partition, endOffset, emptyAtOffset }) =>
      scheduler?.answered({ topic, partition }, endOffset, emptyAtOffset),
    unreadable: () => scheduler?.unanswered(),
  });
  if (!isSeen) {
    throw new TypeError('scheduledConsumer: expected kafkajs 2.x, whose consumers fetch through a pool of brokers');
  }

  consumer.subscribe = (subscription) => {
    for (const topic of topicsOf(subscription)) fromBeginning.set(topic, subscription.fromBeginning ?? false);
    return subscribe.call(consumer, subscription);
  };
  consumer.run = (given = {}) => {
    const { eachMessage, eachBatch, ...others } = given;
    if (eachMessage === undefined || eachBatch !== undefined) {
      throw new TypeError('scheduledConsumer: expected run({ eachMessage }); a batch has an order of its own');
    }
    // An agent that is attached to this consumer finds the handler here, and puts its own before it.
    const marked = { [scheduledKey]: { eachMessage } };
    scheduler = new Scheduler(
      {
        scheduling: options.scheduling,
        eventTime: options.eventTime ?? ((message) => Number(message.timestamp)),
        maxWaiting: options.maxWaiting ?? 1000,
        commitEveryMs: options.commitEveryMs ?? 1000,
      },
      side,
      (payload) => marked[scheduledKey].eachMessage(payload),
    );
    const intake = async ({ batch, isStale }: EachBatchPayload): Promise<void> => {
      if (!isStale()) scheduler!.take(batch.topic, batch.partition, batch.messages);
    };
    return run.call(consumer, { ...others, ...marked, autoCommit: false, eachBatch: intake } as ConsumerRunConfig);
  };
  consumer.stop = async () => {
    await scheduler?.stop();
    return stop.call(consumer);
  };
  consumer.disconnect = async () => {
    await scheduler?.stop();
    return disconnect.call(consumer);
  };
  consumer.seek = (place) => {
    seek.call(consumer, place);
    scheduler?.startAnew(place);
  };
  consumer.pause = (topics) => {
    for (const key of keysOf(topics)) pausedByUser.add(key);
    return pause.call(consumer, topics);
  };
  consumer.resume = (topics) => {
    for (const key of keysOf(topics)) pausedByUser.delete(key);
    return resume.call(consumer, topics);
  };
  return consumer;
}

function topicsOf(subscription: ConsumerSubscribeTopics | ConsumerSubscribeTopic): readonly string[] {
  const topics = 'topics' in subscription ? subscription.topics : [subscription.topic];
  return topics.filter((topic) => typeof topic === 'string');
}

function keysOf(topics: readonly { readonly topic: string; readonly partitions?: number[] }[]): readonly string[] {
  return topics.flatMap(({ topic, partitions }) => partitions?.map((partition) => `${topic}/${partition}`) ?? [topic]);
}
