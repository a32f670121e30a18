import { expect, test } from 'vitest';
import type { HeldBy } from '../topology/topology.ts';
import { heldBySentence } from './held-by.ts';

const held: HeldBy = { topic: 'orders', partition: 1, state: 'live', node: 'billing', via: [] };

test.for<{ why: string; held: HeldBy; want: string }>([
  { why: 'somebody is always last', held, want: 'orders-1: the last in line' },
  { why: 'paused', held: { ...held, paused: true }, want: 'orders-1: it is paused' },
  {
    why: 'upstream, with a backlog',
    held: { ...held, state: 'behind', waiting: 1_240, via: [{ node: 'billing' }] },
    want: 'orders-1, upstream in billing: 1,240 records not processed yet',
  },
  {
    why: 'both',
    held: { ...held, state: 'behind', waiting: 1, paused: true },
    want: 'orders-1: 1 record not processed yet, and it is paused',
  },
  { why: 'nobody tells', held: { ...held, state: 'unheard' }, want: 'orders-1: no agent tells of it any more' },
])('$why', ({ held, want }) => expect(heldBySentence(held)).toBe(want));
