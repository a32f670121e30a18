import type { audit, Incident, VerdictKind, verdictClass } from '@tidemark/core';
import type { HistoryTally } from './history.ts';

/** All that an audit says, as plain data: what `--json` prints, and what the page and the terminal are made of. */
export interface AuditReport {
  readonly tidemark: 'audit/1';
  readonly history: HistoryReport;
  readonly policies: readonly PolicyReport[];
  readonly incidents: readonly Pick<Incident, 'id' | 'kind' | 'sentence' | 'start' | 'end' | 'late' | 'dropped'>[];
  readonly order: OrderReport | undefined;
  readonly replays: ReplayReport | undefined;
  /** Names of policies that miss an objective: the command then ends with 1. */
  readonly missed: readonly string[];
}

export interface HistoryReport {
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
  readonly partitions: number;
  readonly sources: number;
  readonly firstEventMs: number | undefined;
  readonly lastEventMs: number | undefined;
  readonly order: string;
  readonly notes: readonly string[];
  readonly skipped: HistoryTally['skipped'];
  readonly incomplete: string | undefined;
}

export interface PolicyReport {
  readonly name: string;
  readonly engine: string;
  readonly window: audit.AuditPolicy['spec']['window'];
  readonly tasks: audit.TaskSharing;
  readonly slackMs: number;
  readonly records: number;
  readonly late: number;
  readonly lateness: Quantiles | undefined;
  /** Records that at least one window refused, and those that all refused. */
  readonly dropped: number;
  readonly lost: number;
  /** What the engine's own metric would say. */
  readonly metric: { readonly name: string; readonly value: number };
  readonly skipped: audit.PolicyAudit['skipped'];
  readonly stoppedAt: Place | undefined;
  readonly byCause: readonly CauseRow[];
  readonly bySource: readonly SourceRow[];
  readonly byPartition: readonly PartitionRow[];
  readonly overTime: { readonly binMs: number; readonly bins: readonly Bin[]; readonly causes: readonly CauseBin[] };
  readonly windows: WindowsReport | undefined;
  readonly curve: CurveReport;
  readonly advice: AdviceReport;
  readonly choices: readonly audit.ChoiceOutcome[];
  readonly bounds: { readonly least: number; readonly most: number } | undefined;
  readonly traps: readonly audit.FoundTrap[];
  readonly punctuations: Punctuations | undefined;
  readonly objectives: readonly ObjectiveResult[];
}

export interface Quantiles {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
export interface CauseRow {
  readonly verdict: VerdictKind;
  readonly class: (typeof verdictClass)[VerdictKind];
  readonly dropped: number;
}
export interface SourceRow {
  readonly source: string;
  readonly records: number;
  readonly dropped: number;
  readonly cause: VerdictKind | undefined;
}
export interface PartitionRow {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
  readonly dropped: number;
  /** Inclusive. */
  readonly offsets: readonly (readonly [first: number, last: number])[];
  /** Offsets beyond those that are listed. */
  readonly overflow: number;
}
export interface Bin {
  readonly atMs: number;
  readonly records: number;
  readonly late: number;
  readonly dropped: number;
}
export interface CauseBin {
  readonly atMs: number;
  readonly verdict: VerdictKind;
  readonly dropped: number;
}
export interface WindowsReport {
  readonly windows: number;
  readonly touched: number;
  readonly lostPairs: number;
  readonly unlisted: number;
  readonly worst: readonly WindowRow[];
  /** How long before the last record that it lost came a window had been closed. */
  readonly early: { readonly windows: number; readonly maxMs: number; readonly medianMs: number };
}
export interface WindowRow {
  readonly startMs: number;
  readonly endMs: number;
  readonly lost: number;
  readonly records: number | undefined;
  readonly error: number | undefined;
  readonly moreSlackMs: number;
  readonly closedBy: Place | undefined;
  readonly closedAtMs: number | undefined;
  readonly earlyMs: number | undefined;
}
export interface CurveReport {
  readonly method: 'onePass' | 'replay';
  readonly points: readonly {
    readonly slackMs: number;
    readonly dropped: number;
    readonly lost: number;
    readonly windows: number;
    readonly openWindows: number | undefined;
  }[];
  readonly zeroAtMs: number;
}
export interface AdviceReport extends audit.Advice {
  readonly budget: number | undefined;
  readonly likelihood: number;
  readonly delay: Quantiles | undefined;
  readonly impact: {
    readonly worstError: number | undefined;
    readonly windowsTouched: number | undefined;
    readonly cost: number | undefined;
  };
  readonly sentence: string;
}
export interface Punctuations {
  readonly everyMs: number;
  readonly fired: number;
  readonly early: number;
  readonly earlyMaxMs: number;
}
export interface ObjectiveResult {
  readonly objective: keyof audit.Objective;
  readonly allowed: string;
  readonly found: string;
  readonly isMet: boolean;
}
export interface OrderReport {
  readonly digest: string;
  readonly distance: audit.Distance;
  readonly within: { readonly certain: number; readonly possible: number };
  readonly across: { readonly certain: number; readonly possible: number };
  readonly clockBoundMs: number;
}

/** Would reprocessing give the same windows? `note`: what that was told from. */
export interface ReplayReport {
  readonly rows: readonly audit.ReplayRow[];
  readonly note: string;
}
