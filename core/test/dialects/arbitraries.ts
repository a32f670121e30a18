import fc from 'fast-check';
import type { TimeWindowShape } from '../../src/dialects/windows.ts';

export interface TestRecord {
  readonly key: string;
  readonly eventMs: number;
}

/** Small times and few keys, so that edges and collisions come up all the time. */
export const records = (leastMs = 0): fc.Arbitrary<TestRecord[]> =>
  fc.array(fc.record({ key: fc.constantFrom('a', 'b'), eventMs: fc.integer({ min: leastMs, max: 120 }) }), {
    minLength: 1,
    maxLength: 40,
  });

export const timeWindow: fc.Arbitrary<TimeWindowShape> = fc.oneof(
  fc.record({ kind: fc.constant('tumbling' as const), sizeMs: fc.integer({ min: 1, max: 30 }) }),
  fc
    .record({ sizeMs: fc.integer({ min: 1, max: 30 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ sizeMs, part }) => ({
      kind: 'hopping' as const,
      sizeMs,
      advanceMs: Math.max(1, Math.ceil(sizeMs * part)),
    })),
);

export const durationMs: fc.Arbitrary<number> = fc.integer({ min: 0, max: 40 });
export const runs = { numRuns: 300 };
