import type { Assessment, TaskAssessment } from '../assess/assessment.ts';
import type { GroupAssessment } from '../assess/group-stream-time.ts';
import { plainName } from '../source.ts';
import { known, type Metric, type Row, row, seconds, taskLabelNames, taskLabels } from './metric.ts';

const groupLabelNames: readonly string[] = ['cluster', 'group'];

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
    name: 'tidemark_true_stream_time_low_timestamp_seconds',
    kind: 'gauge',
    help: 'Low end of what the true stream time of a task lies in: assumed.',
    labels: taskLabelNames,
    beyondCap: 'lowest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.trueStreamTimeBound?.lowMs)),
  },
  {
    name: 'tidemark_true_stream_time_high_timestamp_seconds',
    kind: 'gauge',
    help: 'High end of what the true stream time of a task lies in: proved.',
    labels: taskLabelNames,
    beyondCap: 'lowest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.trueStreamTimeBound?.highMs)),
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
    name: 'tidemark_stream_time_lead_low_seconds',
    kind: 'gauge',
    help: 'Low end of the lead of a task: proved.',
    labels: taskLabelNames,
    beyondCap: 'highest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.leadBound?.lowMs)),
  },
  {
    name: 'tidemark_stream_time_lead_high_seconds',
    kind: 'gauge',
    help: 'High end of the lead of a task: assumed.',
    labels: taskLabelNames,
    beyondCap: 'highest',
    rows: (assessment) => tasks(assessment, (t) => seconds(t.leadBound?.highMs)),
  },
  {
    name: 'tidemark_group_true_stream_time_timestamp_seconds',
    kind: 'gauge',
    help: 'True stream time of a group as known now: the least of its tasks.',
    labels: groupLabelNames,
    beyondCap: 'lowest',
    rows: (assessment) => groups(assessment, (g) => seconds(g.trueStreamTimeMs)),
  },
  {
    name: 'tidemark_group_true_stream_time_low_timestamp_seconds',
    kind: 'gauge',
    help: 'Low end of what the true stream time of a group lies in: assumed.',
    labels: groupLabelNames,
    beyondCap: 'lowest',
    rows: (assessment) => groups(assessment, (g) => seconds(g.trueStreamTimeBound?.lowMs)),
  },
  {
    name: 'tidemark_group_true_stream_time_high_timestamp_seconds',
    kind: 'gauge',
    help: 'High end of what the true stream time of a group lies in: proved.',
    labels: groupLabelNames,
    beyondCap: 'lowest',
    rows: (assessment) => groups(assessment, (g) => seconds(g.trueStreamTimeBound?.highMs)),
  },
  {
    name: 'tidemark_group_true_stream_time_held_by',
    kind: 'gauge',
    help: 'Always 1: the task with the least true stream time of a group, and the overdue source that it waits for. No row: nobody is overdue there.',
    labels: [...groupLabelNames, 'task', 'source'],
    beyondCap: 'sum',
    rows: ({ groups }) =>
      groups.flatMap((group) => {
        const { heldBackBy } = group;
        return heldBackBy === undefined
          ? []
          : [row([...groupLabels(group), heldBackBy.task, plainName(heldBackBy.source)], 1)];
      }),
  },
  {
    name: 'tidemark_group_stream_time_lead_seconds',
    kind: 'gauge',
    help: 'Lead of the task of a group that runs ahead the furthest.',
    labels: groupLabelNames,
    beyondCap: 'highest',
    rows: (assessment) => groups(assessment, (g) => seconds(g.greatestLead?.leadMs)),
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

function groups(assessment: Assessment, value: (group: GroupAssessment) => number | undefined): Row[] {
  return known(assessment.groups, groupLabels, value);
}

function groupLabels({ cluster, group }: GroupAssessment): string[] {
  return [cluster ?? '', group];
}
