import fc from 'fast-check';
import { expect, test } from 'vitest';
import { records, runs } from '../../../test/dialects/arbitraries.ts';
import type { WindowCount } from '../windows.ts';
import { EngineStopped, nowhere } from './aggregation.ts';
import { Suppress } from './suppress.ts';
import { type WindowedCountOptions, windowedCount } from './windowed-count.ts';

/** What is left in the table downstream after a trace. */
function tableOf(
  trace: readonly { key: string; eventMs: number }[],
  options: WindowedCountOptions,
): Record<string, number> {
  const table = new Map<string, number>();
  const idOf = (w: Readonly<WindowCount>): string => `${w.key} ${w.startMs}..${w.endMs}`;
  const count = windowedCount(options);
  for (const { key, eventMs } of trace) {
    count.take(
      { key, eventMs, hasValue: true, nowMs: 0 },
      { updated: (w) => table.set(idOf(w), w.count), removed: (w) => table.delete(idOf(w)) },
    );
  }
  return Object.fromEntries(table);
}

test('with grace for all, sliding windows are those that end with or start behind a record, and count what lies in them', () => {
  fc.assert(
    fc.property(records(60), fc.integer({ min: 1, max: 50 }), (trace, differenceMs) => {
      const want: Record<string, number> = {};
      const add = (key: string, startMs: number): void => {
        const endMs = startMs + differenceMs;
        const inside = trace.filter((r) => r.key === key && r.eventMs >= startMs && r.eventMs <= endMs);
        if (inside.length > 0) want[`${key} ${startMs}..${endMs}`] = inside.length;
      };
      for (const { key, eventMs } of trace) {
        add(key, eventMs - differenceMs);
        add(key, eventMs + 1);
      }
      expect(tableOf(trace, { window: { kind: 'sliding', differenceMs }, graceMs: 1_000 })).toEqual(want);
    }),
    runs,
  );
});

test('with grace for all, sessions are the runs without a longer gap, in whatever order the records came', () => {
  fc.assert(
    fc.property(records(), fc.nat(20), (trace, gapMs) => {
      const want: Record<string, number> = {};
      for (const key of ['a', 'b']) {
        const times = trace
          .filter((r) => r.key === key)
          .map((r) => r.eventMs)
          .sort((one, other) => one - other);
        for (let first = 0, i = 0; i < times.length; i++) {
          if (i + 1 < times.length && times[i + 1]! - times[i]! <= gapMs) continue;
          want[`${key} ${times[first]}..${times[i]}`] = i - first + 1;
          first = i + 1;
        }
      }
      expect(tableOf(trace, { window: { kind: 'session', gapMs }, graceMs: 1_000 })).toEqual(want);
    }),
    runs,
  );
});

const drops = (options: WindowedCountOptions, eventsMs: readonly number[], keys?: readonly string[]): number[] => {
  const count = windowedCount(options);
  return eventsMs.map((eventMs, i) =>
    count.take({ key: keys?.[i] ?? 'k', eventMs, hasValue: true, nowMs: 0 }, nowhere),
  );
};

const sliding = { kind: 'sliding', differenceMs: 10 } as const;
const session = { kind: 'session', gapMs: 10 } as const;

test.for([
  {
    why: 'sliding: a window that ends at the close is in time',
    window: sliding,
    eventsMs: [100, 125, 120],
    want: [0, 0, 0],
  },
  { why: 'sliding: one that ends before is not', window: sliding, eventsMs: [100, 125, 119], want: [0, 0, 1] },
  { why: 'session: equality is in time', window: session, eventsMs: [100, 125, 110], want: [0, 0, 0] },
  { why: 'session: one more is too late', window: session, eventsMs: [100, 126, 110], want: [0, 0, 1] },
])('$why', ({ window, eventsMs, want }) => {
  expect(drops({ window, graceMs: 5 }, eventsMs, ['k', 'other', 'late'])).toEqual(want);
});

test('an old record is saved by an open session that it reaches', () => {
  const options = { window: session, graceMs: 0 };
  expect(drops(options, [95, 104, 93], ['k', 'clock', 'k'])).toEqual([0, 0, 0]);
  expect(drops(options, [95, 104, 93], ['other', 'clock', 'k'])).toEqual([0, 0, 1]);
});

test('sliding windows skip records without a value, the others count them', () => {
  const take = (options: WindowedCountOptions): number =>
    windowedCount(options).take({ key: 'k', eventMs: 5, hasValue: false, nowMs: 0 }, nowhere);
  expect(take({ window: { kind: 'sliding', differenceMs: 10 }, graceMs: 0 })).toBe(1);
  expect(take({ window: { kind: 'session', gapMs: 10 }, graceMs: 0 })).toBe(0);
  expect(take({ window: { kind: 'tumbling', sizeMs: 10 }, graceMs: 0 })).toBe(0);
});

test('a time difference of zero is accepted and stops the application at the first record', () => {
  expect(() => drops({ window: { kind: 'sliding', differenceMs: 0 }, graceMs: 0 }, [5])).toThrow(EngineStopped);
});

test('suppress lets a session go one moment before the aggregation closes it, so the edge has two "final" results', () => {
  const finals: string[] = [];
  const suppress = new Suppress(10, (w) => finals.push(`${w.startMs}..${w.endMs}: ${w.count}`));
  const count = windowedCount({ window: { kind: 'session', gapMs: 10 }, graceMs: 0 });
  const events: [string, number][] = [
    ['k', 100],
    ['clock', 110],
    ['k', 100],
  ];
  for (const [key, eventMs] of events) count.take({ key, eventMs, hasValue: true, nowMs: 0 }, suppress);
  expect(finals).toEqual(['100..100: 1', '100..100: 1']);
});
