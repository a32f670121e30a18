import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMs, runs, timeWindow } from '../../test/dialects/arbitraries.ts';
import { dropInterval, type PossiblyTaken } from './drop-interval.ts';
import { TimeWindowDrops } from './time-window-drops.ts';
import { kafkaStreamsGrid } from './windows.ts';

const grid = kafkaStreamsGrid({ kind: 'tumbling', sizeMs: 10 });
const taken = (eventMs: number, lowMs: number, highMs: number): PossiblyTaken => ({
  eventMs,
  takenMs: { lowMs, highMs },
});

test.for([
  {
    why: 'surely taken before: dropped in every order',
    a: [taken(50, 0, 1)],
    b: [taken(5, 2, 3)],
    want: { least: 1, most: 1 },
  },
  { why: 'perhaps before: perhaps dropped', a: [taken(50, 0, 2)], b: [taken(5, 2, 3)], want: { least: 0, most: 1 } },
  { why: 'surely taken after: never dropped', a: [taken(50, 4, 5)], b: [taken(5, 2, 3)], want: { least: 0, most: 0 } },
  {
    why: 'its own partition is in order, whatever the bounds',
    a: [taken(50, 0, 9), taken(5, 0, 9)],
    b: [],
    want: { least: 1, most: 1 },
  },
  {
    why: 'nothing known of when: anything between',
    a: [taken(50, 0, Infinity)],
    b: [taken(5, 0, Infinity), taken(60, 0, Infinity)],
    want: { least: 0, most: 2 },
  },
])('$why', ({ a, b, want }) => expect(dropInterval([a, b], { grid, graceMs: 0 })).toEqual(want));

const step = fc.record({
  partition: fc.nat(2),
  eventMs: fc.nat(120),
  // How far from the moment it was really taken the bounds are.
  before: fc.nat(6),
  after: fc.nat(6),
});

test('the drops of the order that really was are always inside', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), timeWindow, durationMs, (steps, window, graceMs) => {
      const drops = new TimeWindowDrops(kafkaStreamsGrid(window), graceMs);
      const partitions: PossiblyTaken[][] = [[], [], []];
      let dropped = 0;
      for (const [at, { partition, eventMs, before, after }] of steps.entries()) {
        dropped += drops.take(eventMs);
        partitions[partition]!.push(taken(eventMs, at - before, at + after));
      }
      const { least, most } = dropInterval(partitions, { grid: kafkaStreamsGrid(window), graceMs });
      expect(least).toBeLessThanOrEqual(dropped);
      expect(most).toBeGreaterThanOrEqual(dropped);
    }),
    runs,
  );
});

test('where every moment is known, it is that number', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), timeWindow, durationMs, (steps, window, graceMs) => {
      const drops = new TimeWindowDrops(kafkaStreamsGrid(window), graceMs);
      const partitions: PossiblyTaken[][] = [[], [], []];
      let dropped = 0;
      for (const [at, { partition, eventMs }] of steps.entries()) {
        dropped += drops.take(eventMs);
        partitions[partition]!.push(taken(eventMs, at, at));
      }
      expect(dropInterval(partitions, { grid: kafkaStreamsGrid(window), graceMs })).toEqual({
        least: dropped,
        most: dropped,
      });
    }),
    runs,
  );
});
