import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assessedOf } from '../test/assessed.ts';
import { factsOf } from '../test/facts.ts';
import { reportsOf } from '../test/story.ts';

const startMs = 1_700_000_000_000;
const seconds = 70;

const stories = {
  'a cut': { cut: [20, 40] },
  'a cut when little is known': { cut: [2, 30] },
  'a clock that is ahead from the start': { aheadMs: 4_000 },
  'a clock that is ahead, and a cut': { aheadMs: 1_500, cut: [20, 40] },
  'a clock that is behind': { aheadMs: -3_000 },
  'nothing at all': {},
} as const;

test.each(Object.keys(stories) as (keyof typeof stories)[])(
  '%s: the same is said in the end, whenever it is looked at',
  (name) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 12 }), (seed, everyReports) => {
        const reports = reportsOf({ seed, startMs, seconds, ...stories[name] });
        expect(factsOf(assessedOf(reports, everyReports))).toEqual(factsOf(assessedOf(reports)));
      }),
      { numRuns: 15 },
    );
  },
);
