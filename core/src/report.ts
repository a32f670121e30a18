import type { Policy } from './policy.ts';
import type { ProducerReport } from './producer-report.ts';
import type { Sketch } from './sketch.ts';
import type { Source } from './source.ts';

/**
 * What an agent says to a collector, once a second: version 1. Plain JSON. All instants are milliseconds since the Unix
 * epoch on the *agent's host's* clock unless they are named event, create or append; absent means unknown.
 */
export const reportVersion = 1;

export interface Report {
  readonly version: typeof reportVersion;
  readonly agent: AgentIdentity;
  /** 0, 1, 2, … per agent: a report that comes twice is counted once, a gap is seen. */
  readonly sequence: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly tasks: readonly TaskReport[];
  /** Topics that this process writes, as far as its agent saw; at most `topologyLimits.maxProducedTopics`. */
  readonly produced?: readonly string[];
  /** Producers of this process, where the agent was asked to see them; at most `producerLimits.maxProducers`. */
  readonly producers?: readonly ProducerReport[];
  readonly clock: ClockReport;
  readonly health: AgentHealth;
}

export interface AgentIdentity {
  /** Unique for one life of one process. */
  readonly id: string;
  readonly host: string;
  readonly processId: number;
  readonly startedMs: number;
  readonly version: string;
  /** Such as `kafkajs 2.2.4`. */
  readonly client: string;
}

/** The partitions that one stream time is shared by. A plain consumer: one task per group member. */
export interface TaskReport {
  readonly id: string;
  readonly group: string;
  readonly member: string;
  readonly cluster?: string;
  readonly policies: readonly Policy[];
  /** Highest event time processed so far; undefined before the first record. */
  readonly streamTimeMs?: number;
  /** The record that set it. */
  readonly streamTimeBy?: Culprit;
  readonly assignments: readonly Assignment[];
  readonly cells: readonly Cell[];
  readonly fetches: readonly FetchCell[];
}

export interface Assignment {
  readonly atMs: number;
  readonly partitions: readonly TopicPartition[];
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface RecordPlace extends TopicPartition {
  readonly offset: number;
}

/** A record that pulled the stream time past others. */
export interface Culprit extends RecordPlace {
  readonly source: Source;
  readonly eventMs: number;
  /** When the broker appended it; by the bracket of `append.ts` on CreateTime topics. */
  readonly append: AppendBracket;
  readonly processedMs: number;
}

/**
 * When the broker appended a record, on the agent's clock, from the high-water offsets of the fetches around it; or on the
 * broker's own clock where `exact` (LogAppendTime). A missing side is not known.
 */
export interface AppendBracket {
  readonly lowMs?: number;
  readonly highMs?: number;
  readonly exact?: true;
}

/** One record of a cell, with what is known of its times. */
export interface Point {
  readonly offset: number;
  readonly eventMs: number;
  readonly append: AppendBracket;
}

/**
 * The records of one source that one task processed in one partition in one second (of its clock, by processing time).
 * Counts are exact; times are those of a few chosen records.
 */
export interface Cell extends TopicPartition {
  readonly source: Source;
  readonly producerId?: string;
  /**
   * Of a lane that is named by its producer id and new to the agent: the sequence number that the batch of its first record
   * began with. 0: the producer has just begun to write there, not only just been found.
   */
  readonly firstSequence?: number;
  readonly leader?: number;
  readonly leaderEpoch?: number;
  /** The second: a multiple of 1000. */
  readonly secondMs: number;
  readonly count: number;
  readonly first: Point;
  readonly last: Point;
  readonly minEventMs: number;
  readonly maxEventMs: number;
  /** Records below the highest event time before them of the same source in the same partition, and by how much at most. */
  readonly outOfOrder: number;
  readonly outOfOrderMaxMs: number;
  /** The longest silence of this source in this partition that ended in this cell, by append time: the records around it. */
  readonly gap?: { readonly before: Point; readonly after: Point };
  /** The record that was appended soonest after its event time (high end of its bracket), and the one that waited longest (low end). */
  readonly quickest?: Point;
  readonly slowest?: Point;
  /** Where append times are exact: broker's clock − agent's clock, as narrow as the brackets of this cell's records make it. */
  readonly brokerClock?: { readonly lowMs: number; readonly highMs: number };
  /**
   * Pairs with the smallest difference, for the clocks. Create and append times are only there where they are known, append
   * times moreover only of records that `leader` itself has appended, as far as that can be seen.
   */
  readonly createToAppend?: Pair;
  readonly appendToFetch?: Pair;
  /** `to` is when the agent first knew that the record is there: at the latest the fetch that brought it. */
  readonly createToFetch?: Pair;
  readonly fetchToProcess?: Pair;
  /**
   * As `createToFetch`, of the first record of each batch only: it alone has waited for the whole of the producer's linger, so
   * that its floor stays where it is while the traffic changes. `createToAppend` is of those anyway.
   */
  readonly batchStartToFetch?: Pair;
  readonly createOrder?: CreateOrder;
  readonly late?: LateCell;
}

/** Two stamps of one record, `to` on another clock than `from`; `toMs − fromMs` may be negative: evidence, never clamped. */
export interface Pair {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * How the known create times of a cell went on from record to record. A clock that is read does not run backwards, and one that
 * was set leaps while its records come as they did: the delays alone cannot tell.
 */
export interface CreateOrder {
  /** From how many records to the next. */
  readonly steps: number;
  /** Records created before the one that stands before them. */
  readonly backwards: number;
  /** The smallest and the largest step of create time from one record to the next; below 0: backwards. */
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The late ones (event time below the stream time when they were processed) of a cell. */
export interface LateCell {
  readonly count: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly minEventMs: number;
  readonly maxEventMs: number;
  readonly minStreamTimeMs: number;
  readonly maxStreamTimeMs: number;
  /** How many of them were out of order within their own source and partition. */
  readonly outOfOrder: number;
  /** Stream time − event time, > 0: the largest, exactly, and all of them, sketched. */
  readonly maxLatenessMs: number;
  readonly latenessMs: Sketch;
  /** The latest known append time among the late records (high end of its bracket). */
  readonly lastAppendMs?: number;
  /** Whose stream time one of them was late against that was at least half as late as the worst. */
  readonly culprit: Culprit;
  readonly dropped: readonly Drops[];
}

/** What one policy refused of a cell. */
export interface Drops {
  readonly policy: string;
  readonly count: number;
  /** Inclusive, sorted, merged; at most `maxRangesPerDrops`, the rest is in `overflow`. */
  readonly offsets: readonly (readonly [first: number, last: number])[];
  readonly overflow: number;
  /** The smallest grace that would have kept them all. */
  readonly graceNeededMs: number;
  /** The earliest window that lost a record, and the record that had closed it; unknown if that was too long ago. */
  readonly firstWindowEndMs: number;
  readonly closedBy?: Culprit;
}

/** What was asked of and answered for a partition in one second, also when no record came. */
export interface FetchCell extends TopicPartition {
  readonly secondMs: number;
  readonly leader?: number;
  readonly asked: number;
  readonly answered: number;
  readonly errors: number;
  readonly firstHighWaterOffset?: number;
  readonly lastHighWaterOffset?: number;
  /** Next offset to process. */
  readonly position?: number;
  readonly paused: boolean;
}

/** The agent's host's clock. */
export interface ClockReport {
  /** Where readings come from, in words: `chrony 127.0.0.1:323`, `SNTP pool.ntp.org`, or `none` with the reason. */
  readonly source: string;
  /** Each of them by itself, so that it can be said which one is lost and why. Absent: an agent that does not say. */
  readonly sources?: readonly ClockSourceHealth[];
  readonly readings: readonly ClockReading[];
  readonly steps: readonly ClockStep[];
  /** How often this clock was set so far: what is stamped from now on belongs to this epoch. Absent: as in the readings. */
  readonly epoch?: number;
}

/** One place where readings come from. */
export interface ClockSourceHealth {
  /** As `ClockReading.server` names it. */
  readonly name: string;
  /** Why it gives no bound, as a clause: `no chrony on 127.0.0.1:323`. Absent: its readings are fresh. */
  readonly trouble?: string;
}

/** At `atMs` of the host's clock that clock was ahead of true time by `offsetMs`, give or take `errorMs`: a bound. */
export interface ClockReading {
  readonly atMs: number;
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly server: string;
  /** What the error is made of, where it is known: the round trip, and how far the server itself may be off. */
  readonly delayMs?: number;
  readonly rootMs?: number;
  /** Counts the steps seen so far: offsets of two epochs of one host are unrelated. */
  readonly epoch: number;
}

/** The host's clock leapt by `byMs` (> 0: forward) between two looks at the monotonic clock. */
export interface ClockStep {
  readonly atMs: number;
  readonly byMs: number;
  readonly epoch: number;
}

export interface AgentHealth {
  readonly queuedReports: number;
  /** Totals since the start. Never reset, so a lost report loses no count. */
  readonly droppedReports: number;
  readonly records: number;
  /** Records seen a second time (a retry or a rebalance): not counted again. */
  readonly redelivered: number;
  /** Records whose event time could not be read, by reason. */
  readonly unreadable: { readonly [reason: string]: number };
  /** Sources, windows or ranges beyond a bound. */
  readonly overflow: { readonly [what: string]: number };
  readonly errors: number;
}

/** Bounds of a report: what goes beyond is counted, and a collector refuses more. */
export const reportLimits: {
  readonly [K in
    | 'maxBytes'
    | 'maxTasks'
    | 'maxCellsPerTask'
    | 'maxFetchCellsPerTask'
    | 'maxRangesPerDrops'
    | 'maxNameLength']: number;
} = {
  maxBytes: 4 * 1024 * 1024,
  maxTasks: 256,
  maxCellsPerTask: 20_000,
  maxFetchCellsPerTask: 20_000,
  maxRangesPerDrops: 256,
  maxNameLength: 256,
};
