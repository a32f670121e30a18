import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOfString, inHashOrder } from './hash-order.ts';
import { PriorityQueue } from './priority-queue.ts';

test.for([
  { why: 'empty text', text: '', want: 0 },
  { why: 'one letter is its code', text: 'A', want: 65 },
  { why: 'as Java has it', text: 'orders', want: -1008770331 },
  { why: 'overflow wraps to 32 bits', text: 'a-topic-with-a-long-name', want: -2073994733 },
])('hash: $why', ({ text, want }) => expect(hashOfString(text)).toBe(want));

// Recorded from java.util.HashMap<TopicPartition, ?> on Java 17.
test.for([
  { why: 'neighbouring names stay in order', partitions: 'B-0 A-0 C-0', want: 'A-0 B-0 C-0' },
  {
    why: 'eight partitions in sixteen buckets',
    partitions: 'orders-0 orders-1 payments-0 payments-1 shipments-0 shipments-1 returns-0 returns-1',
    want: 'payments-0 payments-1 orders-0 orders-1 returns-1 shipments-1 returns-0 shipments-0',
  },
])('hash order: $why', ({ partitions, want }) => {
  const parsed = partitions.split(' ').map((name) => ({ topic: name.slice(0, -2), partition: Number(name.at(-1)) }));
  expect(inHashOrder(parsed).map(({ topic, partition }) => `${topic}-${partition}`)).toEqual(want.split(' '));
});

// Ids in the order in which java.util.PriorityQueue gave them back; every item is offered before the first is taken.
test.for([
  { why: 'two equal: first in, first out', ranks: [1, 1], want: [0, 1] },
  { why: 'three equal: the last comes second', ranks: [1, 1, 1], want: [0, 2, 1] },
  { why: 'five equal', ranks: [1, 1, 1, 1, 1], want: [0, 4, 3, 2, 1] },
  { why: 'ties among others', ranks: [3, 1, 3, 1, 3, 1], want: [1, 3, 5, 0, 4, 2] },
  { why: 'ties behind a smaller one', ranks: [2, 2, 1, 2], want: [2, 3, 0, 1] },
])('ties: $why', ({ ranks, want }) => {
  const queue = new PriorityQueue<number>((id) => ranks[id]!);
  for (const id of ranks.keys()) queue.offer(id);
  expect(ranks.map(() => queue.poll())).toEqual(want);
});

test('the smallest first, whatever was offered', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 })), (ranks) => {
      const queue = new PriorityQueue<number>((rank) => rank);
      for (const rank of ranks) queue.offer(rank);
      expect(ranks.map(() => queue.poll())).toEqual([...ranks].sort((one, other) => one - other));
      expect(queue.poll()).toBeUndefined();
    }),
  );
});
