import { sourceName } from '@tidemark/core';
import { expect, test } from 'vitest';
import { hear, type StoryProducer, tell } from './story.ts';

/** A restarted producer has another producer id: who is taken for whom, and what is said of its silence? */
interface Told {
  readonly story: string;
  readonly producers: readonly StoryProducer[];
  /** The names of the sources as they are shown at the end. */
  readonly names: readonly string[];
  /** Kind, status and source of what was said. */
  readonly said?: readonly string[];
}

const ratePerSecond = 10;
const steady: StoryProducer = { name: 'steady', anonymousId: '1', ratePerSecond };
const silent = { fromMs: 40_000, toMs: 60_000 };
const restarted: StoryProducer = {
  name: 'restarted',
  anonymousId: '4702',
  ratePerSecond,
  idle: silent,
  restart: { atMs: silent.toMs, anonymousId: '4711' },
};
const afterCut: StoryProducer = { ...restarted, cut: silent };

const stories: readonly Told[] = [
  {
    story: 'a restart',
    producers: [steady, restarted],
    names: ['producer 1', 'producer 4702', 'producer 4711 (before: 4702)'],
    said: ['producerCutOff withdrawn producer 4711 (before: 4702)'],
  },
  {
    story: 'a restart as quick as its own gaps',
    producers: [steady, { ...restarted, idle: { fromMs: 58_500, toMs: 60_000 } }],
    names: ['producer 1', 'producer 4702', 'producer 4711 (before: 4702)'],
    said: ['producerCutOff withdrawn producer 4711 (before: 4702)'],
  },
  {
    story: 'a restart after a cut: it brings what was held up',
    producers: [steady, { ...withoutIdle(afterCut) }],
    names: ['producer 1', 'producer 4702', 'producer 4711 (before: 4702)'],
    said: ['producerCutOff closed producer 4711 (before: 4702)'],
  },
  {
    story: 'two restarts at once: who is who cannot be told',
    producers: [
      steady,
      restarted,
      { ...restarted, name: 'b', anonymousId: '4703', restart: { ...restarted.restart!, anonymousId: '4712' } },
    ],
    names: ['producer 1', 'producer 4702', 'producer 4703', 'producer 4711', 'producer 4712'],
    said: ['producerCutOff suspected producer 4702', 'producerCutOff suspected producer 4703'],
  },
  {
    story: 'one falls silent for good, two begin: whom it became cannot be told',
    producers: [steady, restarted, { name: 'new', anonymousId: '9', ratePerSecond, idle: { fromMs: 0, toMs: 63_000 } }],
    names: ['producer 1', 'producer 4702', 'producer 4711', 'producer 9'],
    said: ['producerCutOff suspected producer 4702'],
  },
  {
    story: 'a new one beside living ones',
    producers: [steady, { name: 'new', anonymousId: '9', ratePerSecond, idle: silentUntil(60_000) }],
    names: ['producer 1', 'producer 9'],
  },
  {
    story: 'a new one while another is silent, which comes back at once',
    producers: [
      steady,
      { name: 'pauses', anonymousId: '5', ratePerSecond, idle: { fromMs: 55_000, toMs: 66_000 } },
      { name: 'new', anonymousId: '9', ratePerSecond, idle: silentUntil(60_000) },
    ],
    names: ['producer 1', 'producer 5', 'producer 9'],
    said: ['producerCutOff withdrawn producer 5'],
  },
  {
    story: 'the old one is heard of again: they are two',
    producers: [
      steady,
      { name: 'old', anonymousId: '4702', ratePerSecond, idle: { fromMs: 40_000, toMs: 90_000 } },
      { name: 'new', anonymousId: '4711', ratePerSecond, idle: silentUntil(60_000) },
    ],
    names: ['producer 1', 'producer 4702', 'producer 4711'],
    said: ['producerCutOff withdrawn producer 4702'],
  },
  {
    story: 'a replay of older events while another is silent',
    producers: [
      steady,
      { name: 'cut', anonymousId: '4702', ratePerSecond, idle: { fromMs: 40_000, toMs: 200_000 } },
      {
        name: 'replay',
        anonymousId: '9',
        ratePerSecond,
        idle: silentUntil(60_000),
        clock: { ...silentUntil(200_000), byMs: -30_000 },
      },
    ],
    names: ['producer 1', 'producer 4702', 'producer 9'],
    said: ['producerCutOff suspected producer 4702'],
  },
  {
    story: 'named: a name says who it is',
    producers: [steady, { name: 'a', ratePerSecond, idle: silent }],
    names: ['a', 'producer 1'],
    said: ['producerCutOff withdrawn a'],
  },
];

test.each(stories)('$story', ({ producers, names, said = [] }) => {
  const { assessment } = listen(producers);
  const sources = assessment.tasks.flatMap((task) => task.sources.map(({ source }) => sourceName(source)));
  expect(sources.sort()).toEqual(names);
  const incidents = assessment.incidents.map(({ kind, status, source }) => `${kind} ${status} ${sourceName(source)}`);
  expect(incidents.sort()).toEqual(said);
});

test('the silence of a restarted producer is one of one source: it is judged by the habit from before', () => {
  const { assessment } = listen([steady, withoutIdle(afterCut)]);
  const [cut] = assessment.incidents;
  expect(cut?.sentence).toContain('producer 4711 (before: 4702)');
  expect(cut?.revisions.map(({ status }) => status)).toEqual(['suspected', 'open', 'closed']);
  const startMs = startOf();
  expect(cut!.start.lowMs).toBeLessThanOrEqual(startMs + silent.fromMs);
  expect(cut!.end!.highMs).toBeGreaterThanOrEqual(startMs + silent.toMs);
  const [task] = assessment.tasks;
  const state = (name: string) => task?.sources.find(({ source }) => sourceName(source).startsWith(name))?.state;
  expect([state('producer 4702'), state('producer 4711')]).toEqual(['gone', 'live']);
  expect(task?.heldBackBy).toBeUndefined();
});

test('a producer that was merely found late, for all that its agent can tell, is another one', () => {
  const reports = reportsOf([steady, restarted]).map((report) => ({
    ...report,
    tasks: report.tasks.map((task) => ({ ...task, cells: task.cells.map(({ firstSequence: _, ...cell }) => cell) })),
  }));
  const sources = hear(reports).assessment.tasks[0]!.sources.map(({ source }) => sourceName(source));
  expect(sources.sort()).toEqual(['producer 1', 'producer 4702', 'producer 4711']);
});

test('that they are two after all is said where they were taken for one', () => {
  const { assessment } = listen(stories.find(({ story }) => story.startsWith('the old one'))!.producers);
  expect(assessment.incidents[0]?.revisions.at(-1)?.reason).toBe(
    'producer 4702 is heard of again: producer 4711 is another one',
  );
});

function listen(producers: readonly StoryProducer[]) {
  return hear(reportsOf(producers));
}

function reportsOf(producers: readonly StoryProducer[]) {
  const policy = { id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 1_000 } as const;
  return tell({ seed: 7, startMs: startOf(), durationMs: 110_000, partitions: 2, producers, policy }).reports;
}

function startOf(): number {
  return Date.UTC(2026, 0, 5, 10);
}

function silentUntil(toMs: number) {
  return { fromMs: 0, toMs };
}

function withoutIdle({ idle: _, ...producer }: StoryProducer): StoryProducer {
  return producer;
}
