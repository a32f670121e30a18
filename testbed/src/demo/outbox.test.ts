import { expect, test } from 'vitest';
import type { DemoEvent } from './event-maker.ts';
import { Outbox } from './outbox.ts';

const event = (number: number, sendAtMs: number): DemoEvent => ({
  key: 'k',
  partition: 0,
  timestampMs: number,
  sendAtMs,
  value: String(number),
});
const numbers = (batch: readonly DemoEvent[]): number[] => batch.map(({ value }) => Number(value));

test('the same batch comes again until it is acknowledged, whatever is added meanwhile', () => {
  const outbox = new Outbox({ maxBatch: 10 });
  outbox.add([event(1, 0), event(2, 0)]);
  expect(numbers(outbox.batch(0))).toEqual([1, 2]);
  outbox.add([event(3, 0)]);
  expect(numbers(outbox.batch(5))).toEqual([1, 2]);
  outbox.acknowledge();
  expect(numbers(outbox.batch(5))).toEqual([3]);
});

test('a backlog leaves in the order in which it was made, a batch at a time', () => {
  const outbox = new Outbox({ maxBatch: 2 });
  outbox.add([event(1, 0), event(2, 0), event(3, 1), event(4, 1), event(5, 1)]);
  const left: number[] = [];
  while (outbox.queued > 0) {
    left.push(...numbers(outbox.batch(1)));
    outbox.acknowledge();
  }
  expect(left).toEqual([1, 2, 3, 4, 5]);
});

test('what is held back leaves when it is due, and at the end is given up', () => {
  const outbox = new Outbox({ maxBatch: 10 });
  outbox.add([event(1, 50), event(2, 10), event(3, 900)]);
  expect(numbers(outbox.batch(5))).toEqual([]);
  expect(numbers(outbox.batch(60))).toEqual([2, 1]);
  outbox.acknowledge();
  outbox.forget(60);
  expect(outbox.queued).toBe(0);
});
