import type { AgentAssessment } from '../assess/assessment.ts';
import type { Hold } from '../assess/hold.ts';
import type { Part } from '../assess/part.ts';
import type { Replay } from '../assess/replay.ts';
import type { PartitionFold, Stall } from '../assess/stall.ts';
import { type ClockFold, createClockFold } from '../clocks/clock-fold.ts';
import { createFindingsFold, type FindingsFold } from '../findings/settle.ts';
import type { Arrival, Correction } from '../habits/arrival.ts';
import type { DayRhythm } from '../habits/day-rhythm.ts';
import type { Habit } from '../habits/habit.ts';
import type { Pace } from '../habits/pace.ts';
import { createRhythms, type Rhythms } from '../habits/rhythms.ts';
import type { IncidentDraft, Verdict } from '../incidents/incident.ts';
import type { Interval } from '../interval.ts';
import { createNews, type News } from '../news.ts';
import type { Policy } from '../policy.ts';
import type { Cell, ClockReading, ClockStep, Culprit, LateCell, TopicPartition } from '../report.ts';
import type { ToldSource } from '../source.ts';
import { createTopology, type TopologyFold } from '../topology/fold.ts';
import type { TopologySpec } from '../topology/topology.ts';
import type { HostPoints } from './host-points.ts';
import type { KnownDrops } from './known-drops.ts';
import type { LaneHistory } from './lane-history.ts';
import { createOverflow, type Overflow } from './overflow.ts';
import type { LinkedBy, ProducerFold, WrittenFold } from './producers.ts';
import type { Beginning } from './succession.ts';
import type { TaskPoints } from './task-points.ts';
import type { Told } from './told.ts';

/**
 * What the collector has learnt from reports: the fold that `ingest` mutates and `assess` judges. Every map in it is bounded
 * by `assessLimits`, every history by time.
 */
export interface State {
  readonly agents: Map<string, AgentFold>;
  /** Of agents that are forgotten: the last report of theirs that was counted. The latest forgotten come last. */
  readonly lastSequences: Map<string, number>;
  readonly tasks: Map<string, TaskFold>;
  readonly hosts: Map<string, HostFold>;
  /** Broker's clock − true time, by cluster and node. */
  readonly brokerClocks: Map<string, Interval>;
  /** By group and partition: what its tasks together fetched and left lying. */
  readonly partitions: Map<string, PartitionFold>;
  /** By group and source: its lanes in all tasks of the group. */
  readonly sources: Map<string, SourceFold>;
  readonly rhythms: Rhythms;
  /** Producers that have an agent, and the partitions that they write, by cluster. */
  readonly producers: Map<string, ProducerFold>;
  readonly written: Map<string, WrittenFold>;
  /** Cells with late records that are not judged yet or may be revised, oldest first. */
  lateRows: LateRow[];
  readonly clocks: ClockFold;
  readonly findings: FindingsFold;
  readonly incidents: Map<string, IncidentFold>;
  readonly totals: Map<
    string,
    { group: string; topic: string; partition: number; verdict: Verdict['kind']; late: number; dropped: number }
  >;
  readonly drops: Map<string, KnownDrops>;
  readonly news: News;
  /** Cells came since the last `assess`. */
  hasUnjudged: boolean;
  readonly topology: TopologyFold;
  /** The earliest second that reports have changed since the last `assess`. */
  revisedFromMs: number;
  incidentCount: number;
  readonly overflow: Overflow;
}

export interface AgentFold {
  identity: AgentAssessment['identity'];
  health: AgentAssessment['health'];
  lastSequence: number;
  lastReportMs: number;
  missedReports: number;
  clockSource: string;
  /** Topics that its process writes. */
  produced: readonly string[];
  /** By its own clock, when its last report was made. */
  toMs: number;
}

export interface HostFold {
  readonly host: string;
  source: string;
  reading: ClockReading | undefined;
  steps: ClockStep[];
  /** By its own clock: until then it is not known how wrong it is, for it was stepped and not read since. */
  unsureUntilMs: number;
  readonly points: HostPoints;
}

export interface TaskFold {
  readonly key: string;
  readonly id: string;
  readonly group: string;
  readonly cluster: string | undefined;
  readonly agentId: string;
  policies: readonly Policy[];
  partitions: readonly TopicPartition[];
  /** The same as keys of `State.partitions`. */
  assigned: ReadonlySet<string>;
  streamTimeMs: number | undefined;
  streamTimeBy: Culprit | undefined;
  /** True time, as far as known, of its last report. */
  reportedMs: number;
  /** True second of the last fetch that was answered. */
  fetchedMs: number;
  /** When that second of its host's clock began. */
  fetchedFromMs: number;
  /** How far true time may be from what its host's clock says of it, either way; undefined: nobody reads that clock. */
  clockErrorMs: number | undefined;
  /** The last time that a source's event time fitted its append: then this task's clocks are not at fault. */
  fittedMs: number;
  /** Its host's clock was stepped and not read since. */
  isUnsure: boolean;
  /** What the true stream time lay in at the last assessment. */
  bound: Interval | undefined;
  records: number;
  late: number;
  readonly dropped: Map<string, number>;
  readonly lanes: Map<string, LaneFold>;
  readonly points: TaskPoints;
  readonly verdictsBySecond: Map<number, SecondVerdicts>;
}

/** What one source does in all the partitions and tasks of a group. */
export interface SourceFold {
  readonly key: string;
  readonly group: string;
  source: ToldSource;
  readonly lanes: LaneFold[];
  /** By leader; empty while it writes to one only. */
  readonly parts: Map<number, Part>;
  records: number;
  outOfOrder: number;
  /** When it was last heard of in any of them, and the gap that nine of ten of the last gaps stay below. */
  lastSeenMs: number;
  readonly gapsMs: number[];
  gapAt: number;
  usualGapMs: number;
  /** What is usual in all its lanes together; undefined while it has one. */
  habit: Habit | undefined;
  /** How it comes, and what it does over the day; undefined while it is new. */
  readonly pace: Pace;
  rhythm: DayRhythm | undefined;
  /** When an event that came was last made, and when a record was last appended as promptly as ever, in any of them. */
  lastCreatedMs: number;
  promptMs: number;
  /** The longest that an event of it took to the broker when it was not held up. */
  latestMs: number;
  /** How its unusual silences ended, and the longest that it was idle. */
  readonly earlier: { idle: number; cut: number; idleMs: number };
  /** The incident in which it is, or was last, suspected; and of a silence since when. */
  suspectedId: string | undefined;
  suspectedSinceMs: number;
  /** The latest holds of all its lanes. */
  readonly holds: { readonly lane: LaneFold; readonly hold: Hold }[];
  /** Of a producer that was seen to begin; the key of the source that it continues, and of the one that continues it. */
  beginning: Beginning | undefined;
  continues: string | undefined;
  continuedBy: string | undefined;
  /** Producers with an agent that are known to write its records, by what they are known. */
  readonly writers: Map<string, LinkedBy>;
  /** What their agents say, as of the last `assess`. */
  told: Told | undefined;
}

export interface SecondVerdicts {
  readonly late: Map<Verdict['kind'], number>;
  readonly dropped: Map<Verdict['kind'], number>;
}

/** One source in one partition of one task. Times are true times (`arrival.ts`), as far as clocks are known. */
export interface LaneFold {
  readonly key: string;
  readonly task: TaskFold;
  readonly of: SourceFold;
  source: ToldSource;
  readonly topic: string;
  readonly partition: number;
  /** Of its partition in `State.partitions`. */
  readonly placeKey: string;
  leader: number | undefined;
  records: number;
  late: number;
  /** The last second in which records of it were materially late; NaN: never. */
  lastMaterialMs: number;
  outOfOrder: number;
  readonly habit: Habit;
  lastSecondMs: number;
  maxEventMs: number;
  last: Arrival;
  readonly history: LaneHistory;
  /** The latest few; kept after they are over. */
  readonly holds: Hold[];
  replay: Replay;
  /** Since when, and by how much, its event times lie after their own append; undefined when they do not. */
  ahead: Ahead | undefined;
  /** When it stopped being ahead, by the append times around. */
  aheadEnded: { lowMs: number; highMs: number } | undefined;
}

export interface Ahead {
  readonly sinceLowMs: number;
  readonly sinceHighMs: number;
  lastMs: number;
  byMs: number;
  /** It was not always so: its habit was known before. */
  readonly isNew: boolean;
  record: Culprit;
}

export interface LateRow {
  readonly task: TaskFold;
  readonly lane: LaneFold;
  readonly cell: Cell;
  readonly late: LateCell;
  readonly correction: Correction;
  /** The second in which they were processed, by true time. */
  readonly secondMs: number;
  /** How long the one that waited longest to be appended waited, beyond the least that its source takes; −∞: not known. */
  readonly waitMs: number;
  /** How long that one can have waited at most. */
  readonly longestWaitMs: number;
  /** Whether it was known then what is usual there: else its own wait is a good part of what was learnt. */
  readonly wasUsualKnown: boolean;
  verdict: Verdict | undefined;
  incidentId: string | undefined;
}

/** An incident while more may still be learnt of it. */
export interface IncidentFold {
  incident: IncidentDraft;
  /** Until it has cost enough to be worth a word, nobody hears of it. */
  isReported: boolean;
  /** Records in cells that were materially late. */
  materialCount: number;
  readonly tasks: Set<string>;
  readonly partitions: Map<string, TopicPartition>;
  lateCount: number;
  lateMaxMs: number;
  readonly drops: Map<string, IncidentDropsFold>;
  /** What it rests on, to see how it goes on. */
  readonly holds: Set<Hold>;
  readonly lanes: Set<LaneFold>;
  stall: Stall | undefined;
  firstCulprit: Culprit | undefined;
  lastActivityMs: number;
  /** Of a suspicion: when its source was back. */
  backMs: number | undefined;
  changed: boolean;
}

export interface IncidentDropsFold {
  readonly policy: Policy;
  count: number;
  readonly offsets: Map<string, { readonly place: TopicPartition; readonly ranges: [number, number][] }>;
  overflow: number;
  graceNeededMs: number;
  firstWindowEndMs: number;
  closedBy: Culprit | undefined;
}

/** `topology`: what the user says of it. */
export function createState({ topology }: { readonly topology?: TopologySpec | undefined } = {}): State {
  return {
    agents: new Map(),
    lastSequences: new Map(),
    tasks: new Map(),
    hosts: new Map(),
    brokerClocks: new Map(),
    partitions: new Map(),
    sources: new Map(),
    rhythms: createRhythms(),
    producers: new Map(),
    written: new Map(),
    lateRows: [],
    clocks: createClockFold(),
    findings: createFindingsFold(),
    incidents: new Map(),
    totals: new Map(),
    drops: new Map(),
    news: createNews(),
    hasUnjudged: false,
    topology: createTopology(topology),
    revisedFromMs: Number.POSITIVE_INFINITY,
    incidentCount: 0,
    overflow: createOverflow(),
  };
}
