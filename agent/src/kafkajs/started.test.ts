import { afterEach, expect, test, vi } from 'vitest';
import { batchContext, joinedTap, message } from '../../test/tap.ts';
import { tapMessages } from './handlers.ts';

const t0 = 1_700_000_000_000;
const context = batchContext();

/** A host whose handler takes so long for each record, by the clock that the agent reads. */
function host(takesMs: (offset: number) => number, environment: { readonly [name: string]: string } = {}) {
  const joined = joinedTap(environment);
  const baseMs = Math.ceil(Date.now() / 1000) * 1000;
  joined.tap.host.wallClock.baseMs = baseMs;
  let nowMs = 0;
  let looks = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    looks++;
    return nowMs;
  });
  const handle = tapMessages(joined.tap, ({ message: { offset } }) => {
    nowMs += takesMs(Number(offset));
  });
  const handleAll = (count: number): void => {
    for (let offset = 0; offset < count; offset++) {
      const each = message(offset, t0 + offset, { batchContext: context, key: Buffer.from(`till-${offset % 2}`) });
      handle({ topic: 'orders', partition: 0, message: each });
    }
  };
  const cells = () =>
    joined.report().tasks[0]!.cells.map(({ secondMs, count }) => ({ atMs: secondMs - baseMs, count }));
  return { ...joined, handle, handleAll, cells, looks: () => looks };
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('all are observed when a report is made, in their order, and none of them is held on to', () => {
  const { tap, handleAll, report } = host(() => 0.001);
  handleAll(77);
  const [cell] = report().tasks[0]!.cells;
  expect(cell).toMatchObject({ count: 77, first: { offset: 0 }, last: { offset: 76 }, outOfOrder: 0 });
  expect(tap.started.payloads.every((payload) => payload === undefined)).toBe(true);
});

test('of a host that is quick, the clock is read for every eighth record', () => {
  const { handleAll, cells, looks } = host(() => 0.003);
  handleAll(32_000);
  expect(looks()).toBeLessThan(32_000 / 8 + 8);
  expect(cells()).toEqual([{ atMs: 0, count: 32_000 }]);
});

test('of a host that is slow, each record has its own second', () => {
  const { handleAll, cells } = host(() => 250);
  handleAll(40);
  expect(cells()).toEqual(Array.from({ length: 10 }, (_, i) => ({ atMs: i * 1000, count: 4 })));
});

test('where a quick host becomes slow, the next reading tells', () => {
  const { handleAll, cells } = host((offset) => (offset < 64 ? 0.003 : 1000));
  handleAll(80);
  // 64 to 71 share a reading; those after have their own.
  const slow = Array.from({ length: 8 }, (_, i) => ({ atMs: (i + 8) * 1000, count: 1 }));
  expect(cells()).toEqual([{ atMs: 0, count: 72 }, ...slow]);
});

test('a record that is read beyond its timestamp is read before the host can change it', () => {
  const { tap, handle, report } = host(() => 0, { TIDEMARK_SOURCE: 'key-prefix:-' });
  const each = { ...message(0, t0, { batchContext: context, key: Buffer.from('shop-1') }) };
  handle({ topic: 'orders', partition: 0, message: each });
  expect(tap.started.count).toBe(0);
  expect(report().tasks[0]!.cells[0]!.source).toEqual({ kind: 'named', name: 'shop' });
});
