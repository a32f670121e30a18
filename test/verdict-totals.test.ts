import { type Assessment, assess, createState, firstAssessment, ingest, type LateTotal } from '@tidemark/core';
import { expect, test } from 'vitest';
import { type StoryProducer, tell } from '../testbed/src/story/story.ts';

// A verdict may be revised when better evidence comes. Whatever is revised, every late record has one verdict at every tick.

const startMs = 1_700_000_000_000;
const span = { fromMs: 20_000, toMs: 45_000 };
const a: StoryProducer = { name: 'A', ratePerSecond: 40 };

test.for([
  { why: 'a cut', b: { cut: span } },
  { why: 'a short cut, too young to be judged at once', b: { cut: { fromMs: 3_000, toMs: 12_000 } } },
  { why: 'a clock that is behind, which only time tells from a cut', b: { clock: { ...span, byMs: -8_000 } } },
  { why: 'a clock that is ahead', b: { clock: { ...span, byMs: 5_000 } } },
  { why: 'a source without order', b: { unorderedMs: 15_000 } },
] as const)('$why: the verdicts add up to the late records at every tick', ({ b }) => {
  for (const seed of [1, 2, 3, 4]) {
    const policy = { id: 'p', window: { kind: 'tumbling' as const, sizeMs: 5_000 }, graceMs: 2_000 };
    const producers = [a, { name: 'B', ratePerSecond: 30, ...b }];
    const { reports } = tell({ seed, startMs, durationMs: 70_000, partitions: 1 + (seed % 4), producers, policy });
    const state = createState();
    let assessment: Assessment = firstAssessment(startMs);
    for (const report of reports) {
      ingest(state, report, report.toMs);
      assessment = assess(assessment, state, report.toMs);
      const said = `seed ${seed}, at ${report.toMs - startMs} ms`;
      const [task] = assessment.tasks;
      expect(sum(assessment, 'late'), said).toBe(task!.late);
      expect(sum(assessment, 'dropped'), said).toBe(task!.dropped[0]?.count ?? 0);
      expect(Math.min(0, ...assessment.totals.flatMap(({ late, dropped }) => [late, dropped])), said).toBe(0);
      for (const [second, verdicts] of state.tasks.values().next().value!.verdictsBySecond) {
        expect(Math.min(...verdicts.late.values()), `${said}, second ${second - startMs}`).toBeGreaterThanOrEqual(0);
      }
    }
  }
});

function sum({ totals }: Assessment, what: keyof Pick<LateTotal, 'late' | 'dropped'>): number {
  return totals.reduce((all, total) => all + total[what], 0);
}
