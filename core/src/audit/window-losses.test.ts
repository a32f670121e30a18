import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { flinkGrid, kafkaStreamsGrid, type TimeWindowShape } from '../dialects/windows.ts';
import { createAudited } from './audited.ts';
import { ClosingSteps } from './closing-steps.ts';
import { createJudgement } from './judgement.ts';
import { WindowLosses } from './window-losses.ts';

const shapes: readonly TimeWindowShape[] = [
  { kind: 'tumbling', sizeMs: 10 },
  { kind: 'hopping', sizeMs: 10, advanceMs: 5 },
  { kind: 'hopping', sizeMs: 10, advanceMs: 3 },
  { kind: 'hopping', sizeMs: 12, advanceMs: 8 },
];

test.for(
  shapes.flatMap((shape) => [
    { engine: 'kafka-streams', shape, grid: kafkaStreamsGrid(shape), fromMs: 0 },
    { engine: 'flink', shape, grid: flinkGrid(shape), fromMs: -200 },
  ]),
)('$engine $shape: each window with a record is counted once, in whatever order its records come', (of) => {
  const { shape, grid, fromMs } = of;
  for (let seed = 1; seed <= 50; seed++) {
    const random = prng(seed);
    const losses = new WindowLosses(shape, grid);
    const steps = new ClosingSteps(grid.advanceMs);
    const starts = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const eventMs = fromMs + Math.floor(random() * 400);
      const lastMs = grid.lastStartMs(eventMs);
      for (let startMs = grid.firstStartMs(eventMs, lastMs); startMs <= lastMs; startMs += grid.advanceMs)
        starts.add(startMs);
      losses.take({ ...createJudgement(), eventMs }, createAudited(), 0, steps);
      expect(losses.windows, `seed ${seed}, record ${i}`).toBe(starts.size);
    }
  }
});
