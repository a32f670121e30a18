import {
  type Assessment,
  arrivalWords,
  type SourceState,
  type Suspicion,
  sourceName,
  type TaskAssessment,
  type TopicPartition,
  toldNote,
} from '@tidemark/core';
import { formatCount, formatCounted, formatDuration, formatPartition } from './format.ts';

/** Most things shown of each kind at once: the rest is counted in words and found by the filter box. */
export const maxShown = {
  tasks: 12,
  groups: 8,
  sources: 12,
  partitions: 12,
  agents: 8,
  producers: 4,
  incidents: 50,
  clocks: 8,
  findings: 8,
  nodes: 12,
} as const;

export interface Shown<T> {
  readonly rows: readonly T[];
  /** How many more match. */
  readonly more: number;
}

export function firstOf<T>(rows: readonly T[], max: number): Shown<T> {
  return { rows: rows.slice(0, max), more: Math.max(0, rows.length - max) };
}

/** `and 488 more`, or nothing. */
export function moreText(shown: Shown<unknown>): string {
  return shown.more > 0 ? `and ${formatCount(shown.more)} more` : '';
}

/** Those assigned; between two assignments, those that its sources were seen in. */
export function partitionsOf(task: TaskAssessment): readonly TopicPartition[] {
  if (task.partitions.length > 0) return task.partitions;
  const seen = task.sources.flatMap((source) => source.partitions);
  return [...new Map(seen.map((at) => [formatPartition(at), at])).values()];
}

/** Few are named, many are counted. */
export function partitionsInWords(task: Pick<TaskAssessment, 'partitions'>): string {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of task.partitions) {
    const known = byTopic.get(topic);
    if (known === undefined) byTopic.set(topic, [partition]);
    else known.push(partition);
  }
  if (byTopic.size === 0) return 'no partitions assigned';
  const topics = [...byTopic].map(([topic, partitions]) =>
    partitions.length === 1
      ? `${topic}, partition ${partitions[0]}`
      : `${topic}, ${formatCount(partitions.length)} partitions`,
  );
  return topics.length <= 3
    ? topics.join(' · ')
    : `${topics.slice(0, 3).join(' · ')} and ${topics.length - 3} more topics`;
}

export interface SourceRow {
  readonly name: string;
  readonly state: SourceState;
  readonly records: number;
  readonly late: number;
  readonly lastEventMs: number | undefined;
  readonly notes: readonly string[];
}

/** The sources of a task: silent ones first, then those with the most late records. */
export function sourceRows(task: TaskAssessment, filter: string): Shown<SourceRow> {
  const order: { readonly [K in SourceState]: number } = { cut: 0, suspectedCut: 1, idle: 2, live: 3, gone: 4 };
  const rows = task.sources
    .map((it) => ({
      name: sourceName(it.source),
      state: it.state,
      records: it.records,
      late: it.late,
      lastEventMs: it.lastEventMs,
      notes: [
        it.suspicion === undefined ? '' : suspicionText(it.suspicion),
        toldNote(it),
        it.aheadMs !== undefined && it.aheadMs > 0 ? `clock at least ${formatDuration(it.aheadMs)} ahead` : '',
        it.outOfOrderRatio >= 0.001 ? `${(it.outOfOrderRatio * 100).toFixed(1)} % out of order` : '',
        ...(it.arrival === undefined ? [] : arrivalWords(it.arrival)),
      ].filter((note) => note !== ''),
    }))
    .filter((row) => matches(filter, [row.name]));
  rows.sort((a, b) => order[a.state] - order[b.state] || b.late - a.late || byName(a.name, b.name));
  return firstOf(rows, maxShown.sources);
}

/** How sure, and on what ground. */
function suspicionText({ silentMs, longestGapMs, likelihood, earlier }: Suspicion): string {
  const before = earlier.idle + earlier.cut;
  const history = before === 0 ? '' : `, ${earlier.cut} of ${formatCounted(before, 'such silence')} before were cuts`;
  return `silent for ${formatDuration(silentMs)}, at most ${formatDuration(longestGapMs)} before; a cut is ${Math.round(likelihood * 100)} % likely${history}`;
}

export interface PartitionRow {
  readonly name: string;
  readonly late: number;
  readonly dropped: number;
}

/** Late records per partition of a task's group since the collector started; the worst first. */
export function partitionRows(assessment: Assessment, task: TaskAssessment, filter: string): Shown<PartitionRow> {
  const rows = new Map<string, { name: string; late: number; dropped: number }>();
  for (const at of partitionsOf(task))
    rows.set(formatPartition(at), { name: formatPartition(at), late: 0, dropped: 0 });
  for (const total of assessment.totals) {
    if (total.group !== task.group) continue;
    const row = rows.get(formatPartition(total));
    if (row === undefined) continue;
    row.late += total.late;
    row.dropped += total.dropped;
  }
  const sorted = [...rows.values()]
    .filter((row) => matches(filter, [row.name]))
    .sort((a, b) => b.dropped - a.dropped || b.late - a.late || byName(a.name, b.name));
  return firstOf(sorted, maxShown.partitions);
}

export function matches(filter: string, texts: readonly string[]): boolean {
  const wanted = filter.trim().toLowerCase();
  return wanted === '' || texts.some((text) => text.toLowerCase().includes(wanted));
}

// Made once: 500 partitions are sorted each second, and to make one takes longer than to compare two names.
const names = new Intl.Collator('en', { numeric: true });

/** `orders-2` before `orders-10`. */
export function byName(a: string, b: string): number {
  return names.compare(a, b);
}
