import type { ClockPoint, KnownClock } from '../clocks/known-clock.ts';
import type { Finding } from '../findings/finding.ts';
import type { ArrivalModel } from '../habits/arrival-model.ts';
import type { Incident, IncidentDrops, VerdictKind } from '../incidents/incident.ts';
import type { LinkedBy } from '../ingest/producers.ts';
import type { Told } from '../ingest/told.ts';
import type { BoundedInstant, Interval } from '../interval.ts';
import type { Policy } from '../policy.ts';
import type { ProduceBroker, WaitingRecords } from '../producer-report.ts';
import type { AgentHealth, AgentIdentity, ClockStep, Culprit, TopicPartition } from '../report.ts';
import type { ToldSource } from '../source.ts';
import type { Topology } from '../topology/topology.ts';
import type { Forecast } from './forecast.ts';
import type { GroupAssessment } from './group-stream-time.ts';
import type { HeldUp, ProducerState } from './producer-state.ts';
import type { Suspicion } from './suspicion.ts';

/** What the collector believes at `nowMs`. Plain JSON, made anew each tick; what did not change is the same object. */
export interface Assessment {
  readonly nowMs: number;
  readonly tick: number;
  readonly agents: readonly AgentAssessment[];
  readonly tasks: readonly TaskAssessment[];
  /** Those that an agent in their own process sees. */
  readonly producers: readonly ProducerAssessment[];
  /** Each has a task, so the bound of tasks bounds them. */
  readonly groups: readonly GroupAssessment[];
  readonly hosts: readonly HostClock[];
  /** Every clock that something is known of: hosts, brokers, producers. The same list until the clocks are solved anew. */
  readonly clocks: readonly KnownClock[];
  /** What else a person should know; newest first, the open ones before the closed ones. */
  readonly findings: readonly Finding[];
  /** Newest first, at most `assessLimits.maxIncidents`. */
  readonly incidents: readonly Incident[];
  /** Since the collector started. A revised verdict moves its records from one row to another: sums stay. */
  readonly totals: readonly LateTotal[];
  /** The groups, the topics between them, and their watermarks. */
  readonly topology: Topology;
  /** The series changed from this second on with this tick. */
  readonly revisedFromMs: number;
  /** What went beyond a bound of the collector, by name: counted, not kept. */
  readonly overflow: { readonly [what: string]: number };
}

export interface AgentAssessment {
  readonly identity: AgentIdentity;
  readonly lastReportMs: number;
  /** No report for `assessLimits.agentLostMs`. */
  readonly lost: boolean;
  readonly missedReports: number;
  readonly health: AgentHealth;
}

/** A producer by its own agent, at its last report. Instants are true time, as far as known. */
export interface ProducerAssessment {
  /** In its process: they are counted from 0. */
  readonly id: string;
  readonly agentId: string;
  readonly host: string;
  readonly processId: number;
  readonly cluster?: string;
  readonly producerId?: string;
  readonly state: ProducerState;
  /** While its state is `cut` or `refused`. */
  readonly heldUp?: HeldUp;
  readonly reportedMs: number;
  readonly waiting?: WaitingRecords;
  readonly givenUp: number;
  readonly brokers: readonly ProduceBroker[];
  /** Acknowledged, since the collector first heard of it. */
  readonly records: number;
  /** What it is called in each group that reads it. */
  readonly sources: readonly { readonly group: string; readonly source: ToldSource; readonly by: LinkedBy }[];
}

export interface TaskAssessment {
  readonly id: string;
  readonly cluster?: string;
  readonly group: string;
  readonly agentId: string;
  readonly partitions: readonly TopicPartition[];
  readonly policies: readonly Policy[];
  /** True time of its last report, as far as its host's clock is known: what is said here is from then. */
  readonly reportedMs: number;
  readonly streamTimeMs?: number;
  readonly streamTimeBy?: Culprit;
  /** True stream time, made at this moment (`online`): revised with hindsight in the series. Absent: no source is known. */
  readonly trueStreamTimeMs?: number;
  /** What it lies in, and provided what (`true-stream-time.ts`). Present whenever it is. */
  readonly trueStreamTimeBound?: BoundedInstant;
  /** S − T: how far the consumer's time runs ahead of the truth; below 0 where all that there is has been processed. */
  readonly leadMs?: number;
  readonly leadBound?: Interval;
  /** The source that holds the true stream time back, if it is overdue. */
  readonly heldBackBy?: ToldSource;
  /** What its suspected sources cost it if they are cut off; absent while none is suspected. */
  readonly forecast?: Forecast;
  readonly records: number;
  readonly late: number;
  readonly dropped: readonly { readonly policy: string; readonly count: number }[];
  readonly sources: readonly SourceAssessment[];
}

/**
 * live           heard of within its habit
 * idle           silent, but that is nothing to suspect: in its habit, or nobody else goes on either
 * suspectedCut   silent beyond its habit while others go on: idle or cut off cannot be told until it returns
 * cut            it was cut off, and what was held up is still coming; or it is cut off, by the word of its own agent
 * gone           silent for so long that it holds nothing back any more
 */
export const sourceStates = ['live', 'idle', 'suspectedCut', 'cut', 'gone'] as const;
export type SourceState = (typeof sourceStates)[number];

export interface SourceAssessment {
  readonly source: ToldSource;
  readonly partitions: readonly TopicPartition[];
  readonly state: SourceState;
  /** While its state is `suspectedCut`. */
  readonly suspicion?: Suspicion;
  /** What the agents of its producers say, where it has some and they can tell. */
  readonly told?: Told;
  readonly records: number;
  readonly late: number;
  readonly lastEventMs?: number;
  readonly lastSeenMs: number;
  readonly usualGapMs?: number;
  /** How it usually comes; absent while too little is known of it. */
  readonly arrival?: ArrivalModel;
  readonly usualDelayMs?: number;
  /** Event time − latest possible append time of its records, when positive: at least this far ahead of the broker. */
  readonly aheadMs?: number;
  /** Share of its records that are out of order within itself. */
  readonly outOfOrderRatio: number;
}

/** The clock of a host that has an agent. Positive offset: the clock is ahead. */
export interface HostClock {
  readonly host: string;
  readonly source: string;
  /** Undefined: unbounded, nothing says how wrong this clock may be. */
  readonly offset?: Interval;
  readonly readAtMs?: number;
  readonly steps: readonly ClockStep[];
}

export interface LateTotal {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly verdict: VerdictKind;
  readonly late: number;
  readonly dropped: number;
}

export const assessLimits = {
  /** Confirmed ones, and beside them suspicions with those that were withdrawn. */
  maxIncidents: 500,
  maxSuspicions: 100,
  maxAgents: 1_000,
  maxForgottenAgents: 10_000,
  maxTasks: 1_000,
  /** Producers with an agent. */
  maxProducers: 10_000,
  /** Rows by (group, topic, partition, verdict or policy). */
  maxTotals: 100_000,
  maxLanesPerTask: 20_000,
  maxPartitions: 50_000,
  /** Sources whose days are remembered, 660 bytes each. */
  maxRhythms: 50_000,
  maxLateCells: 50_000,
  agentLostMs: 10_000,
} as const;

/** One point a second for the page: `GET /api/series`. */
export interface SeriesPoint {
  readonly atMs: number;
  readonly tasks: readonly {
    readonly id: string;
    readonly streamTimeMs?: number;
    /** With hindsight where it is known by now, else as it was estimated then. */
    readonly trueStreamTimeMs?: number;
    /** What it lies in, as far as is known by now. Rows of the store do not have it. */
    readonly trueStreamTimeBound?: Interval;
    readonly hindsight: boolean;
    /**
     * Highest event time seen of each source; bounded to the sources with the most records. Where a point of a busy source is drawn
     * anew after a minute, that of the last whole ten seconds (`lane-history.ts`).
     */
    readonly sources: readonly { readonly key: string; readonly name: string; readonly eventMs: number }[];
    readonly lateByVerdict: { readonly [K in VerdictKind]?: number };
    readonly droppedByVerdict: { readonly [K in VerdictKind]?: number };
  }[];
  /** Of the nodes of the topology, as the last report of that second left them. Absent: of none. */
  readonly watermarks?: readonly { readonly node: string; readonly watermarkMs: number }[];
  readonly hosts: readonly { readonly host: string; readonly lowMs?: number; readonly highMs?: number }[];
  /** Only each 10 s: all clocks, from the solution made then. */
  readonly clocks?: readonly ClockPoint[];
}

export type { IncidentDrops };
