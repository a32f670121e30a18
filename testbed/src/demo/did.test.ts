import { expect, test } from 'vitest';
import type { LoggedDrop } from './consumer-log.ts';
import { type Deed, whatItDid } from './did.ts';

const drop = (offset: number, windowEndMs: number, closedBy: number): LoggedDrop => ({
  topic: 't',
  partition: 0,
  offset,
  windowEndMs,
  closedBy: { partition: 1, offset: closedBy },
});

const cut: Deed = {
  variant: 'cut',
  anonymous: false,
  cut: [1_000, 2_000],
  drops: [drop(7, 20_000, 70), drop(5, 15_000, 50), drop(6, 15_000, 50)],
  truth: { byB: new Set(['0:5', '0:6', '0:7']), producerIdOfB: '4711' },
};

test.for([
  {
    why: 'the culprit closed the earliest lost window, not the first one told of',
    deed: cut,
    want: [{ partition: 1, offset: 50 }],
  },
  {
    why: 'in a cut only what B lost counts: A may lose records of its own on a slow machine',
    deed: { ...cut, drops: [drop(4, 10_000, 40), ...cut.drops] },
    want: [{ partition: 1, offset: 50 }],
  },
  {
    why: 'a wrong clock costs everyone',
    deed: { ...cut, variant: 'clock', drops: [drop(4, 10_000, 40), ...cut.drops] },
    want: [{ partition: 1, offset: 40 }],
  },
  { why: 'what is truly out of order is no incident', deed: { ...cut, variant: 'unordered' }, want: [] },
  { why: 'nothing lost, nobody to blame', deed: { ...cut, drops: [] }, want: [] },
] as { why: string; deed: Deed; want: object[] }[])('$why', ({ deed, want }) => {
  expect(whatItDid(deed).culprits).toEqual(want);
});

test.for([
  { why: 'B by its header', deed: cut, want: 'B' },
  { why: 'B by the broker’s id', deed: { ...cut, anonymous: true }, want: 'producer 4711' },
  { why: 'nobody when nobody did anything', deed: { ...cut, variant: 'idle' }, want: null },
] as { why: string; deed: Deed; want: string | null }[])('the source is $why', ({ deed, want }) => {
  expect(whatItDid(deed).source).toBe(want);
});
