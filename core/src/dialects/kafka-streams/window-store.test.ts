import { expect, test } from 'vitest';
import { newWindow } from './aggregation.ts';
import { WindowStore, type WindowStoreOptions } from './window-store.ts';

const plain: WindowStoreOptions = { retentionMs: 100, filedUnder: 'start', edge: 'expired', keeps: 'readable' };

test.for([
  { why: 'plain: not what is filed exactly a retention ago', options: plain, want: [false, true] },
  { why: 'in order of time: that still is', options: { ...plain, edge: 'readable' as const }, want: [true, true] },
])('readable, $why', ({ options, want }) => {
  const store = new WindowStore(options);
  for (const startMs of [50, 51, 150]) store.put(newWindow('k', startMs, startMs + 10, 1, startMs));
  expect([50, 51].map((startMs) => store.at('k', startMs) !== undefined)).toEqual(want);
});

test('sessions are ordered by their end, whatever order they came in', () => {
  const store = new WindowStore({ ...plain, filedUnder: 'end' });
  for (const [startMs, endMs] of [
    [30, 40],
    [0, 20],
    [41, 50],
    [5, 20],
  ] as const)
    store.put(newWindow('k', startMs, endMs, 1, endMs));
  expect(store.read('k', 0, 45).map(({ startMs }) => startMs)).toEqual([30, 5, 0]);
});

test('a put into a segment that is gone is refused', () => {
  const store = new WindowStore(plain);
  expect(store.put(newWindow('k', 130_000, 130_010, 1, 130_000))).toBe(true);
  expect(store.put(newWindow('k', 119_999, 120_009, 1, 119_999))).toBe(false);
  expect(store.put(newWindow('k', 120_000, 120_010, 1, 120_000))).toBe(true);
  store.restart();
  expect(store.put(newWindow('k', 5, 15, 1, 5))).toBe(true);
});

test('it holds a few windows per key however long the stream is, and forgets keys that fell silent', () => {
  const store = new WindowStore({ ...plain, retentionMs: 1_500 });
  let largest = 0;
  for (let startMs = 0; startMs < 10_000_000; startMs += 1_000) {
    for (const key of ['a', 'b', `once-${startMs}`]) store.put(newWindow(key, startMs, startMs + 1_000, 1, startMs));
    largest = Math.max(largest, store.size);
  }
  expect(largest).toBeLessThanOrEqual(3 * 4);
});
