import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dropInterval } from '../dialects/drop-interval.ts';
import { kafkaStreamsGrid } from '../dialects/windows.ts';
import { missingIn } from './loss-list.ts';
import { OrderBounds } from './order-bounds.ts';
import { OrderDigest } from './order-digest.ts';
import { OrderDistance } from './order-distance.ts';

const runs = { numRuns: 300 };
const arrivals = fc.array(
  fc.record({
    place: fc.integer({ min: 0, max: 2 }),
    waitMs: fc.integer({ min: 0, max: 6 }),
    eventMs: fc.integer({ min: 0, max: 120 }),
  }),
  { minLength: 1, maxLength: 40 },
);

test('bounds over all orders, record by record, are those of dropInterval over all of them at once', () => {
  fc.assert(
    fc.property(
      arrivals,
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      (given, withinMs, graceMs) => {
        const grid = kafkaStreamsGrid({ kind: 'hopping', sizeMs: 20, advanceMs: 5 });
        const bounds = new OrderBounds({ grid, graceMs, withinMs });
        const partitions: { eventMs: number; takenMs: { lowMs: number; highMs: number } }[][] = [[], [], []];
        let arrivalMs = 0;
        for (const { place, waitMs, eventMs } of given) {
          arrivalMs += waitMs;
          bounds.take(place, eventMs, arrivalMs);
          partitions[place]!.push({ eventMs, takenMs: { lowMs: arrivalMs, highMs: arrivalMs + withinMs } });
        }
        expect(bounds.end()).toEqual(dropInterval(partitions, { grid, graceMs }));
      },
    ),
    runs,
  );
});

const pairs = (events: readonly number[], isPair: (earlier: number, later: number) => boolean): number =>
  events.reduce((sum, later, i) => sum + events.slice(0, i).filter((earlier) => isPair(earlier, later)).length, 0);

test('inversions: no pair is certain that is not one, and none is missing among the possible', () => {
  const times = fc.array(fc.integer({ min: -5_000, max: 3_000_000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(times, fc.constantFrom(0, 1, 250), (events, boundMs) => {
      const distance = new OrderDistance(boundMs);
      for (const ms of events) distance.take(ms);
      const { certain, possible, isCut } = distance.result();
      expect(certain).toBeLessThanOrEqual(pairs(events, (earlier, later) => earlier - later > 2 * boundMs));
      if (!isCut) {
        // Slices are as wide as the farthest disorder needs: pairs that are farther apart than one are all found.
        expect(certain).toBeGreaterThanOrEqual(pairs(events, (earlier, later) => earlier - later > 2 * boundMs + 128));
        expect(possible).toBeGreaterThanOrEqual(pairs(events, (earlier, later) => earlier > later));
      }
    }),
    runs,
  );
});

test('an order has one digest, and another order another', () => {
  const digest = (order: readonly (readonly [number, number])[]): string => {
    const made = new OrderDigest();
    for (const [place, offset] of order) made.take(place, offset);
    return made.text;
  };
  expect(
    digest([
      [0, 0],
      [1, 0],
      [0, 1],
    ]),
  ).toBe(
    digest([
      [0, 0],
      [1, 0],
      [0, 1],
    ]),
  );
  expect(
    digest([
      [0, 0],
      [0, 1],
      [1, 0],
    ]),
  ).not.toBe(
    digest([
      [0, 0],
      [1, 0],
      [0, 1],
    ]),
  );
});

test('offsets of one list that are missing in another', () => {
  const ranges = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }).map((offsets) => {
    const sorted = offsets.sort((a, b) => a - b);
    const found: [number, number][] = [];
    for (const offset of sorted) {
      if (found.at(-1)?.[1] === offset - 1) found.at(-1)![1] = offset;
      else found.push([offset, offset]);
    }
    return { sorted, found };
  });
  fc.assert(
    fc.property(ranges, ranges, (one, other) => {
      expect(missingIn(one.found, other.found)).toBe(
        one.sorted.filter((offset) => !other.sorted.includes(offset)).length,
      );
    }),
    runs,
  );
});
