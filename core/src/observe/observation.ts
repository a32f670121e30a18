import { createNews, type News } from '../news.ts';
import type { Policy } from '../policy.ts';
import { producerLimits } from '../producer-report.ts';
import type { AgentIdentity, Assignment, Cell, Culprit, FetchCell, TopicPartition } from '../report.ts';
import { type Source, sourceKey } from '../source.ts';
import { type AppendSeries, bracketOf, createAppendSeries } from './append.ts';
import { type Closings, createClosings } from './closing.ts';
import { createOpenCell, type LastCreate, type LastRecord, type OpenCell } from './open-cell.ts';
import { createProduced, type Produced } from './produced.ts';
import { createProducing, type Producing, type ProducingOverflow } from './producing.ts';

/**
 * The agent's fold: what `observe` and its siblings mutate and `takeReport` empties. Owned by one process. Everything in it
 * is bounded; what goes beyond is counted in `overflow`.
 */
export interface Observation {
  readonly agent: AgentIdentity;
  readonly tasks: TaskState[];
  readonly produced: Produced;
  readonly producers: Producing[];
  readonly producingOverflow: ProducingOverflow;
  producerCount: number;
  readonly overflow: { sources: number; cells: number };
  readonly news: News;
  sequence: number;
  fromMs: number;
  records: number;
  redelivered: number;
}

/** The partitions that share one stream time, and that stream time. */
export interface TaskState {
  readonly observation: Observation;
  readonly id: string;
  readonly group: string;
  readonly member: string;
  readonly cluster: string | undefined;
  readonly policies: readonly Policy[];
  readonly closings: readonly Closings[];
  readonly partitions: Map<string, PartitionState>;
  laneCount: number;
  closed: boolean;
  /** Highest event time processed; −∞ before the first record, so that one comparison decides. */
  streamTimeMs: number;
  readonly top: Top;
  /** The second that cells are open for: [secondMs, secondMs + 1000). */
  secondMs: number;
  readonly openLanes: Lane[];
  cells: Cell[];
  fetches: FetchCell[];
  assignments: Assignment[];
}

/** The record that set the stream time, as plain numbers: it changes with nearly every record. */
export interface Top {
  lane: Lane | undefined;
  offset: number;
  eventMs: number;
  appendLowMs: number;
  appendHighMs: number;
  appendExact: boolean;
  processedMs: number;
}

export interface PartitionState extends TopicPartition {
  readonly task: TaskState;
  readonly lanes: Map<string, Lane>;
  readonly append: AppendSeries;
  /** Fetches that brought records not processed yet: each holds up to `lastOffset`. */
  readonly fetched: { readonly lastOffset: number; readonly answeredMs: number }[];
  fetchedMs: number;
  fetchedUntilOffset: number;
  leader: number | undefined;
  /** Records below were appended by the leader before: their stamps are of another clock than `leader`'s. */
  leaderFromOffset: number;
  /** That of the latest record. */
  leaderEpoch: number | undefined;
  /** Offsets below have been processed before. */
  nextOffset: number;
  /** The host has moved there on purpose, and was not seen to go on from there yet. */
  isSought: boolean;
  paused: boolean;
  readonly fetch: OpenFetchCell;
}

export interface OpenFetchCell {
  touched: boolean;
  asked: number;
  answered: number;
  errors: number;
  firstHighWaterOffset: number | undefined;
  lastHighWaterOffset: number | undefined;
}

/** The records of one source in one partition: what order and silence are judged within. */
export interface Lane {
  readonly partition: PartitionState;
  readonly source: Source;
  readonly producerId: string | undefined;
  /** Where its producer had got to when it was first seen; undefined: not known, or told already. */
  firstSequence: number | undefined;
  maxEventMs: number;
  /** When one of its records last came materially late; NaN: never. */
  lastMaterialMs: number;
  readonly last: LastRecord;
  readonly lastCreate: LastCreate;
  bracketSerial: number;
  readonly cell: OpenCell;
}

export const observeLimits = {
  maxLanesPerTask: 4096,
  maxCells: 20_000,
  maxFetchCells: 20_000,
  maxAssignments: 64,
} as const;

export function createObservation(agent: AgentIdentity, produced: Produced = createProduced()): Observation {
  return {
    agent,
    tasks: [],
    produced,
    producers: [],
    producingOverflow: { producers: 0, sends: 0, brokers: 0, writes: 0 },
    producerCount: 0,
    overflow: { sources: 0, cells: 0 },
    news: createNews(),
    sequence: 0,
    fromMs: agent.startedMs,
    records: 0,
    redelivered: 0,
  };
}

/** Undefined: beyond the bound, so that it is not seen. */
export function openProducer(observation: Observation, cluster: string | undefined): Producing | undefined {
  const { producers, producingOverflow } = observation;
  if (producers.length >= producerLimits.maxProducers) {
    producingOverflow.producers++;
    return undefined;
  }
  const producing = createProducing(String(observation.producerCount++), cluster, producingOverflow);
  producers.push(producing);
  return producing;
}

/** It is not seen any more: from now on nothing is said of it, for what was known may be wrong. */
export function loseProducer({ producers }: Observation, producing: Producing): void {
  const at = producers.indexOf(producing);
  if (at >= 0) producers.splice(at, 1);
}

export function openTask(
  observation: Observation,
  options: {
    readonly group: string;
    readonly member: string;
    readonly cluster?: string;
    readonly policies: readonly Policy[];
  },
): TaskState {
  const task: TaskState = {
    observation,
    id: `${options.group}/${options.member}`,
    group: options.group,
    member: options.member,
    cluster: options.cluster,
    policies: options.policies,
    closings: options.policies.map(createClosings),
    partitions: new Map(),
    laneCount: 0,
    closed: false,
    streamTimeMs: Number.NEGATIVE_INFINITY,
    top: {
      lane: undefined,
      offset: 0,
      eventMs: Number.NaN,
      appendLowMs: Number.NaN,
      appendHighMs: Number.NaN,
      appendExact: false,
      processedMs: Number.NaN,
    },
    secondMs: Number.NaN,
    openLanes: [],
    cells: [],
    fetches: [],
    assignments: [],
  };
  observation.tasks.push(task);
  return task;
}

/** The process's consumer has stopped: its last cells still go out with the next report. */
export function closeTask(task: TaskState): void {
  task.closed = true;
}

export function assign(task: TaskState, partitions: readonly TopicPartition[], nowMs: number): void {
  if (task.assignments.length >= observeLimits.maxAssignments) task.assignments.shift();
  task.assignments.push({ atMs: nowMs, partitions });
}

/** Find or create. */
export function partitionOf(task: TaskState, topic: string, partition: number): PartitionState {
  const key = `${topic}/${partition}`;
  const known = task.partitions.get(key);
  if (known !== undefined) return known;
  const created: PartitionState = {
    task,
    topic,
    partition,
    lanes: new Map(),
    append: createAppendSeries(),
    fetched: [],
    fetchedMs: Number.NaN,
    fetchedUntilOffset: -1,
    leader: undefined,
    leaderFromOffset: Number.NEGATIVE_INFINITY,
    leaderEpoch: undefined,
    nextOffset: Number.NEGATIVE_INFINITY,
    isSought: false,
    paused: false,
    fetch: {
      touched: false,
      asked: 0,
      answered: 0,
      errors: 0,
      firstHighWaterOffset: undefined,
      lastHighWaterOffset: undefined,
    },
  };
  task.partitions.set(key, created);
  return created;
}

/**
 * The lane of a source in a partition, found or created. Beyond the bound of sources the partition's overflow lane: its
 * records still count for the stream time and as late. `producerId` is told to the collector beside a name.
 */
export function laneOf(partition: PartitionState, source: Source, producerId?: string): Lane {
  const key = sourceKey(source);
  const known = partition.lanes.get(key);
  if (known !== undefined) return known;
  const { task } = partition;
  if (task.laneCount >= observeLimits.maxLanesPerTask && source.kind !== 'overflow') {
    task.observation.overflow.sources++;
    return laneOf(partition, { kind: 'overflow' });
  }
  task.laneCount++;
  const lane: Lane = {
    partition,
    source,
    producerId,
    firstSequence: undefined,
    maxEventMs: Number.NEGATIVE_INFINITY,
    lastMaterialMs: Number.NaN,
    last: {
      offset: -1,
      eventMs: Number.NaN,
      appendLowMs: Number.NaN,
      appendHighMs: Number.NaN,
      appendExact: false,
    },
    lastCreate: { createMs: Number.NaN },
    bracketSerial: -1,
    cell: createOpenCell(),
  };
  partition.lanes.set(key, lane);
  return lane;
}

/** The record that set the stream time; undefined before the first. */
export function culpritOf(task: TaskState): Culprit | undefined {
  const { top } = task;
  if (top.lane === undefined) return undefined;
  return {
    topic: top.lane.partition.topic,
    partition: top.lane.partition.partition,
    offset: top.offset,
    source: top.lane.source,
    eventMs: top.eventMs,
    append: bracketOf(top.appendLowMs, top.appendHighMs, top.appendExact),
    processedMs: top.processedMs,
  };
}
