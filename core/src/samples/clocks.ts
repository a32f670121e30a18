import type { Assessment } from '../assess/assessment.ts';
import type { BoundEnd } from '../clock/bound.ts';
import type { KnownClock } from '../clocks/known-clock.ts';
import { known, type Metric, type Row, row, seconds } from './metric.ts';

const labels: readonly string[] = ['cluster', 'role', 'clock'];

export const clockMetrics: readonly Metric[] = [
  {
    name: 'tidemark_clock_offset_low_seconds',
    kind: 'gauge',
    help: 'A clock is ahead of true time by at least this (negative: behind). No row: nothing says.',
    labels: [...labels, 'basis'],
    beyondCap: 'lowest',
    rows: ({ clocks }) => clocks.flatMap((clock) => endRow(clock, clock.low)),
  },
  {
    name: 'tidemark_clock_offset_high_seconds',
    kind: 'gauge',
    help: 'A clock is ahead of true time by at most this (negative: behind). No row: nothing says.',
    labels: [...labels, 'basis'],
    beyondCap: 'highest',
    rows: ({ clocks }) => clocks.flatMap((clock) => endRow(clock, clock.high)),
  },
  {
    name: 'tidemark_clock_bounded',
    kind: 'gauge',
    help: '1 if it is proved how wrong a clock may be, to both sides; 0 if not.',
    labels,
    beyondCap: 'lowest',
    rows: (assessment) =>
      rowsOf(assessment, ({ low, high }) => Number(low.basis === 'proved' && high.basis === 'proved')),
  },
  {
    name: 'tidemark_clock_within_millisecond',
    kind: 'gauge',
    help: '1 if it is proved that a clock is right to within 1 ms, 0 if it is proved that it is not. No row: nobody knows.',
    labels,
    beyondCap: 'lowest',
    rows: (assessment) => rowsOf(assessment, ({ grade }) => ({ yes: 1, no: 0, unknown: undefined })[grade.oneMs]),
  },
  {
    name: 'tidemark_clock_drift_ratio',
    kind: 'gauge',
    help: 'How fast a clock runs: 0.000050 is 50 ppm fast. No row: not measured.',
    labels,
    beyondCap: 'highest',
    rows: (assessment) => rowsOf(assessment, ({ drift }) => ratio(drift?.ppm)),
  },
  {
    name: 'tidemark_clock_drift_error_ratio',
    kind: 'gauge',
    help: 'How far the measured drift of a clock may be off, to either side.',
    labels,
    beyondCap: 'highest',
    rows: (assessment) => rowsOf(assessment, ({ drift }) => ratio(drift?.errorPpm)),
  },
  {
    name: 'tidemark_clock_reading_age_seconds',
    kind: 'gauge',
    help: 'Since when the clock of a host with an agent was not read. No row: never, or no agent.',
    labels,
    beyondCap: 'highest',
    rows: (assessment) => rowsOf(assessment, ({ readings }) => seconds(readings?.ageMs)),
  },
  {
    name: 'tidemark_clock_source_up',
    kind: 'gauge',
    help: '1 while a source that a host with an agent reads its clock from gives readings, 0 while it gives none.',
    labels: [...labels, 'source'],
    beyondCap: 'lowest',
    rows: ({ clocks }) => clocks.flatMap(sourceRows),
  },
];

function labelsOf({ cluster, role, name }: KnownClock): readonly string[] {
  return [cluster ?? '', role, name];
}

function rowsOf({ clocks }: Assessment, value: (clock: KnownClock) => number | undefined): readonly Row[] {
  return known(clocks, labelsOf, value);
}

function endRow(clock: KnownClock, end: BoundEnd): Row[] {
  return end.basis === 'unknown' ? [] : [row([...labelsOf(clock), end.basis], seconds(end.ms)!)];
}

function sourceRows(clock: KnownClock): Row[] {
  const sources = clock.readings?.sources ?? [];
  return sources.map(({ name, trouble }) => row([...labelsOf(clock), name], Number(trouble === undefined)));
}

function ratio(ppm: number | undefined): number | undefined {
  return ppm === undefined ? undefined : ppm / 1e6;
}
