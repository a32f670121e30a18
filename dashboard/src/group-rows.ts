import { type Assessment, type GroupAssessment, leadWords, sourceName, trueTimeWords } from '@tidemark/core';
import { byName, firstOf, matches, maxShown, type Shown } from './view.ts';

/** The true stream time of a group that has several tasks; of one alone, the card of that says it. */
export interface GroupRow {
  readonly group: string;
  readonly tasks: number;
  readonly lostTasks: number;
  readonly trueTime: ReturnType<typeof trueTimeWords>;
  /** `B, in billing/member-3`. */
  readonly heldBack: string | undefined;
  /** `up to 47 s, billing/member-3`. */
  readonly lead: string;
}

/** Those that run furthest ahead first. */
export function groupRows({ groups }: Assessment, filter: string): Shown<GroupRow> {
  const several = groups.filter(({ group, tasks }) => tasks > 1 && matches(filter, [group]));
  const rows = several
    .toSorted((a, b) => leadOf(b) - leadOf(a) || byName(a.group, b.group))
    .map(({ group, tasks, lostTasks, heldBackBy, greatestLead, ...known }) => ({
      group,
      tasks,
      lostTasks,
      trueTime: trueTimeWords(known),
      heldBack: heldBackBy === undefined ? undefined : `${sourceName(heldBackBy.source)}, in ${heldBackBy.task}`,
      lead: greatestLead === undefined ? 'not known' : leadOfTask(greatestLead),
    }));
  return firstOf(rows, maxShown.groups);
}

/** Seconds of a lead are worth an order, its jitter is not. */
function leadOf({ greatestLead }: GroupAssessment): number {
  return Math.max(0, Math.floor((greatestLead?.leadMs ?? 0) / 1000));
}

function leadOfTask(lead: NonNullable<GroupAssessment['greatestLead']>): string {
  const words = leadWords(lead);
  return words === 'none' ? words : `${words}, ${lead.task}`;
}
