import { expect, test } from 'vitest';
import { sentence } from './sentence.ts';

type Told = Parameters<typeof sentence>[0];

const cut: Told = {
  id: 'producerCutOff-1-1',
  kind: 'producerCutOff',
  status: 'closed',
  group: 'billing',
  tasks: ['t'],
  source: { kind: 'named', name: 'B' },
  partitions: [{ topic: 'orders', partition: 2 }],
  start: { lowMs: 0, highMs: 0 },
  end: { lowMs: 47_000, highMs: 47_000 },
  late: { count: 1, minEventMs: 0, maxEventMs: 0 },
  dropped: [],
  remedies: [],
} as unknown as Told;

test.for([
  { why: 'another one moved it', mover: 'A', says: 'while A moved the stream time on' },
  {
    why: 'alone in its partition, and out of order when it is back: it was itself',
    mover: 'B',
    says: 'while a younger one of them moved the stream time on',
  },
])('who moved the stream time on: $why', ({ mover, says }) => {
  const culprit = { source: { kind: 'named', name: mover }, topic: 'orders', partition: 2, offset: 7, eventMs: 1 };
  expect(sentence({ ...cut, culprit } as unknown as Told)).toContain(says);
});

test('one record is one record', () => {
  expect(sentence(cut)).toMatch(/^billing took 1 record of B \(orders-2\) late/);
});
