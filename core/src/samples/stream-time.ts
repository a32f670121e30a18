import type { Assessment, TaskAssessment } from '../assessment.ts';
import { known, type Metric, type Row, seconds, taskLabelNames, taskLabels } from './metric.ts';

export const streamTimeMetrics: readonly Metric[] = [
  {
    name: 'tidemark_stream_time_timestamp_seconds',
    kind: 'gauge',
    help: 'Stream time of a task: the highest event time that it has processed.',
    labels: taskLabelNames,
    beyondCap: 'lowest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.streamTimeMs)),
  },
  {
    name: 'tidemark_true_stream_time_timestamp_seconds',
    kind: 'gauge',
    help: 'True stream time of a task as known now: the smallest creation time among events still to come.',
    labels: taskLabelNames,
    beyondCap: 'lowest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.trueStreamTimeMs)),
  },
  {
    name: 'tidemark_stream_time_lead_seconds',
    kind: 'gauge',
    help: 'Stream time less true stream time: how far the task runs ahead of events that it has not seen.',
    labels: taskLabelNames,
    beyondCap: 'highest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.leadMs)),
  },
  {
    name: 'tidemark_records_total',
    kind: 'counter',
    help: 'Records that a task has processed.',
    labels: taskLabelNames,
    beyondCap: 'sum',
    rows: (assessment) => tasks(assessment, (t) => t.records),
  },
];

function tasks(assessment: Assessment, value: (task: TaskAssessment) => number | undefined): Row[] {
  return known(assessment.tasks, taskLabels, value);
}
