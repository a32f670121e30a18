import type { Assessment, TaskAssessment } from '../assess/assessment.ts';

/** A number with a name and labels, for whatever collects metrics. `From` is what its rows are made of. */
export interface Metric<From = Assessment> {
  readonly name: string;
  /** A counter never goes down while its row lives; what may be revised is a gauge. */
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
  /** How rows beyond a cap are put into one that still means something: the total, or the worst of them. */
  readonly beyondCap: 'sum' | 'lowest' | 'highest';
  readonly rows: (from: From) => readonly Row[];
}

/** Label values in the order of the metric's labels. */
export interface Row {
  readonly labels: readonly string[];
  readonly value: number;
}

/** Labels of whatever has to do with one task. */
export const taskLabelNames: readonly string[] = ['cluster', 'group', 'task'];

export function taskLabels(task: TaskAssessment): string[] {
  return [task.cluster ?? '', task.group, task.id];
}

/** The only place where milliseconds become seconds. */
export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

export function row(labels: readonly string[], value: number): Row {
  return { labels, value };
}

/** A row for each item whose value is known. */
export function known<T>(
  items: readonly T[],
  labels: (item: T) => readonly string[],
  value: (item: T) => number | undefined,
): Row[] {
  return items.flatMap((item) => {
    const known = value(item);
    return known === undefined ? [] : [row(labels(item), known)];
  });
}
