import { known, type Metric, seconds } from './metric.ts';

export const clockMetrics: readonly Metric[] = [
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
];
