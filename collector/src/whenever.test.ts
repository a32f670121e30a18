import { assess, createState, firstAssessment, ingest, type Report } from '@tidemark/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
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
        expect(toldInTheEnd(reports, everyReports)).toEqual(toldInTheEnd(reports, 1));
      }),
      { numRuns: 15 },
    );
  },
);

function toldInTheEnd(reports: readonly Report[], everyReports: number) {
  const state = createState();
  let assessment = firstAssessment(startMs);
  for (const [second, report] of reports.entries()) {
    const nowMs = startMs + (second + 1) * 1000;
    ingest(state, report, nowMs);
    if ((second + 1) % everyReports === 0 || second === seconds - 1) assessment = assess(assessment, state, nowMs);
  }
  return factsOf(assessment);
}
