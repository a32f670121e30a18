import { type Broker, type Cluster, createCluster } from '../kafkajs/cluster.ts';
import type { Kafka } from '../kafkajs/shapes.ts';
import type { AnswerBuffers } from './answer-buffers.ts';
import {
  type FetchAnswer,
  type FetchDefinition,
  type FetchProtocol,
  type FetchRequest,
  fetchApiKey,
  fetchDefinition,
} from './fetch-protocol.ts';
import { type Connection, readWhole } from './whole-answers.ts';

/** What a scan needs of kafkajs 2.x beyond what the sidecar does: to send a request of its own, and to see the connections. */
interface RawBroker extends Broker {
  lookupRequest(apiKey: number, definition: FetchDefinition): (request: FetchRequest) => FetchProtocol;
  readonly connectionPool: ConnectionPool & { send(request: FetchProtocol): Promise<FetchAnswer> };
  disconnect(): Promise<void>;
}

interface ConnectionPool {
  readonly pool: readonly Connection[];
}

interface RawCluster extends Cluster {
  readonly brokerPool: {
    readonly connectionPoolBuilder: { build(place?: object): Promise<ConnectionPool> };
  };
}

/** A cluster of connections of its own, whose answers come whole and in `buffers`. */
export function createRawCluster(kafka: object, buffers: AnswerBuffers): Cluster {
  const cluster = createCluster(kafka as Kafka) as RawCluster;
  const builder = cluster.brokerPool?.connectionPoolBuilder;
  if (typeof builder?.build !== 'function') {
    throw new Error('this kafkajs keeps its connections elsewhere than 2.2 does');
  }
  const build = builder.build;
  builder.build = async (place) => {
    const made = await build(place);
    for (const connection of made.pool) readWhole(connection, buffers);
    return made;
  };
  return cluster;
}

export async function fetchRaw(broker: Broker, request: FetchRequest): Promise<FetchAnswer> {
  const raw = broker as RawBroker;
  try {
    return await raw.connectionPool.send(raw.lookupRequest(fetchApiKey, fetchDefinition)(request));
  } catch (error) {
    // As kafkajs does for its own requests: only then it connects anew.
    if ((error as Error).name === 'KafkaJSConnectionClosedError') await raw.disconnect();
    throw error;
  }
}
