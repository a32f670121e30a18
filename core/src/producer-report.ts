import type { TopicPartition } from './report.ts';

/**
 * What an agent says of a producer in its own process: what was handed to the client, and what the brokers made of it, below
 * the client's retries. Instants are on the agent's host's clock.
 */
export interface ProducerReport {
  /** Unique in its process. */
  readonly id: string;
  readonly cluster?: string;
  /** Of an idempotent producer, as the broker knows it. */
  readonly producerId?: string;
  /** Its process has closed it: it sends nothing more. */
  readonly closed?: true;
  /** Absent: it has nothing to send. */
  readonly waiting?: WaitingRecords;
  /** Records that the client gave up since a send last succeeded. Their owner knows, and may send them again. */
  readonly givenUp: number;
  readonly brokers: readonly ProduceBroker[];
  /** What was acknowledged since the report before. */
  readonly writes: readonly ProduceCell[];
}

/** Handed to the client, neither acknowledged nor given up yet. */
export interface WaitingRecords {
  readonly records: number;
  readonly sends: number;
  /** When the oldest and the newest of these sends were handed over. */
  readonly sinceMs: number;
  readonly newestMs: number;
  /** Create time of the oldest, where its owner set one; by the producer's clock. */
  readonly createdMs?: number;
}

/** What became of the produce requests to one broker, and of the connections that they need. */
export interface ProduceBroker {
  /** Absent: one that was asked before its node id was known. */
  readonly node?: number;
  /** The last acknowledgement of this broker. */
  readonly acknowledgedMs?: number;
  /** When the first request (or connection) was begun that this broker has not answered with an acknowledgement. Absent: none. */
  readonly unansweredSinceMs?: number;
  /** Since the last acknowledgement. */
  readonly failures: { readonly [K in ProduceFailure]?: number };
}

/** `refused` is an answer of the broker, so it was reached; `other` is a fault of the client's own. */
export const produceFailures = ['timeout', 'connectionClosed', 'noConnection', 'refused', 'other'] as const;
export type ProduceFailure = (typeof produceFailures)[number];

/** Records that were acknowledged in one partition. */
export interface ProduceCell extends TopicPartition {
  readonly leader?: number;
  readonly records: number;
  /** Inclusive, sorted, merged: nobody else's records are in between. At most `maxRangesPerWrite`; the rest is in `overflow`. */
  readonly offsets: readonly (readonly [first: number, last: number])[];
  readonly overflow: number;
  /** The last acknowledgement. */
  readonly acknowledgedMs: number;
}

export const producerLimits = {
  maxProducers: 64,
  maxBrokersPerProducer: 256,
  maxWritesPerProducer: 4_096,
  maxRangesPerWrite: 16,
  /** Sends that are told apart while they wait; beyond, they are counted. */
  maxWaitingSends: 10_000,
} as const;
