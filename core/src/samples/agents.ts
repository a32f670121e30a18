import type { AgentAssessment, Assessment } from '../assess/assessment.ts';
import { known, type Metric, type Row, row, seconds } from './metric.ts';

const labels: readonly string[] = ['agent', 'host'];

export const agentMetrics: readonly Metric[] = [
  {
    name: 'tidemark_agent_up',
    kind: 'gauge',
    help: '1 while an agent reports, 0 once its reports have stopped coming.',
    labels,
    beyondCap: 'lowest',
    rows: (assessment) => agents(assessment, (a) => Number(!a.lost)),
  },
  {
    name: 'tidemark_agent_info',
    kind: 'gauge',
    help: 'Always 1: the version of an agent and the client that it is attached to.',
    labels: [...labels, 'client', 'version'],
    beyondCap: 'sum',
    rows: ({ agents }) => agents.map((a) => row([...agentLabels(a), a.identity.client, a.identity.version], 1)),
  },
  {
    name: 'tidemark_agent_last_report_timestamp_seconds',
    kind: 'gauge',
    help: 'When the last report of an agent came in.',
    labels,
    beyondCap: 'lowest',
    rows: (assessment) => agents(assessment, (a) => seconds(a.lastReportMs)),
  },
  {
    name: 'tidemark_agent_missed_reports_total',
    kind: 'counter',
    help: 'Reports of an agent that never came in, by the gaps in their sequence.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.missedReports),
  },
  {
    name: 'tidemark_agent_queued_reports',
    kind: 'gauge',
    help: 'Reports that an agent holds because they could not be sent yet.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.queuedReports),
  },
  {
    name: 'tidemark_agent_dropped_reports_total',
    kind: 'counter',
    help: 'Reports that an agent gave up because its queue was full.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.droppedReports),
  },
  {
    name: 'tidemark_agent_records_total',
    kind: 'counter',
    help: 'Records that an agent has seen.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.records),
  },
  {
    name: 'tidemark_agent_redelivered_records_total',
    kind: 'counter',
    help: 'Records that came a second time (a retry or a rebalance). They are not counted again elsewhere.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.redelivered),
  },
  {
    name: 'tidemark_agent_unreadable_records_total',
    kind: 'counter',
    help: 'Records whose event time could not be read, by reason.',
    labels: [...labels, 'reason'],
    beyondCap: 'sum',
    rows: (assessment) => agentCounts(assessment, (a) => a.health.unreadable),
  },
  {
    name: 'tidemark_agent_overflow_total',
    kind: 'counter',
    help: 'What an agent had to leave out because it was beyond one of its bounds.',
    labels: [...labels, 'what'],
    beyondCap: 'sum',
    rows: (assessment) => agentCounts(assessment, (a) => a.health.overflow),
  },
  {
    name: 'tidemark_agent_errors_total',
    kind: 'counter',
    help: 'Faults inside an agent. None of them reached the host.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => agents(assessment, (a) => a.health.errors),
  },
];

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
