import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addToSketch,
  createSketch,
  mergeSketch,
  quantile,
  relativeError,
  type Sketch,
  zeroThreshold,
} from './sketch.ts';

function sketchOf(values: readonly number[]): Sketch {
  const sketch = createSketch();
  for (const value of values) addToSketch(sketch, value);
  return sketch;
}

function merged(...parts: readonly Sketch[]): Sketch {
  const sketch = createSketch();
  for (const part of parts) mergeSketch(sketch, part);
  return sketch;
}

function exactQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

/** Signed, over fifteen decades: lateness of microseconds and of years. */
const signed = fc.oneof(
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  fc.integer({ min: -5000, max: 5000 }),
  fc.constantFrom(0, zeroThreshold, -zeroThreshold, 1, -1, 2, 1024, -1024, 2 ** 40),
);
const data = fc.array(signed, { minLength: 1, maxLength: 200 });
const quantiles = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999, 1];

describe('laws over signed data', () => {
  test('a quantile is within the stated relative error of the exact one', () => {
    fc.assert(
      fc.property(data, (values) => {
        for (const q of quantiles) {
          const want = exactQuantile(values, q);
          const got = quantile(sketchOf(values), q)!;
          expect(Math.abs(got - want)).toBeLessThanOrEqual(Math.max(zeroThreshold, Math.abs(want) * relativeError));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('merging is commutative and associative, and equals sketching everything at once', () => {
    fc.assert(
      fc.property(data, data, data, (a, b, c) => {
        const [sa, sb, sc] = [sketchOf(a), sketchOf(b), sketchOf(c)];
        const all = sketchOf([...a, ...b, ...c]);
        expect(merged(sa, sb, sc)).toEqual(all);
        expect(merged(sc, sa, sb)).toEqual(all);
        expect(merged(merged(sa, sb), sc)).toEqual(all);
        expect(merged(sa, merged(sb, sc))).toEqual(all);
      }),
      { numRuns: 300 },
    );
  });
});

test.for([
  { why: 'ten of each sign: a quarter of the way up is negative', values: signs(10), q: 0.25, want: -6 },
  { why: 'the median of an odd symmetric set is zero', values: [-3, 0, 3], q: 0.5, want: 0 },
  { why: 'a single value is every quantile', values: [5000], q: 0, want: 5000 },
  { why: 'beyond 2^53 counts as 2^53', values: [Number.MAX_VALUE], q: 1, want: 2 ** 53 },
])('$why', ({ values, q, want }) => {
  expect(Math.abs(quantile(sketchOf(values), q)! - want)).toBeLessThanOrEqual(Math.abs(want) * relativeError);
});

test('an empty sketch has no quantile', () => expect(quantile(createSketch(), 0.5)).toBeUndefined());

test('a sketch of another scale is refused, not added wrongly', () => {
  expect(() => mergeSketch(createSketch(), { ...createSketch(), scale: 4 })).toThrow(/scale 4/);
});

function signs(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).flatMap((v) => [v, -v]);
}
