import { createGuard } from '../guard.ts';
import { probeFetches } from '../kafkajs/fetch-probe.ts';
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
 * a partition that has none. False if this kafkajs has another shape; answers of another shape are `unreadable`, and
 * kafkajs gets them as they are.
 */
export function tapAnswers(
  cluster: Cluster | undefined,
  on: { readonly answer: (answer: Answer) => void; readonly unreadable: () => void },
): boolean {
  return probeFetches(cluster, {
    guard: createGuard({ errors: 0 }),
    answered: ({ request, response }) => {
      let answers: readonly Answer[];
      try {
        answers = [...answersIn(request, response)];
      } catch (error) {
        on.unreadable();
        throw error;
      }
      for (const answer of answers) on.answer(answer);
    },
    failed: () => {},
  });
}

function* answersIn(request: FetchRequest, { responses }: FetchResponse): Iterable<Answer> {
  for (const { topicName: topic, partitions } of responses) {
    const asked = request.topics.find((each) => each.topic === topic)?.partitions ?? [];
    for (const { partition, errorCode, highWatermark, lastStableOffset, messages } of partitions) {
      if (errorCode !== 0) continue;
      const { fetchOffset } = asked.find((each) => each.partition === partition) ?? {};
      const stable = Number(lastStableOffset ?? -1);
      const endOffset = stable >= 0 ? stable : Number(highWatermark);
      if (Number.isNaN(endOffset)) throw new TypeError('an answer of this kafkajs does not say where a partition ends');
      const emptyAtOffset = messages.length === 0 && fetchOffset !== undefined ? Number(fetchOffset) : undefined;
      yield { topic, partition, endOffset, emptyAtOffset };
    }
  }
}
