import type { Kafka, Message } from './shapes.ts';

/** What we need of kafkajs 2.x below its public face: connections to each broker, and raw requests over them. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  getNodeIds(): string[];
  findBroker(place: { readonly nodeId: string }): Promise<Broker>;
}

export interface Broker {
  metadata(topics: readonly string[]): Promise<{ readonly topicMetadata: readonly TopicMetadata[] }>;
  findGroupCoordinator(request: {
    readonly groupId: string;
    readonly coordinatorType: 0;
  }): Promise<{ readonly coordinator: { readonly nodeId: number } }>;
  /** No topics: all that the group has committed offsets for and this user may see. */
  offsetFetch(request: { readonly groupId: string; readonly topics: readonly [] }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
  describeGroups(request: { readonly groupIds: readonly string[] }): Promise<{ readonly groups: readonly Described[] }>;
  listOffsets(request: {
    readonly replicaId: -1;
    readonly isolationLevel: 0 | 1;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: string }[];
    }[];
  }): Promise<{ readonly responses: readonly { readonly partitions: readonly { readonly offset: string }[] }[] }>;
  fetch(request: {
    readonly isolationLevel: 0 | 1;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchPartition[] }[];
  }): Promise<{
    readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
  }>;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
}

/** A group as its coordinator describes it; `Dead` also when there is none of this name. */
export interface Described {
  readonly state: string;
  /** Such as `range`; `stream` is Kafka Streams' own. */
  readonly protocol: string;
  readonly members: readonly { readonly memberId: string; readonly memberAssignment: Uint8Array }[];
}

export interface FetchPartition {
  readonly partition: number;
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly (Message & { readonly isControlRecord?: boolean })[];
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
}

/** What kafkajs throws: a broker's refusal has a `type`, everything else a name. */
export interface KafkaFault {
  readonly name?: string;
  readonly message: string;
  readonly type?: string;
  readonly topic?: string;
  readonly partition?: number;
}

/**
 * kafkajs makes a cluster by a method under a symbol, also for an admin client. Two of them are wanted: a broker answers the
 * requests of one connection one after the other, so asking for commits over the fetches' connection would wait for records.
 */
export function createCluster(kafka: Kafka): Cluster {
  const methods = kafka as unknown as { [key: symbol]: ((options: object) => unknown) | undefined };
  const key = Object.getOwnPropertySymbols(kafka).find(
    (symbol) => symbol.description === 'private:Kafka:createCluster',
  );
  const create = key === undefined ? undefined : methods[key];
  if (typeof create !== 'function') throw new Error('this kafkajs keeps its connections elsewhere than 2.2 does');
  return create.call(kafka, { allowAutoTopicCreation: false, metadataMaxAge: 300_000 }) as Cluster;
}

export async function anyBroker(cluster: Cluster): Promise<Broker> {
  let last: unknown = new Error('no broker is known');
  for (const nodeId of cluster.getNodeIds()) {
    try {
      return await cluster.findBroker({ nodeId });
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** kafkajs wraps what went wrong in an error that says how often it tried. */
export function rootFault(error: unknown): KafkaFault {
  let fault = error as KafkaFault & { readonly cause?: unknown };
  for (let depth = 0; depth < 5 && fault?.type === undefined && fault?.cause instanceof Error; depth++) {
    fault = fault.cause as typeof fault;
  }
  return fault instanceof Error ? fault : { message: String(fault) };
}
