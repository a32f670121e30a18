import { expect, test } from 'vitest';
import { assessedOf } from '../test/assessed.ts';
import { reportsOf } from '../test/story.ts';

const startMs = 1_700_000_000_000;

test('a consumer that catches up on a topic with create times: why its backlog is late was not seen, and that is said', () => {
  const assessment = assessedOf(reportsOf({ seed: 1, startMs, seconds: 120, cut: [20, 40], readsFrom: 60 }));
  const late = (verdict: string) =>
    assessment.totals.filter((total) => total.verdict === verdict).reduce((sum, total) => sum + total.dropped, 0);
  expect(late('ordinary')).toBe(0);
  expect(late('undecided')).toBeGreaterThan(100);
  expect(assessment.incidents.filter(({ status }) => status === 'open' || status === 'closed')).toEqual([]);
});
