import { describe, expect, test } from 'vitest';
import { assessmentOf, pointsOf, type Story, taskId } from '../../test/story.ts';
import { topologyOf } from '../../test/story-topology.ts';
import { progressOf } from '../progress.ts';
import { windowAt } from '../series.ts';
import { light } from './palette.ts';
import { greatestLead, labelRows } from './progress-annotations.ts';
import { progressChart, progressNames } from './progress-chart.ts';

const nowMs = 1_772_366_400_000;
const look = { palette: light, widthPx: 900, hidden: new Set<string>(), colorOf: () => 0 };
const of = (story: Omit<Story, 'nowMs'>) =>
  progressOf(assessmentOf({ nowMs, ...story }), pointsOf({ nowMs, ...story }, 400), {
    taskId: taskId(0),
    window: windowAt(nowMs, 300_000),
    filter: '',
  });
const annotations = (story: Omit<Story, 'nowMs'>) =>
  progressChart(of(story), look).options!.plugins!.annotation!.annotations as {
    readonly [id: string]: { readonly xMin: number; readonly xMax: number; readonly content?: string };
  };

test('the lead is marked where it is greatest, with where its wedge began', () => {
  const lead = greatestLead(of({ cut: { sinceS: 150, forS: 30 } }))!;
  expect(lead.bottom - lead.top).toBeCloseTo(29, 0);
  expect(Math.abs(lead.fromX - (nowMs - 150_000))).toBeLessThanOrEqual(2_000);
});

test('while B is silent the lead is at most so much', () => {
  expect(annotations({ cut: { sinceS: 47 } }).leadLabel?.content).toMatch(/^lead up to 4\d s$/);
  expect(annotations({ cut: { sinceS: 150, forS: 30 } }).leadLabel?.content).toMatch(/^lead 2\d s$/);
});

test('a world on time has no lead to mark', () => {
  expect(greatestLead(of({}))).toBeUndefined();
  expect(Object.keys(annotations({}))).toEqual(['now']);
});

test('the uncertain ends of a cut are shaded once, its certain part twice', () => {
  const boxes = annotations({ cut: { sinceS: 150, forS: 30 } });
  const [possible, certain] = [boxes['cut-1-possible']!, boxes['cut-1-certain']!];
  expect([possible.xMin - nowMs, possible.xMax - nowMs]).toEqual([-150_030, -120_000]);
  expect([certain.xMin - nowMs, certain.xMax - nowMs]).toEqual([-149_760, -121_400]);
  expect(boxes['cut-1-label']?.content).toBe('B cut off for 29 s');
});

test('a cut that began before the window is shaded from its edge on', () => {
  const boxes = annotations({ cut: { sinceS: 310, forS: 60 } });
  expect(boxes['cut-1-possible']?.xMin).toBe(windowAt(nowMs, 300_000).fromMs);
  expect(boxes['cut-1-start']).toBeUndefined();
});

test('a hidden line is neither drawn nor named', () => {
  const view = of({});
  const without = { ...look, hidden: new Set(['n:B']) };
  expect(progressNames(view, look).map((name) => name.text)).toEqual(['stream time', 'true time', 'A', 'B']);
  expect(progressNames(view, without).map((name) => name.text)).toEqual(['stream time', 'true time', 'A']);
  expect(progressChart(view, without).data.datasets.map((dataset) => dataset.hidden)).toEqual([
    false,
    false,
    false,
    true,
    // The two ends of what the true stream time lies in.
    false,
    false,
  ]);
});

describe('what the true stream time lies in', () => {
  const bandOf = (story: Omit<Story, 'nowMs'>, hidden: readonly string[] = []) =>
    progressChart(of(story), { ...look, hidden: new Set(hidden) }).data.datasets.slice(-2);

  test('is wide while B is silent, from its last event up to now, and narrow once it is back', () => {
    const widthS = (story: Omit<Story, 'nowMs'>, agoS: number): number => {
      const [low, high] = bandOf(story).map(
        ({ data }) => data.find(({ x }) => Math.abs(x - (nowMs - agoS * 1000)) < 500)!,
      );
      return low!.y - high!.y;
    };
    expect(widthS({ cut: { sinceS: 60 } }, 10)).toBeCloseTo(51, 0);
    expect(widthS({ cut: { sinceS: 60, forS: 40 } }, 30)).toBeLessThan(0.5);
  });

  test('is hidden with the line that it belongs to', () => {
    expect(bandOf({}, ['T']).map(({ hidden }) => hidden)).toEqual([true, true]);
  });
});

describe('several things at once stay legible', () => {
  const nowWindow = windowAt(nowMs, 300_000);
  const span = (id: string, fromS: number, toS?: number) => ({
    id,
    kind: 'producerCutOff' as const,
    label: `${id} cut off for a while`,
    start: { lowMs: nowMs - fromS * 1000, highMs: nowMs - fromS * 1000 },
    end: toS === undefined ? undefined : { lowMs: nowMs - toS * 1000, highMs: nowMs - toS * 1000 },
  });

  test.for([
    { why: 'one after the other: in one row', spans: [span('A', 290, 270), span('B', 150, 130)], want: [0, 0] },
    {
      why: 'at the same time: above each other',
      spans: [span('A', 200, 170), span('B', 200, 170), span('C', 195, 170)],
      want: [0, 1, 2],
    },
    { why: 'at the right edge their labels stand to the left', spans: [span('A', 10), span('B', 10)], want: [0, 1] },
    {
      why: 'too many: the last have edges only',
      spans: Array.from({ length: 7 }, (_, index) => span(`p${index}`, 200, 170)),
      want: [0, 1, 2, 3, 4, undefined, undefined],
    },
  ])('$why', ({ spans, want }) => expect(labelRows({ spans, window: nowWindow }, look)).toEqual(want));

  test('only the first two tint what is drawn in them', () => {
    const view = { ...of({}), spans: [span('A', 200, 170), span('B', 200, 170), span('C', 200, 170)] };
    const boxes = progressChart(view, look).options!.plugins!.annotation!.annotations as unknown as {
      readonly [id: string]: { readonly backgroundColor?: string };
    };
    expect(['A', 'B', 'C'].map((id) => boxes[`${id}-possible`]?.backgroundColor === 'transparent')).toEqual([
      false,
      false,
      true,
    ]);
    expect(boxes['C-start']).toBeDefined();
  });
});

test('the watermark of the group is drawn beside the stream times', () => {
  const view = of({ topology: topologyOf(nowMs) });
  expect(view.watermark[0]?.y).toBe(1);
  expect(view.watermark.at(-1)?.y).toBe((view.window.toMs - nowMs) / 1000 + 34);
  expect(view.scale.maxS).toBeGreaterThan(34);
  expect(progressNames(view, look).map(({ text }) => text)).toContain('watermark');
  expect(of({}).watermark).toEqual([]);
});
