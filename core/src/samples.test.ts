import { describe, expect, test } from 'vitest';
import { firstAssessment } from './assess/assess.ts';
import type { Assessment, LateTotal, SourceAssessment, TaskAssessment } from './assess/assessment.ts';
import type { GroupAssessment } from './assess/group-stream-time.ts';
import type { KnownClock } from './clocks/known-clock.ts';
import { type Finding, findingKinds } from './findings/finding.ts';
import { verdictClass, verdictKinds } from './incidents/incident.ts';
import type { BoundedInstant } from './interval.ts';
import { metrics, type Row } from './samples.ts';
import type { TopologyNode } from './topology/topology.ts';

const nothing = firstAssessment(0);

function rowsOf(name: string, assessment: Partial<Assessment>): readonly Row[] {
  return metrics.find((metric) => metric.name === name)!.rows({ ...nothing, ...assessment });
}

const task: TaskAssessment = {
  id: 'g/m',
  group: 'g',
  agentId: 'a',
  partitions: [],
  policies: [{ id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 1_000 }],
  reportedMs: 0,
  records: 10,
  late: 0,
  dropped: [],
  sources: [],
};

const bound: BoundedInstant = { lowMs: 500, highMs: 2_000, basis: 'assumed', assumption: '' };

const group: GroupAssessment = {
  group: 'g',
  cluster: 'c',
  tasks: 2,
  lostTasks: 0,
  trueStreamTimeMs: 1_000,
  trueStreamTimeBound: bound,
  heldBackBy: { task: 'g/m', source: { kind: 'producer', producerId: '4711', before: '4702' } },
  greatestLead: { task: 'g/n', leadMs: 3_000, leadBound: { lowMs: 2_000, highMs: 3_500 } },
};

const unbounded: KnownClock = {
  id: 'host h',
  name: 'h',
  role: 'host',
  low: { basis: 'unknown' },
  high: { basis: 'unknown' },
  seenAtMs: 0,
  grade: { oneMs: 'unknown' },
  isSuspect: false,
};

const source: SourceAssessment = {
  source: { kind: 'named', name: 'A' },
  partitions: [],
  state: 'live',
  records: 1,
  late: 0,
  lastSeenMs: 0,
  outOfOrderRatio: 0,
};

function total(verdict: LateTotal['verdict'], late: number, partition = 0): LateTotal {
  return { group: 'g', topic: 't', partition, verdict, late, dropped: 0 };
}

const upstream: TopologyNode = {
  id: 'g',
  group: 'g',
  topics: ['t'],
  writes: ['g-x-repartition'],
  watermarkMs: 1_500,
  heldBy: { topic: 't', partition: 3, state: 'behind', node: 'g', via: [] },
  tasks: [],
  inputs: [],
  inputCounts: { live: 4, behind: 1, idle: 2, unheard: 0 },
  resets: 1,
};
const { watermarkMs: _, heldBy: __, ...nothingYet } = { ...upstream, id: 'h', group: 'h' };
const topology = {
  nodes: [
    upstream,
    { ...upstream, id: 'g/x', stage: 'x', cluster: 'c', topics: ['g-x-repartition'], resets: 0, watermarkMs: 1_000 },
    nothingYet,
  ],
  edges: [],
};

describe('milliseconds become seconds here', () => {
  test.for([
    { name: 'tidemark_stream_time_timestamp_seconds', tasks: [{ ...task, streamTimeMs: 1500 }], want: 1.5 },
    { name: 'tidemark_stream_time_timestamp_seconds', tasks: [{ ...task, streamTimeMs: 0 }], want: 0 },
    { name: 'tidemark_stream_time_lead_seconds', tasks: [{ ...task, leadMs: -250 }], want: -0.25 },
    {
      name: 'tidemark_stream_time_lead_high_seconds',
      tasks: [{ ...task, leadBound: { lowMs: -250, highMs: 1_500 } }],
      want: 1.5,
    },
    {
      name: 'tidemark_true_stream_time_low_timestamp_seconds',
      tasks: [{ ...task, trueStreamTimeBound: bound }],
      want: 0.5,
    },
    {
      name: 'tidemark_source_ahead_seconds',
      tasks: [{ ...task, sources: [{ ...source, aheadMs: 5000 }] }],
      want: 5,
    },
  ])('$name: $want', ({ name, tasks, want }) => {
    expect(rowsOf(name, { tasks }).map(({ value }) => value)).toEqual([want]);
  });
});

test('what is not known has no row, which is not the same as zero', () => {
  expect(rowsOf('tidemark_stream_time_timestamp_seconds', { tasks: [task] })).toEqual([]);
  expect(rowsOf('tidemark_clock_offset_low_seconds', { clocks: [unbounded] })).toEqual([]);
  expect(rowsOf('tidemark_clock_bounded', { clocks: [unbounded] })).toEqual([{ labels: ['', 'host', 'h'], value: 0 }]);
});

test('how right a clock is, and which of its sources give nothing', () => {
  const read: KnownClock = {
    ...unbounded,
    readings: { source: 'SNTP a', sources: [{ name: 'a' }, { name: 'b', trouble: 'b does not answer' }] },
    grade: { oneMs: 'no' },
  };
  const clocks = [unbounded, read];
  expect(rowsOf('tidemark_clock_within_millisecond', { clocks })).toEqual([{ labels: ['', 'host', 'h'], value: 0 }]);
  expect(rowsOf('tidemark_clock_source_up', { clocks })).toEqual([
    { labels: ['', 'host', 'h', 'a'], value: 1 },
    { labels: ['', 'host', 'h', 'b'], value: 0 },
  ]);
});

test('a group has a row of its own, and who holds it back is named as long as somebody does', () => {
  const { heldBackBy: _, ...calm } = group;
  const groups = [group, { ...calm, group: 'h' }, { group: 'new', tasks: 1, lostTasks: 0 }];
  expect(rowsOf('tidemark_group_true_stream_time_timestamp_seconds', { groups })).toEqual([
    { labels: ['c', 'g'], value: 1 },
    { labels: ['c', 'h'], value: 1 },
  ]);
  expect(rowsOf('tidemark_group_true_stream_time_low_timestamp_seconds', { groups })[0]!.value).toBe(0.5);
  expect(rowsOf('tidemark_group_true_stream_time_high_timestamp_seconds', { groups })[0]!.value).toBe(2);
  expect(rowsOf('tidemark_group_stream_time_lead_seconds', { groups })[0]!.value).toBe(3);
  expect(rowsOf('tidemark_group_true_stream_time_held_by', { groups })).toEqual([
    { labels: ['c', 'g', 'g/m', 'producer 4711'], value: 1 },
  ]);
});

test('revising a verdict moves records between gauges and leaves the counter alone', () => {
  const before = { totals: [total('undecided', 5), total('ordinary', 2), total('ordinary', 1, 1)] };
  const after = {
    totals: [total('undecided', 0), total('ordinary', 2), total('ordinary', 1, 1), total('producerCutOff', 5)],
  };
  for (const assessment of [before, after]) {
    expect(rowsOf('tidemark_late_records_total', assessment)).toEqual([
      { labels: ['g', 't', '0'], value: 7 },
      { labels: ['g', 't', '1'], value: 1 },
    ]);
  }
  expect(rowsOf('tidemark_late_records_by_verdict', after)).toContainEqual({
    labels: ['g', 't', '0', 'producerCutOff', 'falsely late'],
    value: 5,
  });
});

test('a watermark has the labels of its own stage, and what holds it those of the stage whose input that is', () => {
  expect(rowsOf('tidemark_watermark_timestamp_seconds', { topology })).toEqual([
    { labels: ['', 'g', ''], value: 1.5 },
    { labels: ['c', 'g', 'x'], value: 1 },
  ]);
  expect(rowsOf('tidemark_watermark_held_by', { topology })).toEqual([
    { labels: ['', 'g', '', 'g', '', 't', '3', 'behind'], value: 1 },
    { labels: ['c', 'g', 'x', 'g', '', 't', '3', 'behind'], value: 1 },
  ]);
});

test('each group has a number of open incidents of each kind, also when it is none', () => {
  expect(rowsOf('tidemark_incidents_open', { tasks: [task, { ...task, id: 'g/n' }] })).toEqual([
    { labels: ['g', 'producerCutOff'], value: 0 },
    { labels: ['g', 'brokerOutage'], value: 0 },
    { labels: ['g', 'clockAhead'], value: 0 },
    { labels: ['g', 'clockBehind'], value: 0 },
    { labels: ['g', 'consumerInterleave'], value: 0 },
    { labels: ['g', 'repartition'], value: 0 },
    { labels: ['g', 'backfill'], value: 0 },
  ]);
});

describe('every metric', () => {
  test.for(metrics)('$name fits its kind, and its rows fit its labels', (metric) => {
    expect(metric.name.endsWith('_total')).toBe(metric.kind === 'counter');
    expect(metric.kind === 'counter' ? metric.beyondCap : 'sum').toBe('sum');
    const tasks = [
      {
        ...task,
        streamTimeMs: 1,
        trueStreamTimeMs: 1,
        trueStreamTimeBound: bound,
        leadMs: 0,
        leadBound: { lowMs: -1, highMs: 1 },
        dropped: [{ policy: 'p', count: 1 }],
        sources: [{ ...source, lastEventMs: 1, aheadMs: 1 }],
      },
    ];
    const clocks: KnownClock[] = [
      {
        ...unbounded,
        low: { basis: 'proved', ms: -1 },
        high: { basis: 'assumed', ms: 1 },
        drift: { ppm: 40, errorPpm: 2, spanMs: 300_000 },
        readings: { source: 's', readAtMs: 1, ageMs: 5, sources: [{ name: 's' }] },
        grade: { oneMs: 'no' },
      },
    ];
    const agents = [
      {
        identity: { id: 'a', host: 'h', processId: 1, startedMs: 0, version: '0', client: 'c' },
        lastReportMs: 1,
        lost: false,
        missedReports: 0,
        health: {
          queuedReports: 0,
          droppedReports: 0,
          records: 1,
          redelivered: 0,
          unreadable: { 'no timestamp': 1 },
          overflow: { sources: 1 },
          errors: 0,
        },
      },
    ];
    const totals = verdictKinds.map((kind) => total(kind, 1));
    const rows = metric.rows({
      ...nothing,
      tasks,
      groups: [group],
      clocks,
      agents,
      totals,
      topology,
      overflow: { tasks: 0 },
    });
    expect(rows.length).toBeGreaterThan(0);
    for (const { labels, value } of rows) {
      expect(labels).toHaveLength(metric.labels.length);
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  test('names are unique', () => expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length));
  test('every verdict has a class', () => expect(Object.keys(verdictClass).sort()).toEqual([...verdictKinds].sort()));
});

describe('findings', () => {
  const drift = (id: string, name: string, status: Finding['status']): Finding => ({
    id,
    kind: 'clockDrift',
    status,
    openedAtMs: 0,
    updatedAtMs: 0,
    subject: { kind: 'clock', id: `host ${name}`, name },
    evidence: { ppm: 80, errorPpm: 5, spanMs: 60_000 },
    sentence: '',
  });

  test('a row for each that is open, by whom it is about; a zero for each kind of which none is', () => {
    const findings = [drift('1', 'web-1', 'open'), drift('2', 'web-2', 'closed')];
    const rows = rowsOf('tidemark_findings_open', { findings });
    expect(rows.filter(({ value }) => value > 0)).toEqual([{ labels: ['clockDrift', 'web-1'], value: 1 }]);
    expect(rows.filter(({ value }) => value === 0).map(({ labels }) => labels)).toEqual(
      findingKinds.filter((kind) => kind !== 'clockDrift').map((kind) => [kind, '']),
    );
  });

  test('several that cannot be told apart are one subject', () => {
    const both: Finding = { ...drift('3', '', 'open'), subject: { kind: 'clocks', names: ['web-1', 'broker 2'] } };
    expect(rowsOf('tidemark_findings_open', { findings: [both] })).toContainEqual({
      labels: ['clockDrift', 'web-1, broker 2'],
      value: 1,
    });
  });
});
