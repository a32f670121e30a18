import { serialize } from 'node:v8';
import { type State, seriesBetween } from '@tidemark/core';
import { expect, test } from 'vitest';
import { hear, type Story, tell } from '../testbed/src/story/story.ts';

const startMs = 1_700_000_000_000;

function after(seconds: number): State {
  const story: Story = {
    seed: 5,
    startMs,
    durationMs: seconds * 1000,
    partitions: 4,
    producers: ['A', 'B', 'C'].map((name) => ({ name, ratePerSecond: 6 })),
    policy: { id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 },
  };
  return hear(tell(story).reports).state;
}

function bytesEach(state: State): number {
  const lanes = [...state.tasks.values()].flatMap((task) => [...task.lanes.values()]);
  return serialize(lanes.map(({ task: _, of: __, ...own }) => own)).length / lanes.length;
}

test('what is remembered of a source does not grow with time, nor with how much it says', () => {
  const [quarter, half] = [after(950), after(1_750)];
  expect(serialize(half).length / serialize(quarter).length).toBeLessThan(1.05);
  expect(bytesEach(half)).toBeLessThan(10_000);
});

test('the true stream time with hindsight is whole for a quarter of an hour, also where cells are remembered by spans', () => {
  const seconds = 1_000;
  const points = seriesBetween(after(seconds), Number.NEGATIVE_INFINITY, startMs + (seconds - 10) * 1000);
  const drawn = points.flatMap(({ atMs, tasks }) => tasks.map((task) => ({ atMs, ...task })));
  expect(drawn.length).toBeGreaterThan(880);
  expect(drawn.every(({ hindsight }) => hindsight)).toBe(true);
  // In a calm world all that was made by then is processed a moment later.
  const behindMs = drawn.map(({ atMs, trueStreamTimeMs }) => atMs + 1000 - trueStreamTimeMs!);
  expect(Math.max(...behindMs)).toBeLessThan(1_500);
});
