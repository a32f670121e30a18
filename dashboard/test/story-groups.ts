import type { GroupAssessment, Interval, SeriesPoint, TaskAssessment } from '@tidemark/core';

export function assumptionOf(away: boolean): string {
  return away
    ? 'nothing is known of B since its last event: if it has nothing to say, the high end is true'
    : 'events of A come within 640 ms of being made, as they have so far';
}

/** Tasks after the first are groups of their own, unless the story says that they are one. */
export function groupOf(index: number, isOneGroup = false): string {
  return index === 0 || isOneGroup ? 'order-counts' : `service-${index}`;
}

/** What is said of the groups of these tasks. */
export function groupsOf(tasks: readonly TaskAssessment[]): GroupAssessment[] {
  return [...Map.groupBy(tasks, ({ group }) => group)].map(([group, members]) => {
    const least = members.reduce((a, b) => ((b.trueStreamTimeMs ?? 0) < (a.trueStreamTimeMs ?? 0) ? b : a));
    const { id, trueStreamTimeMs, trueStreamTimeBound, heldBackBy, leadMs, leadBound } = least;
    return {
      group,
      tasks: members.length,
      lostTasks: 0,
      ...(trueStreamTimeMs === undefined ? {} : { trueStreamTimeMs }),
      ...(trueStreamTimeBound === undefined ? {} : { trueStreamTimeBound }),
      ...(heldBackBy === undefined ? {} : { heldBackBy: { task: id, source: heldBackBy } }),
      ...(leadMs === undefined || leadBound === undefined ? {} : { greatestLead: { task: id, leadMs, leadBound } }),
    };
  });
}

export function leadBoundOf(point: SeriesPoint['tasks'][number] | undefined): Interval {
  const { streamTimeMs = 0, trueStreamTimeBound } = point ?? {};
  return {
    lowMs: streamTimeMs - (trueStreamTimeBound?.highMs ?? 0),
    highMs: streamTimeMs - (trueStreamTimeBound?.lowMs ?? 0),
  };
}
