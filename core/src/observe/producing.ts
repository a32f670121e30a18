import { addRange } from '../offset-ranges.ts';
import {
  type ProduceBroker,
  type ProduceCell,
  type ProduceFailure,
  type ProducerReport,
  producerLimits,
} from '../producer-report.ts';
import type { TopicPartition } from '../report.ts';

/**
 * One producer of the agent's process, observed. Two things are seen of it: what its owner hands over (a *send*), which waits
 * until all of it is acknowledged or given up; and each try to get it to a broker (a *request*), of which the client makes
 * several. All is constant per call; nothing is done per record.
 */
export interface Producing {
  readonly id: string;
  readonly cluster: string | undefined;
  readonly overflow: ProducingOverflow;
  producerId: string | undefined;
  closed: boolean;
  /** Oldest first. */
  readonly sends: Set<Send>;
  waitingRecords: number;
  newestSendMs: number;
  givenUp: number;
  readonly brokers: Map<number | undefined, BrokerTries>;
  writes: Map<string, Writes>;
}

/** Shared by all producers of a process. */
export interface ProducingOverflow {
  producers: number;
  sends: number;
  brokers: number;
  writes: number;
}

/** Handed over by the producer's owner, not settled yet. */
export interface Send {
  readonly records: number;
  readonly sinceMs: number;
  readonly createdMs: number | undefined;
}

/** One request on its way to a broker. */
export interface Request {
  readonly sinceMs: number;
}

interface BrokerTries {
  acknowledgedMs: number | undefined;
  /** The first try since then that failed. */
  failedSinceMs: number | undefined;
  failures: { [K in ProduceFailure]?: number };
  /** Among them is a request with records in it. */
  hasLost: boolean;
  /** Oldest first. */
  readonly requests: Set<Request>;
}

interface Writes extends TopicPartition {
  leader: number | undefined;
  records: number;
  readonly offsets: [first: number, last: number][];
  overflow: number;
  acknowledgedMs: number;
}

export function createProducing(id: string, cluster: string | undefined, overflow: ProducingOverflow): Producing {
  return {
    id,
    cluster,
    overflow,
    producerId: undefined,
    closed: false,
    sends: new Set(),
    waitingRecords: 0,
    newestSendMs: Number.NaN,
    givenUp: 0,
    brokers: new Map(),
    writes: new Map(),
  };
}

/** Undefined: beyond the bound, so that it does not count as waiting. */
export function handOver(producing: Producing, send: Send): Send | undefined {
  if (producing.sends.size >= producerLimits.maxWaitingSends) {
    producing.overflow.sends++;
    return undefined;
  }
  producing.sends.add(send);
  producing.waitingRecords += send.records;
  producing.newestSendMs = send.sinceMs;
  return send;
}

export function settleSend(producing: Producing, send: Send, isAcknowledged: boolean): void {
  if (!producing.sends.delete(send)) return;
  producing.waitingRecords -= send.records;
  producing.givenUp = isAcknowledged ? 0 : producing.givenUp + send.records;
}

export function beginRequest(producing: Producing, node: number | undefined, sinceMs: number): Request | undefined {
  const tries = triesOf(producing, node);
  if (tries === undefined) return undefined;
  const request = { sinceMs };
  if (tries.requests.size < producerLimits.maxWaitingSends) tries.requests.add(request);
  return request;
}

/** The broker has all that was in the request, and so is there. */
export function acknowledge(producing: Producing, node: number | undefined, request: Request, atMs: number): void {
  const tries = triesOf(producing, node);
  if (tries === undefined) return;
  tries.requests.delete(request);
  tries.acknowledgedMs = atMs;
  forgetFailures(tries);
  // What had failed before this broker was known by its id may have been this one's.
  if (node !== undefined) producing.brokers.delete(undefined);
}

/** The broker has answered something else than a request with records: what had failed for want of a connection is over. */
export function noteAnswered(producing: Producing, node: number | undefined): void {
  const tries = producing.brokers.get(node);
  if (tries !== undefined && !tries.hasLost) forgetFailures(tries);
}

function forgetFailures(tries: BrokerTries): void {
  tries.failedSinceMs = undefined;
  tries.failures = {};
  tries.hasLost = false;
}

/** `offset`: of the first of the records; undefined where the broker does not tell it. */
export function noteWritten(
  producing: Producing,
  written: TopicPartition & {
    readonly leader: number | undefined;
    readonly records: number;
    readonly offset: number | undefined;
    readonly atMs: number;
  },
): void {
  const { topic, partition, leader, records, offset, atMs } = written;
  const key = `${topic}/${partition}`;
  let writes = producing.writes.get(key);
  if (writes === undefined) {
    if (producing.writes.size >= producerLimits.maxWritesPerProducer) {
      producing.overflow.writes++;
      return;
    }
    writes = { topic, partition, leader, records: 0, offsets: [], overflow: 0, acknowledgedMs: atMs };
    producing.writes.set(key, writes);
  }
  writes.leader = leader;
  writes.records += records;
  writes.acknowledgedMs = atMs;
  if (offset === undefined || records === 0) return;
  addRange(writes.offsets, offset, offset + records - 1);
  // The newest are kept: they are what a consumer has yet to take.
  if (writes.offsets.length <= producerLimits.maxRangesPerWrite) return;
  const [first, last] = writes.offsets.shift()!;
  writes.overflow += last - first + 1;
}

export function failRequest(
  producing: Producing,
  node: number | undefined,
  request: Request,
  failure: ProduceFailure,
): void {
  const tries = triesOf(producing, node);
  if (tries === undefined) return;
  tries.requests.delete(request);
  tries.hasLost = true;
  noteFailure(tries, request.sinceMs, failure);
}

/** A connection that could not be made counts where something waits for it. */
export function failConnection(
  producing: Producing,
  node: number | undefined,
  sinceMs: number,
  failure: ProduceFailure,
): void {
  if (producing.sends.size === 0) return;
  const tries = triesOf(producing, node);
  if (tries !== undefined) noteFailure(tries, sinceMs, failure);
}

function noteFailure(tries: BrokerTries, sinceMs: number, failure: ProduceFailure): void {
  tries.failures[failure] = (tries.failures[failure] ?? 0) + 1;
  tries.failedSinceMs = Math.min(tries.failedSinceMs ?? sinceMs, sinceMs);
}

function triesOf(producing: Producing, node: number | undefined): BrokerTries | undefined {
  const known = producing.brokers.get(node);
  if (known !== undefined) return known;
  if (producing.brokers.size >= producerLimits.maxBrokersPerProducer) {
    producing.overflow.brokers++;
    return undefined;
  }
  const tries: BrokerTries = {
    acknowledgedMs: undefined,
    failedSinceMs: undefined,
    failures: {},
    hasLost: false,
    requests: new Set(),
  };
  producing.brokers.set(node, tries);
  return tries;
}

/** Everything that is to be said now; what was acknowledged is said once. */
export function takeProducer(producing: Producing): ProducerReport {
  const { id, cluster, producerId, closed, sends, givenUp } = producing;
  const [oldest] = sends;
  const writes = [...producing.writes.values()].map(
    ({ leader, ...write }): ProduceCell => ({ ...write, ...(leader === undefined ? {} : { leader }) }),
  );
  producing.writes = new Map();
  return {
    id,
    ...(cluster === undefined ? {} : { cluster }),
    ...(producerId === undefined ? {} : { producerId }),
    ...(closed ? { closed } : {}),
    ...(oldest === undefined
      ? {}
      : {
          waiting: {
            records: producing.waitingRecords,
            sends: sends.size,
            sinceMs: oldest.sinceMs,
            newestMs: producing.newestSendMs,
            ...(oldest.createdMs === undefined ? {} : { createdMs: oldest.createdMs }),
          },
        }),
    givenUp,
    brokers: [...producing.brokers].map(([node, tries]) => brokerReport(node, tries)),
    writes,
  };
}

function brokerReport(node: number | undefined, tries: BrokerTries): ProduceBroker {
  const { acknowledgedMs, failedSinceMs, failures, requests } = tries;
  const [oldest] = requests;
  const sinceMs = Math.min(failedSinceMs ?? Number.POSITIVE_INFINITY, oldest?.sinceMs ?? Number.POSITIVE_INFINITY);
  return {
    ...(node === undefined ? {} : { node }),
    ...(acknowledgedMs === undefined ? {} : { acknowledgedMs }),
    ...(Number.isFinite(sinceMs) ? { unansweredSinceMs: sinceMs } : {}),
    failures: { ...failures },
  };
}
