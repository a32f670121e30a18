import { expect, test } from 'vitest';
import { ClosingSteps } from './closing-steps.ts';

const stepMs = 10;

test.for([
  { why: 'by the first record whose clock passed its end', closesMs: [5, 12, 31], endMs: 20, want: 2 },
  { why: 'on its end', closesMs: [5, 20, 31], endMs: 20, want: 1 },
  { why: 'by the very first record, before which nothing was', closesMs: [31, 45], endMs: 20, want: 0 },
  { why: 'not yet', closesMs: [5, 12], endMs: 20, want: undefined },
  { why: 'without a record', closesMs: [], endMs: 20, want: undefined },
])('a window is closed $why', ({ closesMs, endMs, want }) => {
  const steps = new ClosingSteps(stepMs);
  for (const [offset, closeMs] of closesMs.entries()) steps.note(closeMs, { arrivalMs: closeMs, place: 0, offset });
  expect(steps.closerOf(endMs)?.offset).toBe(want);
});

test('what is forgotten is not known', () => {
  const steps = new ClosingSteps(stepMs);
  for (let offset = 0; offset < 20_000; offset++) {
    steps.note(offset * stepMs, { arrivalMs: offset, place: 0, offset });
  }
  expect(steps.closerOf(50)).toBeUndefined();
  expect(steps.closerOf(19_000 * stepMs)?.offset).toBe(19_000);
});
