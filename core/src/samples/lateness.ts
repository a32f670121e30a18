import type { Assessment } from '../assess/assessment.ts';
import { type Incident, type IncidentStatus, verdictClass } from '../incidents/incident.ts';
import { type Metric, type Row, row, taskLabelNames, taskLabels } from './metric.ts';

const place: readonly string[] = ['group', 'topic', 'partition'];

export const latenessMetrics: readonly Metric[] = [
  {
    name: 'tidemark_policy_dropped_records_total',
    kind: 'counter',
    help: 'Records of a task that a declared lateness policy refuses.',
    labels: [...taskLabelNames, 'policy'],
    beyondCap: 'sum',
    rows: ({ tasks }) =>
      tasks.flatMap((t) => t.dropped.map(({ policy, count }) => row([...taskLabels(t), policy], count))),
  },
  {
    name: 'tidemark_late_records_total',
    kind: 'counter',
    help: 'Late records: event time below the stream time when they were processed.',
    labels: place,
    beyondCap: 'sum',
    rows: (assessment) => byPlace(assessment, 'late'),
  },
  {
    name: 'tidemark_late_records_by_verdict',
    kind: 'gauge',
    help: 'Late records by why they were late. A revised verdict moves records from one row to another.',
    labels: [...place, 'verdict', 'class'],
    beyondCap: 'sum',
    rows: (assessment) => byVerdict(assessment, 'late'),
  },
  {
    name: 'tidemark_dropped_records_total',
    kind: 'counter',
    help: 'Late records that a declared lateness policy refuses.',
    labels: place,
    beyondCap: 'sum',
    rows: (assessment) => byPlace(assessment, 'dropped'),
  },
  {
    name: 'tidemark_dropped_records_by_verdict',
    kind: 'gauge',
    help: 'Dropped records by why they were late. A revised verdict moves records from one row to another.',
    labels: [...place, 'verdict', 'class'],
    beyondCap: 'sum',
    rows: (assessment) => byVerdict(assessment, 'dropped'),
  },
  {
    name: 'tidemark_forecast_dropped_records',
    kind: 'gauge',
    help: 'Records that a policy would refuse if the suspected sources of a task were cut off and came back now.',
    labels: [...taskLabelNames, 'policy'],
    beyondCap: 'sum',
    rows: forecastDrops,
  },
  {
    name: 'tidemark_incidents_open',
    kind: 'gauge',
    help: 'Incidents that still cost records.',
    labels: ['group', 'kind'],
    beyondCap: 'sum',
    rows: (assessment) => incidentsOf('open', assessment, Object.keys(everyIncidentKind)),
  },
  {
    name: 'tidemark_incidents_suspected',
    kind: 'gauge',
    help: 'Sources that may be cut off, or only idle: silent beyond their habit while others go on. Not an alarm.',
    labels: ['group', 'kind'],
    beyondCap: 'sum',
    rows: (assessment) => incidentsOf('suspected', assessment, ['producerCutOff']),
  },
];

function byVerdict({ totals }: Assessment, what: 'late' | 'dropped'): Row[] {
  return totals.map((t) => row([t.group, t.topic, String(t.partition), t.verdict, verdictClass[t.verdict]], t[what]));
}

/** The verdicts taken together: revising one moves its records within the sum, so this never goes down. */
function byPlace({ totals }: Assessment, what: 'late' | 'dropped'): Row[] {
  const sums = new Map<string, { readonly labels: readonly string[]; value: number }>();
  for (const t of totals) {
    const labels = [t.group, t.topic, String(t.partition)];
    const key = JSON.stringify(labels);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { labels, value: t[what] });
    else sum.value += t[what];
  }
  return [...sums.values()];
}

/** Also the zeros: an alert must see a number go back, not a row vanish. */
function forecastDrops({ tasks }: Assessment): Row[] {
  return tasks.flatMap((task) =>
    task.policies.map(({ id }) => {
      const forecast = task.forecast?.policies.find(({ policy }) => policy === id);
      return row([...taskLabels(task), id], forecast?.lostRecords ?? 0);
    }),
  );
}

const everyIncidentKind: { readonly [K in Incident['kind']]: true } = {
  producerCutOff: true,
  brokerOutage: true,
  clockAhead: true,
  clockBehind: true,
  consumerInterleave: true,
  repartition: true,
  backfill: true,
};

/** Also the zeros, for each group there is: an alert must see a number go back, not a row vanish. */
function incidentsOf(status: IncidentStatus, { tasks, incidents }: Assessment, kinds: readonly string[]): Row[] {
  const groups = new Set([...tasks.map((t) => t.group), ...incidents.map((i) => i.group)]);
  return [...groups].flatMap((group) =>
    kinds.map((kind) =>
      row([group, kind], incidents.filter((i) => i.status === status && i.group === group && i.kind === kind).length),
    ),
  );
}
