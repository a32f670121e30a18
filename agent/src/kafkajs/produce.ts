import type { AgentSettings } from '@tidemark/config';
import {
  acknowledge,
  beginRequest,
  failConnection,
  failRequest,
  handOver,
  loseProducer,
  noteAnswered,
  noteWritten,
  type Observation,
  openProducer,
  type ProduceFailure,
  type Producing,
  type Request,
  type Send,
  settleSend,
} from '@tidemark/core';
import { parseDigits } from '../digits.ts';
import { createGuard, type ErrorTotal, type Guard, guarded } from '../guard.ts';
import { say } from '../say.ts';
import { tapBrokers } from './brokers.ts';
import type { Broker, Cluster, ProduceRequest, ProduceResponse, Producer, SendRecord } from './shapes.ts';

/** What a tapped producer needs of the process's agent. */
export interface ProducerHost {
  readonly observation: Observation;
  readonly settings: AgentSettings;
  readonly ownErrors: ErrorTotal;
  /** A producer has connected: reports begin, and one line says so. */
  producing(): void;
  /** It was closed: what is still to be said goes out now, because the process may end next. */
  producerClosed(): void;
}

/** One producer of the host, as we see it. */
export interface ProduceTap {
  readonly host: ProducerHost;
  readonly guard: Guard;
  /** Undefined while it is not connected, and beyond the bound. */
  producing: Producing | undefined;
}

/**
 * Sees what becomes of a producer's records: what is handed to it (`tapProducer` calls `watchSend`), and each request of
 * kafkajs to a broker, below its retries. Undefined if this kafkajs has another shape.
 */
export function tapProduce(host: ProducerHost, producer: Producer, cluster: Cluster | undefined): ProduceTap {
  const tap: ProduceTap = { host, guard: createGuard(host.ownErrors), producing: undefined };
  if (!tapBrokers(cluster, (broker) => guarded(tap.guard, () => tapBroker(broker, tap)))) {
    say('this kafkajs keeps its connections elsewhere than 2.2 does: what brokers say to its producers is not seen');
    return tap;
  }
  const { CONNECT, DISCONNECT } = producer.events;
  producer.on(CONNECT, () => guarded(tap.guard, () => opened(tap)));
  producer.on(DISCONNECT, () => guarded(tap.guard, () => closed(tap)));
  return tap;
}

function opened(tap: ProduceTap): void {
  const { observation, settings } = tap.host;
  tap.producing ??= openProducer(observation, settings.cluster);
  tap.host.producing();
}

function closed(tap: ProduceTap): void {
  if (tap.producing === undefined) return;
  tap.producing.closed = true;
  tap.producing = undefined;
  tap.host.producerClosed();
}

/**
 * Runs one `send` of the host. What it gets is a promise behind its own, so that nobody handles a rejection that the host does
 * not: a process that is to die of one still does.
 */
export function watchSend(
  tap: ProduceTap,
  records: readonly SendRecord[],
  run: () => Promise<unknown>,
): Promise<unknown> {
  if (tap.guard.detached) letGo(tap);
  const { producing } = tap;
  if (producing === undefined) return run();
  let send: Send | undefined;
  guarded(tap.guard, () => {
    send = handOver(producing, sendOf(records, Date.now()));
  });
  const running = run();
  if (send === undefined) return running;
  const settled = send;
  return running.then(
    (answer) => {
      settleSend(producing, settled, true);
      return answer;
    },
    (error) => {
      settleSend(producing, settled, false);
      throw error;
    },
  );
}

function letGo(tap: ProduceTap): void {
  if (tap.producing !== undefined) loseProducer(tap.host.observation, tap.producing);
  tap.producing = undefined;
}

function sendOf(records: readonly SendRecord[], sinceMs: number): Send {
  let count = 0;
  for (const { messages } of records) count += messages?.length ?? 0;
  const timestamp = records[0]?.messages?.[0]?.timestamp;
  const createdMs = typeof timestamp === 'string' ? parseDigits(timestamp) : Number.NaN;
  return { records: count, sinceMs, createdMs: Number.isNaN(createdMs) ? undefined : createdMs };
}

function tapBroker(broker: Broker, tap: ProduceTap): void {
  const { produce, connect, metadata } = broker;
  if (typeof produce !== 'function') throw new Error('a broker of this kafkajs has no produce');
  // Side chains: kafkajs awaits the very promises that it would have had.
  broker.produce = function (this: unknown, request: ProduceRequest): Promise<ProduceResponse> {
    const { producing } = tap;
    const answer = produce.call(this as never, request);
    // Without acknowledgements asked for, nothing is known of what became of it.
    if (producing === undefined || tap.guard.detached || request.acks === 0) return answer;
    guarded(tap.guard, () => {
      const node = nodeOf(broker);
      const asked = beginRequest(producing, node, Date.now());
      if (asked === undefined) return;
      answer.then(
        (response) => guarded(tap.guard, () => noteAnswer(producing, { node, asked, request, response })),
        (error) => guarded(tap.guard, () => failRequest(producing, node, asked, failureOf(error))),
      );
    });
    return answer;
  };
  const note = (noteOf: (producing: Producing, node: number | undefined) => void): void =>
    guarded(tap.guard, () => {
      if (tap.producing !== undefined) noteOf(tap.producing, nodeOf(broker));
    });
  if (typeof connect === 'function') {
    broker.connect = function (this: unknown, ...rest: []): Promise<unknown> {
      const sinceMs = Date.now();
      const connecting = connect.apply(this as never, rest);
      connecting.catch((error) =>
        note((producing, node) => failConnection(producing, node, sinceMs, failureOf(error))),
      );
      return connecting;
    };
  }
  if (typeof metadata !== 'function') return;
  // To be connected proves nothing: whoever carries the connection may accept it for a broker that is not there.
  broker.metadata = function (this: unknown, topics?: readonly string[]): Promise<unknown> {
    const answer = metadata.call(this as never, topics);
    answer.then(
      () => note(noteAnswered),
      () => {},
    );
    return answer;
  };
}

/** Null until the cluster's metadata tell who answers at the address that it began with. */
function nodeOf({ nodeId }: Broker): number | undefined {
  return nodeId === null || nodeId === undefined ? undefined : Number(nodeId);
}

interface Answered {
  readonly node: number | undefined;
  readonly asked: Request;
  readonly request: ProduceRequest;
  readonly response: ProduceResponse;
}

function noteAnswer(producing: Producing, { node, asked, request, response }: Answered): void {
  const atMs = Date.now();
  acknowledge(producing, node, asked, atMs);
  const { producerId } = request;
  if (producerId !== undefined && Number(producerId) >= 0) producing.producerId = String(producerId);
  for (const { topicName, partitions } of response.topics) {
    const asked = request.topicData.find(({ topic }) => topic === topicName)?.partitions ?? [];
    const counts = new Map(asked.map(({ partition, messages }) => [partition, messages.length]));
    for (const { partition, baseOffset, offset } of partitions) {
      const first = parseDigits(baseOffset ?? offset ?? '');
      noteWritten(producing, {
        topic: topicName,
        partition,
        leader: node,
        records: counts.get(partition) ?? 0,
        offset: Number.isNaN(first) ? undefined : first,
        atMs,
      });
    }
  }
}

const failures: { readonly [name: string]: ProduceFailure } = {
  KafkaJSRequestTimeoutError: 'timeout',
  KafkaJSConnectionClosedError: 'connectionClosed',
  KafkaJSConnectionError: 'noConnection',
  KafkaJSProtocolError: 'refused',
};

function failureOf(error: unknown): ProduceFailure {
  return (error instanceof Error ? failures[error.name] : undefined) ?? 'other';
}
