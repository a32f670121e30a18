import { describe, expect, test } from 'vitest';
import { assessmentOf, named } from '../test/story.ts';
import { partitionRows, partitionsInWords, sourceRows } from './view.ts';

const nowMs = 1_772_366_400_000;
const at = (topic: string, partition: number) => ({ topic, partition });

describe('partitions in words', () => {
  test.for([
    { why: 'none', partitions: [], want: 'no partitions assigned' },
    { why: 'one', partitions: [at('orders', 3)], want: 'orders, partition 3' },
    { why: 'several', partitions: [at('orders', 0), at('orders', 1)], want: 'orders, 2 partitions' },
    {
      why: 'two topics',
      partitions: [at('orders', 0), at('returns', 0)],
      want: 'orders, partition 0 · returns, partition 0',
    },
    {
      why: 'many topics',
      partitions: ['a', 'b', 'c', 'd', 'e'].map((topic) => at(topic, 0)),
      want: 'a, partition 0 · b, partition 0 · c, partition 0 and 2 more topics',
    },
  ])('$why', ({ partitions, want }) => expect(partitionsInWords({ partitions })).toBe(want));
});

describe('sources and partitions of a task', () => {
  const assessment = assessmentOf({ nowMs, partitions: 500, cut: { sinceS: 60 } });
  const task = assessment.tasks[0]!;

  test('the silent one first, then as many as one reads', () => {
    const rows = sourceRows(task, '');
    expect(rows.rows[0]).toMatchObject({ name: 'B', state: 'suspectedCut' });
    expect([rows.rows.length, rows.more]).toEqual([12, 490]);
  });

  test('found by name', () => {
    expect(sourceRows(task, 'orders-499').rows.map((row) => row.name)).toEqual(['orders-499']);
  });

  test('what is odd about a source is said', () => {
    const odd = { ...task.sources[0]!, source: named('C'), aheadMs: 5_000, outOfOrderRatio: 0.25 };
    expect(sourceRows({ ...task, sources: [odd] }, '').rows[0]?.notes).toEqual([
      'clock at least 5 s ahead',
      '25.0 % out of order',
      'steady, 40 records/s',
    ]);
  });

  test('partitions: the worst first, then by number and not by letter', () => {
    const cut = assessmentOf({ nowMs, partitions: 500, cut: { sinceS: 60, forS: 30 } });
    const rows = partitionRows(cut, cut.tasks[0]!, '');
    expect(rows.rows.slice(0, 4).map((row) => row.name)).toEqual(['orders-1', 'orders-0', 'orders-2', 'orders-3']);
    expect(rows.rows[0]).toEqual({ name: 'orders-1', late: 1_200, dropped: 960 });
    expect(rows.more).toBe(488);
  });
});
