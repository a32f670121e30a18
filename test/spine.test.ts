import {
  type Assessment,
  assess,
  createState,
  dropsOf,
  ingest,
  isConfirmed,
  type Policy,
  seriesBetween,
  type VerdictKind,
} from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { hear, type Story, type StoryProducer, tell } from '../testbed/src/story/story.ts';

// The whole product without a network: observe → report → ingest → assess, on small worlds whose truth is known.

const startMs = 1_700_000_000_000;
const policy: Policy = { id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 };
const a: StoryProducer = { name: 'A', ratePerSecond: 40 };
const span = { fromMs: 20_000, toMs: 45_000 };
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

function story(seed: number, ...producers: StoryProducer[]): Story {
  return { seed, startMs, durationMs: 70_000, partitions: 1 + (seed % 4), producers, policy };
}

function lateBy(assessment: Assessment): { [K in VerdictKind]?: number } {
  const sums: { [K in VerdictKind]?: number } = {};
  for (const { verdict, late } of assessment.totals) sums[verdict] = (sums[verdict] ?? 0) + late;
  return sums;
}

function droppedOf(told: ReturnType<typeof tell>): [partition: number, offset: number][] {
  return told.dropped.map(([partition, offset]): [number, number] => [partition, offset]).sort(byPlace);
}

function saidDropped(state: Parameters<typeof dropsOf>[0]): [number, number][] {
  const partitions = dropsOf(state).billing?.p?.orders ?? {};
  return Object.entries(partitions)
    .flatMap(([partition, ranges]) =>
      ranges.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i): [number, number] => [Number(partition), first + i]),
      ),
    )
    .sort(byPlace);
}

function byPlace(x: readonly [number, number], y: readonly [number, number]): number {
  return x[0] - y[0] || x[1] - y[1];
}

describe.for(seeds)('seed %i', (seed) => {
  test('a cut producer is named, with bounds that hold, the records it cost and the record that did it', () => {
    const told = tell(story(seed, a, { name: 'B', ratePerSecond: 30, cut: span }));
    const { state, assessment } = hear(told.reports);
    expect(saidDropped(state)).toEqual(droppedOf(told));
    expect(assessment.incidents).toHaveLength(1);
    const incident = assessment.incidents[0]!;
    expect(incident).toMatchObject({
      kind: 'producerCutOff',
      source: { name: 'B' },
      culprit: { source: { name: 'A' } },
    });
    const trueStartMs = startMs + span.fromMs;
    const trueEndMs = startMs + span.toMs;
    expect(incident.start.lowMs).toBeLessThanOrEqual(trueStartMs);
    expect(incident.start.highMs).toBeGreaterThanOrEqual(trueStartMs);
    expect(incident.end!.lowMs).toBeLessThanOrEqual(trueEndMs);
    expect(incident.end!.highMs).toBeGreaterThanOrEqual(trueEndMs);
    expect(incident.start.highMs - incident.start.lowMs).toBeLessThan(1_500);
    expect(incident.end!.highMs - incident.end!.lowMs).toBeLessThan(3_000);
    expect(incident.dropped[0]!.count).toBe(told.dropped.length);
    expect(told.dropped.every(([, , name]) => name === 'B')).toBe(true);
    const { ordinary = 0, producerCutOff, ...others } = lateBy(assessment);
    expect(producerCutOff).toBeGreaterThan(400);
    expect(others).toEqual({});
  });

  test('the grace that it names would have kept every record, and one millisecond less would not', () => {
    const cut = story(seed, a, { name: 'B', ratePerSecond: 30, cut: span });
    const { assessment } = hear(tell(cut).reports);
    const graceMs = assessment.incidents[0]!.dropped[0]!.graceNeededMs;
    expect(tell({ ...cut, policy: { ...policy, graceMs } }).dropped).toEqual([]);
    expect(tell({ ...cut, policy: { ...policy, graceMs: graceMs - 1 } }).dropped).not.toEqual([]);
  });

  test('an idle producer is not accused', () => {
    const { assessment } = hear(tell(story(seed, a, { name: 'B', ratePerSecond: 30, idle: span })).reports);
    expect(assessment.incidents.filter(isConfirmed)).toEqual([]);
    expect(Object.keys(lateBy(assessment))).toEqual(['ordinary']);
  });

  test('a clock ahead is named for what it made late, and nobody is cut off', () => {
    const told = tell(story(seed, a, { name: 'B', ratePerSecond: 30, clock: { ...span, byMs: 5_000 } }));
    const { state, assessment } = hear(told.reports);
    expect(saidDropped(state)).toEqual(droppedOf(told));
    expect(assessment.incidents.map((i) => i.kind)).toEqual(['clockAhead']);
    const incident = assessment.incidents[0]!;
    expect(incident).toMatchObject({ source: { name: 'B' }, culprit: { source: { name: 'B' } }, status: 'closed' });
    expect(incident.dropped[0]!.count).toBe(told.dropped.length);
    expect(incident.start.lowMs).toBeLessThanOrEqual(startMs + span.fromMs);
    expect(incident.start.highMs).toBeGreaterThanOrEqual(startMs + span.fromMs);
    const { clockAhead = 0, ordinary = 0, ...others } = lateBy(assessment);
    expect(clockAhead).toBeGreaterThan(900);
    expect(others).toEqual({});
  });

  test('a source that is unordered by nature is truly late, and no incident', () => {
    const told = tell(story(seed, a, { name: 'B', ratePerSecond: 30, unorderedMs: 15_000 }));
    const { state, assessment } = hear(told.reports);
    expect(saidDropped(state)).toEqual(droppedOf(told));
    expect(assessment.incidents).toEqual([]);
    const { outOfOrderSource = 0, ordinary = 0, ...others } = lateBy(assessment);
    expect(outOfOrderSource).toBeGreaterThan(1_500);
    expect(others).toEqual({});
  });

  test('without a header the producer id is the name', () => {
    const told = tell(story(seed, a, { name: 'B', anonymousId: '4711', ratePerSecond: 30, cut: span }));
    const { assessment } = hear(told.reports);
    expect(assessment.incidents[0]!.sentence).toContain('producer 4711');
  });
});

test('the true stream time stays where the cut producer stopped, with hindsight and already while the cut lasts', () => {
  const told = tell(story(4, a, { name: 'B', ratePerSecond: 30, cut: span }));
  const during = hear(told.reports.filter((report) => report.toMs <= startMs + 40_000)).assessment.tasks[0]!;
  expect(during.heldBackBy).toEqual({ kind: 'named', name: 'B' });
  expect(during.leadMs).toBeGreaterThan(17_000);
  const { state } = hear(told.reports);
  const points = seriesBetween(state, startMs + 25_000, startMs + 40_000);
  expect(points).toHaveLength(16);
  for (const point of points) {
    const task = point.tasks[0]!;
    expect(task.hindsight).toBe(true);
    expect(Math.abs(task.trueStreamTimeMs! - (startMs + span.fromMs))).toBeLessThan(500);
    expect(task.streamTimeMs! - task.trueStreamTimeMs!).toBeGreaterThan(point.atMs - startMs - span.fromMs - 1_500);
  }
});

test('while it lasts the true stream time lies anywhere from its last event to now; once it is back, where that was', () => {
  const told = tell(story(4, a, { name: 'B', ratePerSecond: 30, cut: span }));
  const cutMs = startMs + span.fromMs;
  const during = hear(told.reports.filter((report) => report.toMs <= startMs + 40_000)).assessment;
  const { trueStreamTimeBound: bound, leadBound, reportedMs, streamTimeMs } = during.tasks[0]!;
  expect(bound!.lowMs).toBeGreaterThan(cutMs - 300);
  expect(bound!.lowMs).toBeLessThanOrEqual(cutMs);
  expect(bound!.highMs).toBeGreaterThanOrEqual(reportedMs);
  expect(bound!.assumption).toBe(
    'nothing is known of B since its last event: if it has nothing to say, the high end is true',
  );
  expect(leadBound).toEqual({ lowMs: streamTimeMs! - bound!.highMs, highMs: streamTimeMs! - bound!.lowMs });
  expect(during.groups).toMatchObject([
    {
      group: 'billing',
      tasks: 1,
      heldBackBy: { task: during.tasks[0]!.id, source: { name: 'B' } },
      trueStreamTimeBound: bound,
    },
  ]);
  for (const point of seriesBetween(hear(told.reports).state, startMs + 25_000, startMs + 40_000)) {
    const { lowMs, highMs } = point.tasks[0]!.trueStreamTimeBound!;
    expect(lowMs).toBeLessThanOrEqual(cutMs + 40);
    expect(highMs).toBeGreaterThanOrEqual(cutMs);
    expect(highMs - lowMs).toBeLessThan(400);
  }
});

test('a report that comes twice is counted once, and a lost one is seen', () => {
  const { reports } = tell(story(1, a));
  const { assessment } = hear([...reports.slice(0, 10), ...reports.slice(5, 10), ...reports.slice(12)]);
  const { agents, tasks } = assessment;
  expect(agents[0]!.missedReports).toBe(2);
  const sent = [...reports.slice(0, 10), ...reports.slice(12)].flatMap((r) => r.tasks[0]!.cells);
  expect(tasks[0]!.records).toBe(sent.reduce((sum, cell) => sum + cell.count, 0));
});

test('an agent whose clock is a day ahead does not push others out of the picture', () => {
  const right = tell(story(1, a)).reports;
  const ahead = tell({ ...story(2, a), startMs: startMs + 86_400_000 }).reports;
  const state = createState();
  right.forEach((report, i) => {
    ingest(state, ahead[i]!, report.toMs);
    ingest(state, report, report.toMs);
  });
  const points = seriesBetween(state, startMs, startMs + 60_000);
  expect(points.filter((point) => point.tasks.length > 0).length).toBeGreaterThan(50);
});

test('a process that is gone is forgotten when the history is over, with its tasks', () => {
  const { reports } = tell(story(1, a));
  const { state, assessment } = hear(reports);
  const lastMs = reports.at(-1)!.toMs;
  expect(assess(assessment, state, lastMs + 60_000)).toMatchObject({
    agents: [{ lost: true }],
    tasks: [{ group: 'billing' }],
  });
  expect(assess(assessment, state, lastMs + 1_000_000)).toMatchObject({ agents: [], tasks: [], hosts: [] });
});
