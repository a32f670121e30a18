import type { AgentAssessment } from './assessment.ts';
import type { Backlog } from './backlog.ts';
import type { Incident, Verdict } from './finding.ts';
import type { Habit } from './habit.ts';
import type { KnownDrops } from './known-drops.ts';
import type { Policy } from './policy.ts';
import type { Cell, ClockReading, ClockStep, Culprit, LateCell, TopicPartition } from './report.ts';
import type { Source } from './source.ts';

/**
 * What the collector has learnt from reports: the fold that `ingest` mutates and `assess` judges. Every map in it is bounded
 * by `assessLimits`, every history by time.
 */
export interface State {
  readonly agents: Map<string, AgentFold>;
  readonly tasks: Map<string, TaskFold>;
  readonly hosts: Map<string, HostFold>;
  /** Cells with late records, oldest first; judged at the next `assess`. */
  readonly lateRows: LateRow[];
  readonly incidents: Map<string, IncidentFold>;
  readonly totals: Map<
    string,
    { group: string; topic: string; partition: number; verdict: Verdict['kind']; late: number; dropped: number }
  >;
  readonly drops: Map<string, KnownDrops>;
  /** The earliest second that reports have changed since the last `assess`. */
  revisedFromMs: number;
  incidentCount: number;
  overflow: { tasks: number; lanes: number; lateRows: number; ranges: number; totals: number };
}

export interface AgentFold {
  identity: AgentAssessment['identity'];
  health: AgentAssessment['health'];
  lastSequence: number;
  lastReportMs: number;
  missedReports: number;
  clockSource: string;
}

export interface HostFold {
  readonly host: string;
  source: string;
  reading: ClockReading | undefined;
  steps: ClockStep[];
  readonly points: { readonly secondMs: number; readonly lowMs: number; readonly highMs: number }[];
}

export interface TaskFold {
  readonly key: string;
  readonly id: string;
  readonly group: string;
  readonly agentId: string;
  readonly cluster: string | undefined;
  policies: readonly Policy[];
  partitions: readonly TopicPartition[];
  streamTimeMs: number | undefined;
  streamTimeBy: Culprit | undefined;
  /** The agent's clock when it last reported. */
  reportedMs: number;
  records: number;
  late: number;
  readonly dropped: Map<string, number>;
  readonly lanes: Map<string, LaneFold>;
  /** One a second: the stream time then, and the true one as it was estimated then. */
  readonly points: TaskPoint[];
  readonly verdictsBySecond: Map<number, SecondVerdicts>;
}

export interface TaskPoint {
  readonly secondMs: number;
  readonly streamTimeMs: number | undefined;
  onlineMs: number | undefined;
}

export interface SecondVerdicts {
  readonly late: Map<Verdict['kind'], number>;
  readonly dropped: Map<Verdict['kind'], number>;
}

/** One source in one partition of one task. */
export interface LaneFold {
  readonly key: string;
  readonly source: Source;
  readonly topic: string;
  readonly partition: number;
  records: number;
  late: number;
  outOfOrder: number;
  readonly habit: Habit;
  lastSecondMs: number;
  lastEventMs: number;
  maxEventMs: number;
  lastAppendMs: number | undefined;
  /** One a second in which records came. */
  readonly progress: { readonly secondMs: number; readonly minEventMs: number; readonly maxEventMs: number }[];
  /** The latest; kept after it is drained. */
  backlog: Backlog | undefined;
  /** Since when, and by how much, its event times lie after their own append; undefined when they do not. */
  ahead: { sinceLowMs: number; sinceHighMs: number; lastMs: number; byMs: number; record: Culprit } | undefined;
  /** When it stopped being ahead, by the append times around. */
  aheadEnded: { lowMs: number; highMs: number } | undefined;
}

export interface LateRow {
  readonly task: TaskFold;
  readonly lane: LaneFold;
  readonly cell: Cell;
  readonly late: LateCell;
  verdict: Verdict | undefined;
  incidentId: string | undefined;
}

/** An incident while more may still be learnt of it. */
export interface IncidentFold {
  incident: Incident;
  readonly tasks: Set<string>;
  readonly partitions: Map<string, TopicPartition>;
  lateCount: number;
  lateMaxMs: number;
  readonly drops: Map<string, IncidentDropsFold>;
  firstCulprit: Culprit | undefined;
  lastActivityMs: number;
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

export function createState(): State {
  return {
    agents: new Map(),
    tasks: new Map(),
    hosts: new Map(),
    lateRows: [],
    incidents: new Map(),
    totals: new Map(),
    drops: new Map(),
    revisedFromMs: Number.POSITIVE_INFINITY,
    incidentCount: 0,
    overflow: { tasks: 0, lanes: 0, lateRows: 0, ranges: 0, totals: 0 },
  };
}
