import { expect, test } from 'vitest';
import { planStory, variants } from './plan.ts';

test('equal seeds, equal plans; other seeds, other plans', () => {
  const plan = (seed: number) => planStory({ variant: 'cut', seed, anonymous: false, live: false });
  expect(plan(5)).toEqual(plan(5));
  expect(new Set(Array.from({ length: 50 }, (_, seed) => plan(seed).spanLengthMs)).size).toBeGreaterThan(40);
});

test('every seed keeps to what a story may be', () => {
  for (let seed = 0; seed < 2_000; seed++) {
    for (const variant of variants) {
      const { partitions, spanStartMs, spanLengthMs, perSecond } = planStory({
        variant,
        seed,
        anonymous: false,
        live: false,
      });
      const within = (value: number, [low, high]: [number, number]): void => {
        if (value < low || value > high) throw new Error(`seed ${seed}: ${value} is not in ${low}–${high}`);
      };
      within(partitions, [2, 4]);
      within(spanStartMs, [8_000, 14_000]);
      within(spanLengthMs, [15_000, 40_000]);
      within(perSecond.A, [20, 60]);
      within(perSecond.B, [20, 60]);
    }
  }
});

test('a story for someone who watches comes to its point soon', () => {
  for (let seed = 0; seed < 100; seed++) {
    const { spanStartMs, spanLengthMs } = planStory({ variant: 'cut', seed, anonymous: false, live: true });
    expect(spanStartMs + spanLengthMs).toBeLessThanOrEqual(26_000);
  }
});
