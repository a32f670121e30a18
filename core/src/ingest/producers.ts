import { assessLimits } from '../assess/assessment.ts';
import type { ProduceBroker, ProduceCell, ProducerReport, WaitingRecords } from '../producer-report.ts';
import type { Cell, Report } from '../report.ts';
import { historyMs } from '../seconds.ts';
import { sourceKey } from '../source.ts';
import type { SourceFold, State } from './state.ts';

/**
 * Producers that an agent in their own process sees, and which source each of them is to the consumers. The offsets tell: what
 * a producer had acknowledged and what a source's record was read at is one and the same record. A producer id says the same.
 */
export interface ProducerFold {
  readonly key: string;
  /** In its process. */
  readonly id: string;
  readonly agentId: string;
  readonly host: string;
  readonly processId: number;
  readonly cluster: string | undefined;
  producerId: string | undefined;
  isClosed: boolean;
  /** All instants are true time, as far as known. */
  reportedMs: number;
  waiting: WaitingRecords | undefined;
  /** Its last report in which something waited; NaN: none yet. */
  waitedMs: number;
  givenUp: number;
  brokers: readonly ProduceBroker[];
  /** Records acknowledged since it was first heard of. */
  records: number;
  /** By partition that it writes: who leads it, and the last acknowledgement there. */
  readonly places: Map<string, { leader: number | undefined; acknowledgedMs: number }>;
}

/** What agents know of the writers of one partition: acknowledged offsets, and offsets that consumers read, the newest last. */
export interface WrittenFold {
  readonly runs: { readonly producer: string; readonly first: number; readonly last: number }[];
  readonly seen: { readonly source: string; readonly offset: number }[];
}

export type LinkedBy = 'offsets' | 'producerId';

/** Consumer and producer report at different moments; so many of the latest offsets wait for their match. */
const maxRemembered = 64;
const maxWriters = 64;
const maxPlaces = 4_096;

export function learnProducers(
  state: State,
  report: Report,
  at: { readonly offsetMs: number; readonly toMs: number },
): void {
  for (const told of report.producers ?? []) {
    const fold = producerFold(state, report, told);
    if (fold === undefined) state.overflow.producers++;
    else learnProducer(state, fold, told, at);
  }
}

function producerFold(state: State, { agent }: Report, told: ProducerReport): ProducerFold | undefined {
  const key = `${agent.id}|${told.id}`;
  const known = state.producers.get(key);
  if (known !== undefined) return known;
  if (state.producers.size >= assessLimits.maxProducers) return undefined;
  const fold: ProducerFold = {
    key,
    id: told.id,
    agentId: agent.id,
    host: agent.host,
    processId: agent.processId,
    cluster: told.cluster,
    producerId: told.producerId,
    isClosed: false,
    reportedMs: Number.NaN,
    waiting: undefined,
    waitedMs: Number.NaN,
    givenUp: 0,
    brokers: [],
    records: 0,
    places: new Map(),
  };
  state.producers.set(key, fold);
  return fold;
}

function learnProducer(
  state: State,
  fold: ProducerFold,
  told: ProducerReport,
  { offsetMs, toMs }: { readonly offsetMs: number; readonly toMs: number },
): void {
  fold.reportedMs = toMs;
  fold.producerId = told.producerId ?? fold.producerId;
  fold.isClosed = told.closed ?? false;
  fold.givenUp = told.givenUp;
  fold.brokers = told.brokers.map(({ node, acknowledgedMs, unansweredSinceMs, failures }) => ({
    ...(node === undefined ? {} : { node }),
    ...(acknowledgedMs === undefined ? {} : { acknowledgedMs: acknowledgedMs - offsetMs }),
    ...(unansweredSinceMs === undefined ? {} : { unansweredSinceMs: unansweredSinceMs - offsetMs }),
    failures,
  }));
  const { waiting } = told;
  fold.waiting = waiting && {
    ...waiting,
    sinceMs: waiting.sinceMs - offsetMs,
    newestMs: waiting.newestMs - offsetMs,
    ...(waiting.createdMs === undefined ? {} : { createdMs: waiting.createdMs - offsetMs }),
  };
  if (waiting !== undefined) fold.waitedMs = toMs;
  for (const cell of told.writes) learnWrite(state, fold, cell, cell.acknowledgedMs - offsetMs);
}

function learnWrite(state: State, fold: ProducerFold, cell: ProduceCell, acknowledgedMs: number): void {
  fold.records += cell.records;
  const key = writtenKey(fold.cluster, cell.topic, cell.partition);
  if (fold.places.has(key) || fold.places.size < maxPlaces) {
    fold.places.set(key, { leader: cell.leader, acknowledgedMs });
  }
  let written = state.written.get(key);
  if (written === undefined) {
    if (state.written.size >= assessLimits.maxPartitions) {
      state.overflow.partitions++;
      return;
    }
    written = { runs: [], seen: [] };
    state.written.set(key, written);
  }
  for (const [first, last] of cell.offsets) {
    written.runs.push({ producer: fold.key, first, last });
    for (const { source, offset } of written.seen) {
      if (offset >= first && offset <= last) link(state.sources.get(source), fold, 'offsets');
    }
  }
  written.runs.splice(0, written.runs.length - maxRemembered);
}

/** A cell of a consumer: whose records were they? Costs nothing where no producer has an agent. */
export function learnWriter(state: State, of: SourceFold, cluster: string | undefined, cell: Cell): void {
  if (state.producers.size === 0) return;
  const written = state.written.get(writtenKey(cluster, cell.topic, cell.partition));
  if (written === undefined) return;
  for (const offset of [cell.first.offset, cell.last.offset]) {
    written.seen.push({ source: of.key, offset });
    for (const { producer, first, last } of written.runs) {
      if (offset >= first && offset <= last) link(of, state.producers.get(producer), 'offsets');
    }
  }
  written.seen.splice(0, written.seen.length - maxRemembered);
  if (cell.producerId === undefined && of.source.kind !== 'producer') return;
  const id = cell.producerId ?? (of.source.kind === 'producer' ? of.source.producerId : undefined);
  for (const { producer } of written.runs) {
    const fold = state.producers.get(producer);
    if (fold?.producerId === id) link(of, fold, 'producerId');
  }
}

function link(of: SourceFold | undefined, producer: ProducerFold | undefined, by: LinkedBy): void {
  if (of === undefined || producer === undefined || of.source.kind === 'overflow') return;
  if (of.writers.get(producer.key) === 'offsets') return;
  if (of.writers.has(producer.key) || of.writers.size < maxWriters) of.writers.set(producer.key, by);
}

/**
 * The host of a source's producer: its create times are of that host's clock. Only of one that is known by its producer id,
 * which one process has: a name or a partition may be shared with others that have no agent.
 */
export function writerHostOf(state: State, group: string, { source }: Cell): string | undefined {
  if (state.producers.size === 0 || source.kind !== 'producer') return undefined;
  const of = state.sources.get(`${group}|${sourceKey(source)}`);
  for (const key of of?.writers.keys() ?? []) {
    const producer = state.producers.get(key);
    if (producer?.producerId === source.producerId) return producer.host;
  }
  return undefined;
}

export function writtenKey(cluster: string | undefined, topic: string, partition: number): string {
  return `${cluster ?? ''}|${topic}/${partition}`;
}

/** Those of agents that are forgotten, and those that were closed long ago. */
export function forgetProducers(state: State, nowMs: number): void {
  if (state.producers.size === 0) return;
  for (const [key, { agentId, isClosed, reportedMs }] of state.producers) {
    if (state.agents.has(agentId) && !(isClosed && nowMs - reportedMs > historyMs)) continue;
    state.producers.delete(key);
    for (const of of state.sources.values()) of.writers.delete(key);
  }
  if (state.producers.size > 0) return;
  state.written.clear();
}
