/**
 * What we rely on of kafkajs 2.x, documented or not. Whatever is not documented is optional here, and looked for before it is
 * used: another version may have it elsewhere.
 */
export interface Kafka {
  consumer(config?: ConsumerConfig): Consumer;
  producer?(config?: object): Producer;
}

/** What sends: a producer, or a transaction of one. */
export interface Sending {
  send(record: SendRecord): Promise<unknown>;
  sendBatch(batch: { readonly topicMessages?: readonly SendRecord[] }): Promise<unknown>;
}

export interface SendRecord {
  readonly topic?: unknown;
  readonly messages?: readonly { readonly timestamp?: unknown; readonly value?: unknown }[];
}

export interface Producer extends Sending {
  transaction(): Promise<Transaction>;
  on(event: string, listener: () => void): unknown;
  readonly events: { readonly CONNECT: string; readonly DISCONNECT: string };
}

export type Transaction = Sending;

export interface ConsumerConfig {
  readonly groupId?: string;
}

export interface Consumer {
  run(config?: RunConfig): Promise<void>;
  stop(): Promise<void>;
  disconnect(): Promise<void>;
  seek(place: { topic: string; partition: number; offset: string }): void;
  paused(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  on(event: string, listener: (event: { readonly payload: unknown }) => void): unknown;
  readonly events: { readonly GROUP_JOIN: string; readonly CRASH: string };
}

export interface RunConfig {
  readonly eachMessage?: MessageHandler | null;
  readonly eachBatch?: BatchHandler | null;
}

export type MessageHandler = (payload: MessagePayload) => unknown;
export type BatchHandler = (payload: BatchPayload) => unknown;

export interface MessagePayload {
  readonly topic: string;
  readonly partition: number;
  readonly message: Message;
}

export interface BatchPayload {
  readonly batch: { readonly topic: string; readonly partition: number; readonly messages: readonly Message[] };
}

export interface Message {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Absent in the message format before Kafka 0.10; `-1` when the producer set none. */
  readonly timestamp?: string;
  readonly offset: string;
  readonly headers?: { readonly [name: string]: HeaderValue | readonly HeaderValue[] | undefined };
  /** Undocumented. One object for all messages of one record batch; absent in the message format before Kafka 0.11. */
  readonly batchContext?: BatchContext;
}

export type HeaderValue = Uint8Array | string;

export interface BatchContext {
  readonly firstOffset: string;
  /** The producer's stamp of the batch's first record, also where the broker stamped the batch. */
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  /** 1: the broker's stamp (LogAppendTime). */
  readonly timestampType: number;
  /** `-1`: the producer is not idempotent. */
  readonly producerId: string;
  /** Of the batch's first record: its number among those that this producer id wrote to the partition. */
  readonly firstSequence?: number;
  /** Counts the leaders that the partition has had. */
  readonly partitionLeaderEpoch: number;
}

/** Undocumented: what a consumer fetches and a producer sends through. */
export interface Cluster {
  readonly brokerPool: BrokerPool;
}

export interface BrokerPool {
  createBroker(options: unknown): Broker;
}

export interface Broker {
  readonly nodeId: number | string | null;
  fetch(request: FetchRequest): Promise<FetchResponse>;
  produce?(request: ProduceRequest): Promise<ProduceResponse>;
  connect?(): Promise<unknown>;
  metadata?(topics?: readonly string[]): Promise<unknown>;
}

export interface ProduceRequest {
  /** 0: no answer is wanted. */
  readonly acks?: number;
  readonly producerId?: unknown;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly unknown[] }[];
  }[];
}

export interface ProduceResponse {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      /** Of the first record; before version 3 of the protocol it is `offset`. */
      readonly baseOffset?: string;
      readonly offset?: string;
    }[];
  }[];
}

export interface FetchRequest {
  /** Of a consumer that may be answered by the nearest replica instead of the leader. */
  readonly rackId?: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset?: string }[];
  }[];
}

export interface FetchResponse {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly highWatermark: string;
      readonly lastStableOffset?: string;
      readonly messages: readonly { readonly offset: string }[];
    }[];
  }[];
}

export interface GroupJoin {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberAssignment: { readonly [topic: string]: readonly number[] };
}
