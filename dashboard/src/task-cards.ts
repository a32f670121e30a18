import {
  type Assessment,
  forecastLines,
  isConfirmed,
  leadBoundWords,
  leadWords,
  type TaskAssessment,
  trueTimeWords,
  verdictClass,
} from '@tidemark/core';
import { formatDuration, formatPartition } from './format.ts';
import { heldBackSentence, isHeldBack, isNews, lostSince } from './headline.ts';
import { byName, firstOf, matches, maxShown, partitionsInWords, partitionsOf, type Shown } from './view.ts';

export type Level = 'good' | 'watch' | 'bad';

export interface TaskCard {
  readonly id: string;
  readonly group: string;
  /** Its partitions in words: `orders, 4 partitions`; of a group of several tasks also which it is: `member-3: orders, 4 partitions`. */
  readonly partitions: string;
  readonly level: Level;
  readonly records: number;
  /** For whatever cause. */
  readonly late: number;
  readonly falselyLate: number;
  readonly dropped: readonly { readonly policy: string; readonly count: number; readonly grace: string }[];
  readonly streamTimeMs: number | undefined;
  readonly trueTime: ReturnType<typeof trueTimeWords>;
  readonly leadMs: number | undefined;
  readonly lead: string;
  /** Both ends of the lead, and provided what. */
  readonly leadBound: string | undefined;
  readonly heldBack: string | undefined;
  /** What the silence of its sources costs if it is a cut. */
  readonly forecast: readonly string[];
  /** When its agent was last heard, if it is lost: what is said of the task is as old as that. */
  readonly lostSinceMs: number | undefined;
}

/** Those that need a look come first, then by name: an order that does not dance while one reads. */
export function taskCards(assessment: Assessment, filter: string): Shown<TaskCard> & { readonly total: number } {
  const levels = levelsByTask(assessment);
  const falselyLate = falselyLateByPartition(assessment);
  const tasksOf = Map.groupBy(assessment.tasks, ({ group }) => group);
  const cards = assessment.tasks
    .filter((task) => matches(filter, [task.group, task.id, ...task.partitions.map(formatPartition)]))
    .map((task) =>
      taskCard(task, {
        level: levels.get(task.id) ?? 'good',
        nowMs: assessment.nowMs,
        falselyLate,
        isOneOfMany: tasksOf.get(task.group)!.length > 1,
        isHeldBack: isHeldBack(assessment, task),
        lostSinceMs: lostSince(assessment, task),
      }),
    );
  cards.sort(
    (a, b) =>
      Number(isOver(a)) - Number(isOver(b)) ||
      rank[b.level] - rank[a.level] ||
      mostDropped(b) - mostDropped(a) ||
      b.late - a.late ||
      byName(a.group, b.group) ||
      byName(a.id, b.id),
  );
  return { ...firstOf(cards, maxShown.tasks), total: assessment.tasks.length };
}

/** A consumer that nobody reports of and that costs nothing more stands behind those that run. */
function isOver(card: TaskCard): boolean {
  return card.lostSinceMs !== undefined && card.level !== 'bad';
}

const rank: { readonly [K in Level]: number } = { good: 0, watch: 1, bad: 2 };

function mostDropped(card: TaskCard): number {
  return Math.max(0, ...card.dropped.map((it) => it.count));
}

/** An open incident is bad, one that was news a moment ago still wants a look. */
function levelsByTask(assessment: Assessment): ReadonlyMap<string, Level> {
  const levels = new Map<string, Level>();
  for (const incident of assessment.incidents) {
    if (!isConfirmed(incident)) continue;
    const level = incident.status === 'open' ? 'bad' : isNews(incident, assessment.nowMs) ? 'watch' : 'good';
    for (const id of incident.tasks) if (rank[level] > rank[levels.get(id) ?? 'good']) levels.set(id, level);
  }
  return levels;
}

/** Since the collector started, by group and partition. */
function falselyLateByPartition(assessment: Assessment): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const total of assessment.totals) {
    if (verdictClass[total.verdict] !== 'falsely late') continue;
    const key = `${total.group}/${formatPartition(total)}`;
    sums.set(key, (sums.get(key) ?? 0) + total.late);
  }
  return sums;
}

function taskCard(
  task: TaskAssessment,
  about: {
    readonly level: Level;
    readonly nowMs: number;
    readonly isOneOfMany: boolean;
    readonly isHeldBack: boolean;
    readonly lostSinceMs: number | undefined;
    readonly falselyLate: ReadonlyMap<string, number>;
  },
): TaskCard {
  return {
    id: task.id,
    group: task.group,
    partitions: `${about.isOneOfMany ? `${memberOf(task)}: ` : ''}${partitionsInWords({ partitions: partitionsOf(task) })}`,
    level: about.level === 'good' && about.isHeldBack ? 'watch' : about.level,
    records: task.records,
    late: task.late,
    falselyLate: partitionsOf(task).reduce(
      (sum, at) => sum + (about.falselyLate.get(`${task.group}/${formatPartition(at)}`) ?? 0),
      0,
    ),
    dropped: task.policies.map((policy) => ({
      policy: policy.id,
      count: task.dropped.find((it) => it.policy === policy.id)?.count ?? 0,
      grace: formatDuration(policy.graceMs),
    })),
    streamTimeMs: task.streamTimeMs,
    trueTime: trueTimeWords(task),
    leadMs: task.leadMs,
    lead: leadWords(task),
    leadBound: leadBoundWords(task),
    heldBack: about.isHeldBack ? heldBackSentence(task, about.nowMs) : undefined,
    forecast: about.lostSinceMs !== undefined || task.forecast === undefined ? [] : forecastLines(task.forecast),
    lostSinceMs: about.lostSinceMs,
  };
}

function memberOf({ id, group }: TaskAssessment): string {
  return id.startsWith(`${group}/`) ? id.slice(group.length + 1) : id;
}

/**
 * Which task the charts show. What the reader picked stays. Else one that runs, kept for as long as it does, so that the
 * charts do not change under one's eyes, unless another has an incident open and this one has not.
 */
export function taskToShow(
  cards: readonly TaskCard[],
  shown: { readonly picked: string | undefined; readonly last: string | undefined },
): string | undefined {
  if (shown.picked !== undefined) return shown.picked;
  const [first] = cards;
  const last = cards.find((card) => card.id === shown.last);
  if (last === undefined || first === undefined || isOver(last)) return first?.id;
  return first.level === 'bad' && last.level !== 'bad' ? first.id : last.id;
}
