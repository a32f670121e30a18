import { expect, test } from 'vitest';
import { outcomeOf } from './outcome.ts';
import type { HistoryReport } from './report-shape.ts';

const history: HistoryReport = {
  name: 'orders',
  records: 9,
  bytes: 900,
  partitions: 1,
  sources: 1,
  firstEventMs: 0,
  lastEventMs: 9,
  order: '',
  notes: [],
  skipped: {},
  incomplete: undefined,
};
const incomplete = 'orders-0 covers offsets 0 to 9 of 60 (the topic is not there)';

test.for([
  { why: 'all is met', history, missed: [], want: 0 },
  { why: 'one is missed', history, missed: ['dashboard'], want: 1 },
  { why: 'what was not read may have been dropped', history: { ...history, incomplete }, missed: [], want: 2 },
  { why: 'and a share of a part is no share', history: { ...history, incomplete }, missed: ['dashboard'], want: 2 },
  { why: 'a range of no records, as by a slip in --from', history: { ...history, records: 0 }, missed: [], want: 2 },
])('$why: $want', ({ history, missed, want }) => {
  const { status, gap } = outcomeOf({ history, missed });
  expect(status).toBe(want);
  expect(gap === undefined).toBe(want !== 2);
});
