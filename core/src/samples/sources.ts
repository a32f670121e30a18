import type { Assessment, SourceAssessment } from '../assess/assessment.ts';
import { plainName } from '../source.ts';
import { known, type Metric, type Row, seconds, taskLabelNames, taskLabels } from './metric.ts';

const labels: readonly string[] = [...taskLabelNames, 'source'];

export const sourceMetrics: readonly Metric[] = [
  {
    name: 'tidemark_source_late_records_total',
    kind: 'counter',
    help: 'Late records of a source, whoever is to blame.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => sources(assessment, (s) => s.late),
  },
  {
    name: 'tidemark_source_last_event_timestamp_seconds',
    kind: 'gauge',
    help: 'Event time of the last record of a source.',
    labels,
    beyondCap: 'lowest',
    rows: (assessment) => sources(assessment, (s) => seconds(s.lastEventMs)),
  },
  {
    name: 'tidemark_source_ahead_seconds',
    kind: 'gauge',
    help: 'How far a source stamps its events after their own append, at least. No row: it does not.',
    labels,
    beyondCap: 'highest',
    rows: (assessment) => sources(assessment, (s) => seconds(s.aheadMs)),
  },
  {
    name: 'tidemark_source_silent',
    kind: 'gauge',
    help: '1 for a source that is silent for longer than its pace of late: idle or cut off. 0 otherwise.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => sources(assessment, (s) => Number(s.state === 'idle' || s.state === 'suspectedCut')),
  },
];

function sources(assessment: Assessment, value: (source: SourceAssessment) => number | undefined): Row[] {
  return assessment.tasks.flatMap((t) => known(t.sources, (s) => [...taskLabels(t), plainName(s.source)], value));
}
