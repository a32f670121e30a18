import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../test/dialects/arbitraries.ts';
import { EngineStopped } from './aggregation.ts';
import { PartitionGroup } from './partition-group.ts';
import type { TimestampExtractor } from './timestamp-extractor.ts';

const A = { topic: 'A', partition: 0 };
const B = { topic: 'B', partition: 0 };
const times = (...ms: number[]): { eventMs: number }[] => ms.map((eventMs) => ({ eventMs }));

function group(maxTaskIdleMs: number, extractor: TimestampExtractor = 'FailOnInvalidTimestamp') {
  return new PartitionGroup<{ eventMs: number }>({ partitions: [A, B], extractor, maxTaskIdleMs });
}

function drain(task: PartitionGroup<{ eventMs: number }>, nowMs = 0): string[] {
  const taken: string[] = [];
  for (let step = task.next(nowMs); step; step = task.next(nowMs)) taken.push(`${step.partition.topic}${step.eventMs}`);
  return taken;
}

test.for([
  { why: 'the smaller head first', a: [1, 4], b: [2, 3], want: ['A1', 'B2', 'B3', 'A4'] },
  { why: 'equal heads take turns', a: [1, 1, 1], b: [1, 1, 1], want: ['A1', 'B1', 'A1', 'B1', 'A1', 'B1'] },
  { why: 'an old record behind a young head waits', a: [10, 40], b: [20, 15], want: ['A10', 'B20', 'B15', 'A40'] },
])('order: $why', ({ a, b, want }) => {
  const task = group(-1);
  task.add(A, times(...a));
  task.add(B, times(...b));
  expect(drain(task)).toEqual(want);
});

test('stream time is the highest of all partitions, so one that runs ahead makes the others late', () => {
  const task = group(-1);
  task.add(A, times(100));
  expect(task.next(0)).toMatchObject({ streamTimeMs: 100, latenessMs: 0 });
  task.add(B, times(40));
  expect(task.next(0)).toMatchObject({ streamTimeMs: 100, latenessMs: 60 });
});

test.for([
  { why: 'idle off: never waits', idleMs: -1, lag: 5, nowMs: [0], want: [['A1']] },
  { why: 'lag: waits without limit', idleMs: 0, lag: 5, nowMs: [0, 1_000_000], want: [[], []] },
  { why: 'unknown lag: waits without limit', idleMs: 0, lag: undefined, nowMs: [0, 1_000_000], want: [[], []] },
  { why: 'no lag, idle 0: goes on at once', idleMs: 0, lag: 0, nowMs: [0], want: [['A1']] },
  {
    why: 'no lag, idle 50: waits so long from the first look',
    idleMs: 50,
    lag: 0,
    nowMs: [7, 56, 57],
    want: [[], [], ['A1']],
  },
])('waiting for an empty partition: $why', ({ idleMs, lag, nowMs, want }) => {
  const task = group(idleMs);
  task.add(A, times(1));
  task.setLag(A, 0);
  task.setLag(B, lag);
  expect(nowMs.map((ms) => drain(task, ms))).toEqual(want);
});

test('after one timeout the task does not wait for that partition again until it has shown life', () => {
  const task = group(50);
  task.setLag(A, 0);
  task.setLag(B, 0);
  task.add(A, times(1));
  expect([drain(task, 0), drain(task, 50)]).toEqual([[], ['A1']]);
  task.add(A, times(2));
  expect(drain(task, 51)).toEqual(['A2']);
  task.add(B, times(1));
  task.add(A, times(3));
  expect(drain(task, 52)).toEqual(['B1']);
  expect([drain(task, 101), drain(task, 102)]).toEqual([[], ['A3']]);
  expect(task.enforced).toBe(3);
});

test.for([
  { why: 'fails', extractor: 'FailOnInvalidTimestamp' as const },
  { why: 'has no partition time to use yet', extractor: 'UsePartitionTimeOnInvalidTimestamp' as const },
])('a negative timestamp stops the application where the extractor $why', ({ extractor }) => {
  expect(() => group(-1, extractor).add(A, times(-1))).toThrow(EngineStopped);
});

test('a partition of skipped records alone gives an empty step before all others', () => {
  const task = group(-1, 'LogAndSkipOnInvalidTimestamp');
  task.add(B, times(5));
  task.add(A, times(-1, -2));
  expect(task.skipped).toBe(2);
  expect(drain(task)).toEqual(['A-1', 'B5']);
});

test('all lies ready: the next record is always a head with the smallest time, each partition in its order', () => {
  const queue = fc.array(fc.nat(30), { maxLength: 30 });
  fc.assert(
    fc.property(queue, queue, (a, b) => {
      const task = group(-1);
      task.add(A, times(...a));
      task.add(B, times(...b));
      const left: Record<string, number[]> = { A: [...a], B: [...b] };
      for (let step = task.next(0); step; step = task.next(0)) {
        expect(step.eventMs).toBe(Math.min(left.A![0] ?? 99, left.B![0] ?? 99));
        expect(left[step.partition.topic]!.shift()).toBe(step.eventMs);
      }
      expect(left).toEqual({ A: [], B: [] });
    }),
    runs,
  );
});
