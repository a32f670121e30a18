import type { Policy } from './policy.ts';
import type { AgentHealth, AgentIdentity, ClockReport, Report, TopicPartition } from './report.ts';
import type { Source } from './source.ts';

/** A fetch response for one partition, as the consumer's connection saw it. */
export interface FetchSeen {
  /** When the request was sent and when its response arrived, by the consumer's clock. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** The end of the partition as the broker knew it in between; undefined when the broker answered with an error. */
  readonly highWaterOffset: number | undefined;
  /** Offset of the last record that came, undefined if none did. */
  readonly lastOffset: number | undefined;
  /** Node id of the broker that answered. */
  readonly leader: number | undefined;
}

/** One record, in a mutable scratch object that the caller owns and fills again: nothing is allocated per record. */
export interface RecordSeen {
  lane: Lane;
  offset: number;
  eventMs: number;
  /** The producer's own stamp; NaN when not known (LogAppendTime beyond the first of a batch). */
  createMs: number;
  /** The broker's stamp; NaN on a CreateTime topic. */
  appendMs: number;
  /** Start of processing, by the consumer's clock. */
  processedMs: number;
}

export declare class Observation { private constructor(); }
export declare class TaskState { private constructor(); readonly id: string; }
export declare class PartitionState { private constructor(); readonly topic: string; readonly partition: number; }
export declare class Lane { private constructor(); readonly source: Source; }

/** Flags of one observed record. */
export declare const flag: { readonly late: 1; readonly dropped: 2; readonly outOfOrder: 4; readonly redelivered: 8 };
export declare function createObservation(agent: AgentIdentity): Observation;
export declare function openTask(o: Observation, options: { group: string; member: string; cluster?: string; policies: readonly Policy[] }): TaskState;
/** The process's consumer has stopped: its last cells still go out with the next report. */
export declare function closeTask(o: Observation, task: TaskState): void;
export declare function assign(task: TaskState, partitions: readonly TopicPartition[], nowMs: number): void;
/** Find or create. */
export declare function partitionOf(task: TaskState, topic: string, partition: number): PartitionState;
/** Find or create; beyond the bound, the overflow lane of that partition. `producerId` is told to the collector beside a name. */
export declare function laneOf(task: TaskState, partition: PartitionState, source: Source, producerId?: string): Lane;
export declare function observeFetch(partition: PartitionState, fetch: FetchSeen): void;
/** A fetch that failed as a whole. */
export declare function observeFetchError(partition: PartitionState, askedMs: number): void;
export declare function setPaused(partition: PartitionState, paused: boolean, nowMs: number): void;
/** The hot path. Returns flags. */
export declare function observe(task: TaskState, record: RecordSeen): number;
/** Everything since the last one, as plain JSON; starts the next. */
export declare function takeReport(o: Observation, nowMs: number, clock: ClockReport, health: Omit<AgentHealth, 'records' | 'redelivered' | 'overflow'>): Report;
