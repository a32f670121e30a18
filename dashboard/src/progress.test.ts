import type { SeriesPoint } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf, pointsOf, type Story, taskId } from '../test/story.ts';
import { type At, maxLines, progressOf, scaleOf } from './progress.ts';
import { windowAt } from './series.ts';

const nowMs = 1_772_366_400_000;
const show = { taskId: taskId(0), window: windowAt(nowMs, 300_000), filter: '' };
const of = (story: Omit<Story, 'nowMs'>, filter = '') =>
  progressOf(assessmentOf({ nowMs, ...story }), pointsOf({ nowMs, ...story }, 400), { ...show, filter });
const deepest = (points: readonly At[]): number => Math.max(...points.map((at) => at.y));

describe('a cut of half a minute', () => {
  const view = of({ cut: { sinceS: 150, forS: 30 } });

  test('stream time stays on top, truth and the source fall by the length of the cut', () => {
    expect(deepest(view.streamTime)).toBeLessThan(1);
    expect(deepest(view.trueTime)).toBeGreaterThan(28);
    expect(deepest(view.sources.find((line) => line.name === 'B')!.points)).toBeGreaterThan(28);
    expect(deepest(view.sources.find((line) => line.name === 'A')!.points)).toBeLessThan(1);
  });

  test('it is shaded with both its uncertain ends', () => {
    expect(view.spans).toMatchObject([
      {
        kind: 'producerCutOff',
        label: 'B cut off for 29 s',
        start: { lowMs: nowMs - 150_030 },
        end: { highMs: nowMs - 120_000 },
      },
    ]);
  });

  test('only what has no hindsight yet is an estimate', () => {
    expect(view.trueTime.filter((at) => at.estimate).map((at) => at.x - nowMs)).toEqual([-1_000, 0, 1_000]);
  });

  test('all is in the window', () => {
    expect(view.streamTime[0]!.x).toBeGreaterThanOrEqual(view.window.fromMs);
    expect(view.streamTime.at(-1)!.x).toBe(view.window.toMs);
  });
});

test('a source that is silent now is shaded up to now, and not called cut off', () => {
  expect(of({ cut: { sinceS: 20 } }).spans).toEqual([
    {
      id: 'silent',
      kind: 'silent',
      label: 'B silent',
      start: { lowMs: nowMs - 20_000, highMs: nowMs - 20_000 },
      end: undefined,
    },
  ]);
});

test('a clock that is ahead lifts stream time above now', () => {
  const view = of({ ahead: { sinceS: 60, byMs: 5_000 } });
  expect(Math.min(...view.streamTime.map((at) => at.y))).toBeLessThan(-4);
  expect(view.scale.minS).toBeLessThan(-4);
  expect(view.spans).toMatchObject([{ kind: 'clockAhead', label: "C's clock ahead by 5 s", end: undefined }]);
});

describe('lines', () => {
  const wide = (names: readonly string[]): SeriesPoint[] =>
    pointsOf({ nowMs }, 5).map((point) => ({
      ...point,
      tasks: point.tasks.map((task) => ({
        ...task,
        sources: names.map((name) => ({ key: `n:${name}`, name, eventMs: point.atMs })),
      })),
    }));
  const names = Array.from({ length: 20 }, (_, index) => `p-${index}`);
  const lines = (filter: string, story: Omit<Story, 'nowMs'> = {}) =>
    progressOf(assessmentOf({ nowMs, ...story }), wide([...names, 'B']), { ...show, filter });

  test('no more than can be told apart, the rest counted', () => {
    const view = lines('');
    expect([view.sources.length, view.moreSources]).toEqual([maxLines, 21 - maxLines]);
  });

  test('the one that an incident speaks of is always among them', () => {
    const found = lines('', { cut: { sinceS: 100, forS: 30 } }).sources.map((line) => line.name);
    expect(found).toContain('B');
  });

  test('found by name', () => expect(lines('p-19').sources.map((line) => line.name)).toEqual(['p-19']));
});

test('a hole in the series is a hole in the lines', () => {
  const points = pointsOf({ nowMs }, 60).filter((point) => point.atMs < nowMs - 40_000 || point.atMs > nowMs - 20_000);
  const view = progressOf(assessmentOf({ nowMs }), points, show);
  for (const line of [view.streamTime, view.trueTime, view.sources[0]!.points]) {
    expect(line.filter((at) => Number.isNaN(at.y))).toHaveLength(1);
  }
});

test('a task of which no series is kept has no lines, and says so', () => {
  const view = progressOf(assessmentOf({ nowMs }), pointsOf({ nowMs }, 10), { ...show, taskId: 'another' });
  expect([view.streamTime, view.trueTime, view.sources]).toEqual([[], [], []]);
  expect(view.empty).toBe('no stream time known in this time');
  const many = assessmentOf({ nowMs, tasks: 60 });
  const beyond = progressOf(many, pointsOf({ nowMs, tasks: 60 }, 10), { ...show, taskId: taskId(55) });
  expect(beyond.empty).toBe('no series is kept of this task: there are too many');
  expect(of({}).empty).toBeUndefined();
});

describe('the scale', () => {
  const scale = (...ys: number[]) => scaleOf(ys.map((y, x) => ({ x, y })));
  test.for([
    { why: 'nothing known', ys: [], want: { minS: -0.3, maxS: 7, stepS: 1 } },
    { why: 'jitter is no mountain', ys: [0.1, 0.9], want: { minS: -0.3, maxS: 7, stepS: 1 } },
    { why: 'half a minute', ys: [0, 31], want: { minS: -3, maxS: 40, stepS: 10 } },
    { why: 'a hair above now is no clock ahead', ys: [-0.4, 31], want: { minS: -3, maxS: 40, stepS: 10 } },
    { why: 'no more room than it takes', ys: [0, 38], want: { minS: -3, maxS: 40, stepS: 10 } },
    { why: 'five seconds ahead', ys: [-5, 1], want: { minS: -6, maxS: 8, stepS: 2 } },
    { why: 'days behind: a backfill', ys: [0, 400_000], want: { minS: -25_920, maxS: 432_000, stepS: 86_400 } },
  ])('$why', ({ ys, want }) => expect(scale(...ys)).toEqual(want));

  test('a gap is not a value', () => expect(scale(Number.NaN, 31).maxS).toBe(40));
});
