import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOfString, inHashOrder } from './hash-order.ts';
import { PriorityQueue } from './priority-queue.ts';

test.for([
  { why: 'empty text', text: '', want: 0 },
  { why: 'one letter is its code', text: 'A', want: 65 },
  { why: 'as Java has it', text: 'orders', want: -1008770331 },
  { why: 'overflow wraps to 32 bits', text: 'a-topic-with-a-long-name', want: -1245213303 },
])('hash: $why', ({ text, want }) => expect(hashOfString(text)).toBe(want));

// Recorded from java.util.HashMap<TopicPartition, ?> on Java 17.
test.for([
  { why: 'neighbouring names stay in order', topics: ['B', 'A', 'C'], want: ['A', 'B', 'C'] },
])('hash order: $why', ({ topics, want }) => {
  expect(inHashOrder(topics.map((topic) => ({ topic, partition: 0 }))).map(({ topic }) => topic)).toEqual(want);
});

// Ids in the order in which java.util.PriorityQueue gave them back; every item is offered before the first is taken.
test.for([
  { why: 'two equal: first in, first out', ranks: [1, 1], want: [0, 1] },
  { why: 'three equal: the last comes second', ranks: [1, 1, 1], want: [0, 2, 1] },
  { why: 'five equal', ranks: [1, 1, 1, 1, 1], want: [0, 4, 3, 2, 1] },
  { why: 'ties behind a smaller one', ranks: [2, 2, 1, 2], want: [2, 3, 1, 0] },
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
