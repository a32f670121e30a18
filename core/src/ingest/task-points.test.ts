import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginSecond, createTaskPoints, noteCame, noteOnline, pointsFrom } from './task-points.ts';

/** Wider or narrower from event to event, so that the least low end need not be that of the first event. */
function boundOf(createdMs: number): { lowMs: number; highMs: number } {
  return { lowMs: createdMs - Math.abs(createdMs % 700), highMs: createdMs + Math.abs(createdMs % 300) };
}

/** One second each: what came in it, as the creation times of what is first in its cells. */
function pointsOf(seconds: readonly (readonly number[])[]) {
  const points = createTaskPoints();
  for (const [second, came] of seconds.entries()) {
    beginSecond(points, second * 1000, undefined);
    for (const createdMs of came) noteCame(points, second * 1000, createdMs, boundOf(createdMs));
  }
  return points;
}

describe('what was still to come', () => {
  test.for([
    { why: 'in order', seconds: [[], [900], [1_900]], want: [900, 1_900, Infinity] },
    {
      why: 'one that is late was to come all the while',
      seconds: [[], [900], [1_900], [500]],
      want: [500, 500, 500, Infinity],
    },
    { why: 'nothing has come since', seconds: [[100], []], want: [Infinity, Infinity] },
    { why: 'the least of several lanes', seconds: [[], [900, 300, 700]], want: [300, Infinity] },
  ])('$why', ({ seconds, want }) => {
    expect([...pointsFrom(pointsOf(seconds), 0).values()].map(({ toComeMs }) => toComeMs).reverse()).toEqual(want);
  });

  test('is the smallest of all that came after, whatever comes in which order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -1e5, max: 1e5 }), { maxLength: 4 }), { maxLength: 40 }),
        (seconds) => {
          const points = pointsFrom(pointsOf(seconds), 0);
          for (const [second] of seconds.entries()) {
            const after = seconds.slice(second + 1).flat();
            const { toComeMs, toComeBound } = points.get(second * 1000)!;
            expect(toComeMs).toBe(Math.min(Infinity, ...after));
            expect(toComeBound.lowMs).toBe(Math.min(Infinity, ...after.map((ms) => boundOf(ms).lowMs)));
            expect(toComeBound.highMs).toBe(Math.min(Infinity, ...after.map((ms) => boundOf(ms).highMs)));
          }
        },
      ),
    );
  });
});

test('one point a second, for a quarter of an hour', () => {
  const points = createTaskPoints();
  for (let atMs = 0; atMs < 3_000_000; atMs += 500) {
    beginSecond(points, Math.floor(atMs / 1000) * 1000, atMs);
    noteOnline(points, atMs - 100);
  }
  const drawn = [...pointsFrom(points, 0).values()].reverse();
  expect(drawn.map(({ secondMs }) => secondMs)).toEqual(Array.from({ length: 901 }, (_, i) => 2_099_000 + i * 1000));
  expect(drawn.at(-1)).toEqual({
    secondMs: 2_999_000,
    streamTimeMs: 2_999_000,
    onlineMs: 2_999_400,
    toComeMs: Infinity,
    toComeBound: { lowMs: Infinity, highMs: Infinity },
  });
});

test('a clock that was a minute ahead and is set right leaves nothing behind that is yet to come', () => {
  const points = createTaskPoints();
  for (const secondMs of [1_000, 2_000, 62_000, 63_000, 4_000]) beginSecond(points, secondMs, secondMs);
  expect([...pointsFrom(points, 0).keys()].reverse()).toEqual([1_000, 2_000, 4_000]);
});
