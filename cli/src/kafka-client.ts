import type { Sasl } from '@tidemark/config';
import kafkajs, { type Kafka } from 'kafkajs';

export interface KafkaAccess {
  readonly brokers: readonly string[];
  readonly tls: boolean;
  readonly sasl: Sasl | undefined;
}

/** A client that says nothing by itself: what is in the way is said by whoever uses it, once and in words. */
export function kafkaClient({ brokers, tls, sasl }: KafkaAccess, clientId: string): Kafka {
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 5_000,
    requestTimeout: 10_000,
    // Those who use it ask again by themselves, and sooner know what is wrong.
    retry: { retries: 1, initialRetryTime: 100 },
    ssl: tls,
    ...(sasl === undefined ? {} : { sasl: sasl as NonNullable<ConstructorParameters<typeof Kafka>[0]['sasl']> }),
  });
}
