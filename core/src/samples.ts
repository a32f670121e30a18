import type { AgentAssessment, Assessment, SourceAssessment, TaskAssessment } from './assessment.ts';
import { type IncidentKind, verdictClass } from './finding.ts';
import { sourceName } from './source.ts';

/**
 * An assessment as numbers with names and labels, for whatever collects metrics. Inside, times are milliseconds; from here on
 * they are seconds, and nowhere else are they turned. `docs/metrics.md` says what each one is good for.
 */
export interface Metric {
  readonly name: string;
  /** A counter never goes down while its row lives; what may be revised is a gauge. */
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
  /** How rows beyond a cap are put into one that still means something: the total, or the worst of them. */
  readonly beyondCap: 'sum' | 'lowest' | 'highest';
  readonly rows: (assessment: Assessment) => readonly Row[];
}

/** Label values in the order of the metric's labels. */
export interface Row {
  readonly labels: readonly string[];
  readonly value: number;
}

const task: readonly string[] = ['cluster', 'group', 'task'];
const place: readonly string[] = ['group', 'topic', 'partition'];
const agent: readonly string[] = ['agent', 'host'];
const source: readonly string[] = [...task, 'source'];

export const metrics: readonly Metric[] = [
  {
    name: 'tidemark_stream_time_timestamp_seconds',
    kind: 'gauge',
    help: 'Stream time of a task: the highest event time that it has processed.',
    labels: task,
    beyondCap: 'lowest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.streamTimeMs)),
  },
  {
    name: 'tidemark_true_stream_time_timestamp_seconds',
    kind: 'gauge',
    help: 'True stream time of a task as known now: the smallest creation time among events still to come.',
    labels: task,
    beyondCap: 'lowest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.trueStreamTimeMs)),
  },
  {
    name: 'tidemark_stream_time_lead_seconds',
    kind: 'gauge',
    help: 'Stream time less true stream time: how far the task runs ahead of events that it has not seen.',
    labels: task,
    beyondCap: 'highest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.leadMs)),
  },
  {
    name: 'tidemark_records_total',
    kind: 'counter',
    help: 'Records that a task has processed.',
    labels: task,
    beyondCap: 'sum',
    rows: (assessment) => tasks(assessment, (t) => t.records),
  },
  {
    name: 'tidemark_policy_dropped_records_total',
    kind: 'counter',
    help: 'Records of a task that a declared lateness policy refuses.',
    labels: [...task, 'policy'],
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
    name: 'tidemark_source_late_records_total',
    kind: 'counter',
    help: 'Late records of a source, whoever is to blame.',
    labels: source,
    beyondCap: 'sum',
    rows: (assessment) => sources(assessment, (s) => s.late),
  },
  {
    name: 'tidemark_source_last_event_timestamp_seconds',
    kind: 'gauge',
    help: 'Event time of the last record of a source.',
    labels: source,
    beyondCap: 'lowest',
    rows: (assessment) => sources(assessment, (s) => seconds(s.lastEventMs)),
  },
  {
    name: 'tidemark_source_ahead_seconds',
    kind: 'gauge',
    help: 'How far a source stamps its events after their own append, at least. No row: it does not.',
    labels: source,
    beyondCap: 'highest',
    rows: (assessment) => sources(assessment, (s) => seconds(s.aheadMs)),
  },
  {
    name: 'tidemark_source_silent',
    kind: 'gauge',
    help: '1 for a source that is overdue by its own habit: idle or cut off. 0 otherwise.',
    labels: source,
    beyondCap: 'sum',
    rows: (assessment) => sources(assessment, (s) => Number(s.state === 'silent')),
  },
  {
    name: 'tidemark_incidents_open',
    kind: 'gauge',
    help: 'Incidents that still cost records.',
    labels: ['group', 'kind'],
    beyondCap: 'sum',
    rows: openIncidents,
  },
  {
    name: 'tidemark_clock_offset_low_seconds',
    kind: 'gauge',
    help: 'The clock of a host is ahead of true time by at least this (negative: behind). No row: unbounded.',
    labels: ['host'],
    beyondCap: 'lowest',
    rows: ({ hosts }) =>
      known(
        hosts,
        (h) => [h.host],
        (h) => seconds(h.offset?.lowMs),
      ),
  },
  {
    name: 'tidemark_clock_offset_high_seconds',
    kind: 'gauge',
    help: 'The clock of a host is ahead of true time by at most this (negative: behind). No row: unbounded.',
    labels: ['host'],
    beyondCap: 'highest',
    rows: ({ hosts }) =>
      known(
        hosts,
        (h) => [h.host],
        (h) => seconds(h.offset?.highMs),
      ),
  },
  {
    name: 'tidemark_clock_bounded',
    kind: 'gauge',
    help: '1 if something says how wrong the clock of a host may be, 0 if nothing does.',
    labels: ['host'],
    beyondCap: 'lowest',
    rows: ({ hosts }) =>
      known(
        hosts,
        (h) => [h.host],
        (h) => Number(h.offset !== undefined),
      ),
  },
  {
    name: 'tidemark_agent_up',
    kind: 'gauge',
    help: '1 while an agent reports, 0 once its reports have stopped coming.',
    labels: agent,
    beyondCap: 'lowest',
    rows: (assessment) => agents(assessment, (a) => Number(!a.lost)),
  },
  {
    name: 'tidemark_agent_info',
    kind: 'gauge',
    help: 'Always 1: the version of an agent and the client that it is attached to.',
    labels: [...agent, 'client', 'version'],
    beyondCap: 'sum',
    rows: ({ agents }) => agents.map((a) => row([...agentLabels(a), a.identity.client, a.identity.version], 1)),
  },
  {
    name: 'tidemark_agent_last_report_timestamp_seconds',
    kind: 'gauge',
    help: 'When the last report of an agent came in.',
    labels: agent,
    beyondCap: 'lowest',
    rows: (assessment) => agents(assessment, (a) => seconds(a.lastReportMs)),
  },
  {
    name: 'tidemark_agent_missed_reports_total',
    kind: 'counter',
    help: 'Reports of an agent that never came in, by the gaps in their sequence.',
    labels: agent,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.missedReports),
  },
  {
    name: 'tidemark_agent_queued_reports',
    kind: 'gauge',
    help: 'Reports that an agent holds because they could not be sent yet.',
    labels: agent,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.queuedReports),
  },
  {
    name: 'tidemark_agent_dropped_reports_total',
    kind: 'counter',
    help: 'Reports that an agent gave up because its queue was full.',
    labels: agent,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.droppedReports),
  },
  {
    name: 'tidemark_agent_records_total',
    kind: 'counter',
    help: 'Records that an agent has seen.',
    labels: agent,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.records),
  },
  {
    name: 'tidemark_agent_redelivered_records_total',
    kind: 'counter',
    help: 'Records that came a second time (a retry or a rebalance). They are not counted again elsewhere.',
    labels: agent,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.redelivered),
  },
  {
    name: 'tidemark_agent_unreadable_records_total',
    kind: 'counter',
    help: 'Records whose event time could not be read, by reason.',
    labels: [...agent, 'reason'],
    beyondCap: 'sum',
    rows: (assessment) => agentCounts(assessment, (a) => a.health.unreadable),
  },
  {
    name: 'tidemark_agent_overflow_total',
    kind: 'counter',
    help: 'What an agent had to leave out because it was beyond one of its bounds.',
    labels: [...agent, 'what'],
    beyondCap: 'sum',
    rows: (assessment) => agentCounts(assessment, (a) => a.health.overflow),
  },
  {
    name: 'tidemark_agent_errors_total',
    kind: 'counter',
    help: 'Faults inside an agent. None of them reached the host.',
    labels: agent,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.errors),
  },
  {
    name: 'tidemark_collector_overflow_total',
    kind: 'counter',
    help: 'What the collector had to leave out because it was beyond one of its bounds.',
    labels: ['what'],
    beyondCap: 'sum',
    rows: ({ overflow }) => Object.entries(overflow).map(([what, count]) => row([what], count)),
  },
];

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

function row(labels: readonly string[], value: number): Row {
  return { labels, value };
}

/** A row for each item whose value is known. */
function known<T>(
  items: readonly T[],
  labels: (item: T) => readonly string[],
  value: (item: T) => number | undefined,
): Row[] {
  return items.flatMap((item) => {
    const known = value(item);
    return known === undefined ? [] : [row(labels(item), known)];
  });
}

function tasks(assessment: Assessment, value: (task: TaskAssessment) => number | undefined): Row[] {
  return known(assessment.tasks, taskLabels, value);
}

function taskLabels(task: TaskAssessment): string[] {
  return [task.cluster ?? '', task.group, task.id];
}

function sources(assessment: Assessment, value: (source: SourceAssessment) => number | undefined): Row[] {
  return assessment.tasks.flatMap((t) => known(t.sources, (s) => [...taskLabels(t), sourceName(s.source)], value));
}

function agents(assessment: Assessment, value: (agent: AgentAssessment) => number | undefined): Row[] {
  return known(assessment.agents, agentLabels, value);
}

function agentLabels({ identity }: AgentAssessment): string[] {
  return [identity.id, identity.host];
}

function agentCounts(
  assessment: Assessment,
  of: (agent: AgentAssessment) => { readonly [name: string]: number },
): Row[] {
  return assessment.agents.flatMap((a) =>
    Object.entries(of(a)).map(([name, count]) => row([...agentLabels(a), name], count)),
  );
}

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

const incidentKinds: readonly IncidentKind[] = [
  'producerCutOff',
  'brokerOutage',
  'clockAhead',
  'clockBehind',
  'consumerInterleave',
  'repartition',
  'backfill',
];

/** Also the zeros, for each group there is: an alert must see a number go back, not a row vanish. */
function openIncidents({ tasks, incidents }: Assessment): Row[] {
  const groups = new Set([...tasks.map((t) => t.group), ...incidents.map((i) => i.group)]);
  return [...groups].flatMap((group) =>
    incidentKinds.map((kind) =>
      row([group, kind], incidents.filter((i) => i.status === 'open' && i.group === group && i.kind === kind).length),
    ),
  );
}
