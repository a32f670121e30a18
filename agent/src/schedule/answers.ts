import type { Cluster, FetchRequest, FetchResponse } from '../kafkajs/shapes.ts';

/** How far a partition reached when the broker last answered for it, and how far we had asked. */
export interface Answer {
  readonly topic: string;
  readonly partition: number;
  /** What may be read ends before this offset: the last stable one where transactions matter. */
  readonly endOffset: number;
  /** The offset that was asked for, where nothing came; undefined where records came. */
  readonly emptyAtOffset: number | undefined;
}

/**
 * Sees the answers of a consumer's fetches. kafkajs hands on only what has records in it, and an event-time order must know of
 * a partition that has none. False if this kafkajs has another shape.
 */
export function tapAnswers(cluster: Cluster | undefined, onAnswer: (answer: Answer) => void): boolean {
  const pool = cluster?.brokerPool;
  const createBroker = pool?.createBroker;
  if (pool === undefined || typeof createBroker !== 'function') return false;
  pool.createBroker = function (this: unknown, options: unknown) {
    const broker = createBroker.call(this as never, options);
    const { fetch } = broker;
    broker.fetch = async function (this: unknown, request: FetchRequest): Promise<FetchResponse> {
      const response = await fetch.call(this as never, request);
      for (const answer of answersIn(request, response)) onAnswer(answer);
      return response;
    };
    return broker;
  };
  return true;
}

function* answersIn(request: FetchRequest, { responses }: FetchResponse): Iterable<Answer> {
  for (const { topicName: topic, partitions } of responses) {
    const asked = request.topics.find((each) => each.topic === topic)?.partitions ?? [];
    for (const { partition, errorCode, highWatermark, lastStableOffset, messages } of partitions) {
      if (errorCode !== 0) continue;
      const { fetchOffset } = asked.find((each) => each.partition === partition) ?? {};
      const stable = Number(lastStableOffset ?? -1);
      yield {
        topic,
        partition,
        endOffset: stable >= 0 ? stable : Number(highWatermark),
        emptyAtOffset: messages.length === 0 && fetchOffset !== undefined ? Number(fetchOffset) : undefined,
      };
    }
  }
}
