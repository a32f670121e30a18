import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { batchContext, joinedTap, message } from '../../test/tap.ts';
import { tapBatches, tapHandlers, tapMessages } from './handlers.ts';
import type { MessagePayload } from './shapes.ts';

const t0 = 1_700_000_000_000;

// Time stands still: whatever is seen belongs to one second.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function payload(offset: number, timestampMs: number): MessagePayload {
  return { topic: 'orders', partition: 0, message: message(offset, timestampMs, { batchContext: batchContext() }) };
}

test('the host gets its own promise back, and its handler the same object and `this`', () => {
  const { tap } = joinedTap();
  const promise = Promise.resolve();
  const runner = { name: 'Runner' };
  const given = payload(0, t0);
  const calls: unknown[] = [];
  const handler = tapMessages(tap, function (this: unknown, ...args: unknown[]) {
    calls.push(this, ...args);
    return promise;
  });
  expect(handler.call(runner, given)).toBe(promise);
  expect(calls).toEqual([runner, given]);
  expect(calls[1]).toBe(given);
});

test('an error that the host throws or rejects with is its own', async () => {
  const { tap } = joinedTap();
  const error = new Error('the host has a bug');
  const throws = tapMessages(tap, () => {
    throw error;
  });
  const rejects = tapBatches(tap, () => Promise.reject(error));
  expect(() => throws(payload(0, t0))).toThrow(error);
  await expect(rejects({ batch: { topic: 'orders', partition: 0, messages: [] } })).rejects.toBe(error);
  expect(tap.guard).toMatchObject({ errors: 0, detached: false });
});

test('a batch is observed record by record', () => {
  const { tap, report } = joinedTap();
  const context = batchContext();
  const messages = [0, 1, 2, 3].map((i) => message(i, t0 + i, { batchContext: context }));
  tapBatches(tap, () => undefined)({ batch: { topic: 'orders', partition: 3, messages } });
  expect(report().tasks[0]!.cells).toMatchObject([
    { topic: 'orders', partition: 3, count: 4, source: { kind: 'producer', producerId: '4711' }, maxEventMs: t0 + 3 },
  ]);
});

test('the configuration of the host is copied, not changed, and one without handlers is left alone', () => {
  const { tap } = joinedTap();
  const eachMessage = () => undefined;
  const config = Object.freeze({ autoCommit: false, eachMessage });
  const tapped = tapHandlers(tap, config);
  expect(tapped).toMatchObject({ autoCommit: false });
  expect(tapped!.eachMessage).not.toBe(eachMessage);
  expect(tapHandlers(tap, undefined)).toBeUndefined();
  const none = {};
  expect(tapHandlers(tap, none)).toBe(none);
});

test('errors of ours are counted, and after twenty of them the host is alone again', () => {
  const { tap } = joinedTap();
  let handled = 0;
  const handler = tapMessages(tap, () => handled++);
  const odd = { topic: 'orders', partition: 0, message: message(0, t0, { offset: 'not a number' }) };
  for (let i = 0; i < 70; i++) handler(odd);
  expect(handled).toBe(70);
  expect(tap.guard).toMatchObject({ errors: 20, detached: true });
});
