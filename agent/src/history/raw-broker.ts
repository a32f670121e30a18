import { type Broker, type Cluster, createCluster } from '../kafkajs/cluster.ts';
import type { Kafka } from '../kafkajs/shapes.ts';
import type { AnswerBuffers } from './answer-buffers.ts';
import type { FetchAnswer } from './fetch-answer.ts';
import {
  type FetchDefinition,
  type FetchProtocol,
  type FetchRequest,
  fetchApiKey,
  fetchDefinition,
} from './fetch-protocol.ts';
import type { Growing } from './growing.ts';
import { type Connection, readWhole, watchAnswers } from './whole-answers.ts';

/** What a scan needs of kafkajs 2.x beyond what the sidecar does: to send a request of its own, and to see the connections. */
interface RawBroker extends Broker {
  lookupRequest(apiKey: number, definition: FetchDefinition): (request: FetchRequest) => FetchProtocol;
  readonly connectionPool: ConnectionPool & {
    getConnectionByRequest?(request: FetchProtocol): Promise<Connection>;
    send(request: FetchProtocol): Promise<FetchAnswer>;
  };
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

/** What an answer has before what is handed on as its payload: how long it is, and which request it answers. */
const envelopeBytes = 8;

/** `growing` is told what has come of the answer while it comes, and that the rest will not where it fails. */
export async function fetchRaw(broker: Broker, request: FetchRequest, growing: Growing): Promise<FetchAnswer> {
  const { connectionPool, lookupRequest, disconnect } = broker as RawBroker;
  let connection: Connection | undefined;
  try {
    const protocol = lookupRequest.call(broker, fetchApiKey, fetchDefinition)(request);
    connection = await connectionPool.getConnectionByRequest?.(protocol);
    const { apiVersion } = protocol.request;
    const grown = (answer: Buffer, filled: number): void =>
      growing.grow(answer.subarray(envelopeBytes), filled - envelopeBytes, apiVersion);
    if (connection !== undefined) watchAnswers(connection, grown);
    return await connectionPool.send(protocol);
  } catch (error) {
    growing.giveUp();
    // kafkajs connects anew only then; and an answer that is not waited for any more must not come in the place of another.
    await disconnect.call(broker);
    throw error;
  } finally {
    if (connection !== undefined) watchAnswers(connection, undefined);
  }
}
