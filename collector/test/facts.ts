import type { Assessment, Incident } from '@tidemark/core';

/** What of an assessment does not say when somebody looked. */
export function factsOf({ incidents, totals, tasks, agents }: Assessment) {
  return {
    incidents: incidents
      .filter(({ status }) => status !== 'suspected' && status !== 'withdrawn')
      .map(happened)
      .sort(byText),
    totals: totals.toSorted(byText),
    tasks: tasks
      .map(({ id, records, late, dropped, streamTimeMs }) => ({ id, records, late, dropped, streamTimeMs }))
      .sort(byText),
    missed: agents.map(({ missedReports }) => missedReports),
  };
}

function happened({ kind, group, source, start, end, late, dropped, partitions, culprit }: Incident) {
  return { kind, group, source, start, end, late, dropped, partitions, culprit };
}

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
