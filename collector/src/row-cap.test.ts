import type { Metric, Row } from '@tidemark/core';
import { expect, test } from 'vitest';
import { RowCap } from './row-cap.ts';

function metric(kind: Metric['kind'], beyondCap: Metric['beyondCap']): Metric {
  return { name: 'm', kind, help: 'h', labels: ['source'], beyondCap, rows: () => [] };
}

function rows(...values: readonly (readonly [label: string, value: number])[]): Row[] {
  return values.map(([label, value]) => ({ labels: [label], value }));
}

test.for([
  {
    why: 'as many as there may be keep their own rows',
    metric: metric('gauge', 'sum'),
    scrapes: [rows(['a', 1], ['b', 2])],
    want: rows(['a', 1], ['b', 2]),
  },
  {
    why: 'the rest of a counter is added up',
    metric: metric('counter', 'sum'),
    scrapes: [rows(['a', 1], ['b', 2], ['c', 3], ['d', 4])],
    want: rows(['a', 1], ['b', 2], ['other', 7]),
  },
  {
    why: 'of the rest of a lead the worst is shown',
    metric: metric('gauge', 'highest'),
    scrapes: [rows(['a', 1], ['b', 2], ['c', -3], ['d', 4])],
    want: rows(['a', 1], ['b', 2], ['other', 4]),
  },
  {
    why: 'of the rest of a stream time the one that is furthest behind',
    metric: metric('gauge', 'lowest'),
    scrapes: [rows(['a', 1], ['b', 2], ['c', 30], ['d', 40])],
    want: rows(['a', 1], ['b', 2], ['other', 30]),
  },
  {
    why: 'who came first keeps its row, in whatever order they come later',
    metric: metric('counter', 'sum'),
    scrapes: [rows(['a', 1], ['b', 2], ['c', 3]), rows(['c', 4], ['b', 3], ['a', 2])],
    want: rows(['b', 3], ['a', 2], ['other', 4]),
  },
  {
    why: 'a row that has become free goes to a newcomer: whoever counted in the other row stays there',
    metric: metric('counter', 'sum'),
    scrapes: [rows(['a', 1], ['b', 2], ['c', 3]), rows(['b', 2], ['c', 3], ['d', 5])],
    want: rows(['b', 2], ['d', 5], ['other', 3]),
  },
  {
    why: 'the other row of a counter does not go down when one of its members is gone',
    metric: metric('counter', 'sum'),
    scrapes: [rows(['a', 1], ['b', 2], ['c', 3], ['d', 9]), rows(['a', 1], ['b', 2], ['c', 4])],
    want: rows(['a', 1], ['b', 2], ['other', 12]),
  },
])('$why', ({ metric, scrapes, want }) => {
  const cap = new RowCap(2);
  let got: readonly Row[] = [];
  for (const scrape of scrapes) got = cap.apply(metric, scrape);
  expect(got).toEqual(want);
});
