import type { Broker, Cluster, Kafka } from './shapes.ts';

/**
 * kafkajs's events tell little of its requests, so we go one layer down: each consumer and producer has a cluster of its own,
 * which makes its brokers by `createBroker`; what is sent goes through their methods.
 */

/**
 * Runs `create`, which calls a method of `kafka`, and catches the cluster that kafkajs makes meanwhile: it does so by an own
 * method of the Kafka object, under a symbol. Undefined if this kafkajs has no such method.
 */
export function catchCluster<T>(
  kafka: Kafka,
  create: () => T,
): { readonly created: T; readonly cluster: Cluster | undefined } {
  const methods = kafka as unknown as { [key: symbol]: ((...options: unknown[]) => unknown) | undefined };
  const key = Object.getOwnPropertySymbols(kafka).find(
    (symbol) => symbol.description === 'private:Kafka:createCluster',
  );
  const createCluster = key === undefined ? undefined : methods[key];
  if (key === undefined || typeof createCluster !== 'function') return { created: create(), cluster: undefined };
  let cluster: Cluster | undefined;
  methods[key] = function (this: unknown, ...options: unknown[]): unknown {
    const made = createCluster.apply(this, options);
    cluster ??= made as Cluster;
    return made;
  };
  try {
    const created = create();
    return { created, cluster };
  } finally {
    methods[key] = createCluster;
  }
}

/** Every broker of the cluster from now on. False if this kafkajs has another shape: then nothing was touched. */
export function tapBrokers(cluster: Cluster | undefined, tap: (broker: Broker) => void): boolean {
  const pool = cluster?.brokerPool;
  const createBroker = pool?.createBroker;
  if (pool === undefined || typeof createBroker !== 'function') return false;
  pool.createBroker = function (this: unknown, options: unknown): Broker {
    const broker = createBroker.call(this as never, options);
    tap(broker);
    return broker;
  };
  return true;
}
