import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMs, records, runs, timeWindow } from '../../../test/dialects/arbitraries.ts';
import { GraceCurve } from '../grace-curve.ts';
import { TimeWindowDrops } from '../time-window-drops.ts';
import { kafkaStreamsGrid, type WindowCount } from '../windows.ts';
import { nowhere } from './aggregation.ts';
import { Suppress } from './suppress.ts';
import { windowedCount } from './windowed-count.ts';

const at = (key: string, eventMs: number) => ({ key, eventMs, hasValue: true, nowMs: 0 });

/** Every window that could ever be, asked one by one; the counts by going through all records again. */
function slowly(
  trace: readonly { key: string; eventMs: number }[],
  shape: { sizeMs: number; advanceMs: number },
  graceMs: number,
) {
  const counted: { key: string; startMs: number }[] = [];
  return trace.map(({ key, eventMs }, i) => {
    const observedMs = Math.max(...trace.slice(0, i + 1).map((record) => record.eventMs));
    const updates: [string, number, number][] = [];
    let drops = 0;
    for (let startMs = 0; startMs <= eventMs; startMs += shape.advanceMs) {
      if (eventMs >= startMs + shape.sizeMs) continue;
      if (startMs + shape.sizeMs <= observedMs - graceMs) {
        drops++;
        continue;
      }
      counted.push({ key, startMs });
      updates.push([key, startMs, counted.filter((one) => one.key === key && one.startMs === startMs).length]);
    }
    return { drops, updates };
  });
}

test('updates and drops, against counting everything again for every record', () => {
  fc.assert(
    fc.property(records(), timeWindow, durationMs, (trace, window, graceMs) => {
      const count = windowedCount({ window, graceMs });
      const got = trace.map(({ key, eventMs }) => {
        const updates: [string, number, number][] = [];
        const sink = { ...nowhere, updated: (w: Readonly<WindowCount>) => updates.push([w.key, w.startMs, w.count]) };
        return { drops: count.take(at(key, eventMs), sink), updates };
      });
      const advanceMs = window.kind === 'hopping' ? window.advanceMs : window.sizeMs;
      expect(got).toEqual(slowly(trace, { sizeMs: window.sizeMs, advanceMs }, graceMs));
    }),
    runs,
  );
});

test('drop decisions alone are those of the count, without its windows', () => {
  fc.assert(
    fc.property(records(), timeWindow, durationMs, (trace, window, graceMs) => {
      const count = windowedCount({ window, graceMs });
      const drops = new TimeWindowDrops(kafkaStreamsGrid(window), graceMs);
      for (const { key, eventMs } of trace) expect(drops.take(eventMs)).toBe(count.take(at(key, eventMs), nowhere));
    }),
    runs,
  );
});

test('the grace curve is what each grace would have cost on its own', () => {
  fc.assert(
    fc.property(
      records(),
      timeWindow,
      fc.array(durationMs, { minLength: 1, maxLength: 6 }),
      (trace, window, graces) => {
        const grid = kafkaStreamsGrid(window);
        const curve = new GraceCurve(grid, graces);
        for (const { eventMs } of trace) curve.take(eventMs);
        const want = [...new Set(graces)]
          .sort((one, other) => one - other)
          .map((graceMs) => {
            const count = windowedCount({ window, graceMs });
            const drops = trace.map(({ key, eventMs }) => {
              let kept = 0;
              const dropped = count.take(at(key, eventMs), { ...nowhere, updated: () => kept++ });
              return { dropped, kept };
            });
            return {
              graceMs,
              droppedWindows: drops.reduce((sum, { dropped }) => sum + dropped, 0),
              recordsWithDrop: drops.filter(({ dropped }) => dropped > 0).length,
              recordsLost: drops.filter(({ kept }) => kept === 0).length,
            };
          });
        expect(curve.points()).toEqual(want);
      },
    ),
    runs,
  );
});

test('suppress lets every window go exactly once, with its last count, when the grace has passed', () => {
  fc.assert(
    fc.property(records(), timeWindow, durationMs, (trace, window, graceMs) => {
      const finals = new Map<string, number>();
      const last = new Map<string, number>();
      const idOf = (w: Readonly<WindowCount>): string => `${w.startMs} ${w.key}`;
      let observedMs = 0;
      const suppress = new Suppress(graceMs, (w) => {
        expect(finals.has(idOf(w))).toBe(false);
        expect(w.endMs).toBeLessThanOrEqual(observedMs - graceMs);
        finals.set(idOf(w), w.count);
      });
      const count = windowedCount({ window, graceMs });
      for (const { key, eventMs } of [...trace, { key: 'end', eventMs: 1_000 }]) {
        observedMs = Math.max(observedMs, eventMs);
        count.take(at(key, eventMs), {
          ...nowhere,
          updated: (w) => {
            last.set(idOf(w), w.count);
            suppress.updated(w);
          },
        });
      }
      for (const id of last.keys()) if (id.endsWith(' end')) last.delete(id);
      expect(finals).toEqual(last);
    }),
    runs,
  );
});

test.for([
  { why: 'equality is too late', eventsMs: [0, 12, 9], graceMs: 2, want: [0, 0, 1] },
  { why: 'one less is in time', eventsMs: [0, 11, 9], graceMs: 2, want: [0, 0, 0] },
  {
    why: 'a record is judged by the highest time, not by the last',
    eventsMs: [0, 40, 30, 9],
    graceMs: 0,
    want: [0, 0, 1, 1],
  },
])('tumbling windows of 10 ms: $why', ({ eventsMs, graceMs, want }) => {
  const count = windowedCount({ window: { kind: 'tumbling', sizeMs: 10 }, graceMs });
  expect(eventsMs.map((eventMs) => count.take(at('k', eventMs), nowhere))).toEqual(want);
});

test('after a restart late records are accepted until a younger one has come', () => {
  const count = windowedCount({ window: { kind: 'tumbling', sizeMs: 10 }, graceMs: 0 });
  const take = (eventMs: number): number => count.take(at('k', eventMs), nowhere);
  expect([take(0), take(50), take(1)]).toEqual([0, 0, 1]);
  count.restart();
  expect([take(2), take(30), take(3)]).toEqual([0, 0, 1]);
});

test('onWindowClose never emits a window whose closing record lies too far ahead', () => {
  const finals = (eventsMs: number[]): number[] => {
    const count = windowedCount({
      window: { kind: 'tumbling', sizeMs: 10 },
      graceMs: 2,
      emit: 'onWindowClose',
      emitIntervalMs: 0,
    });
    const starts: number[] = [];
    for (const eventMs of eventsMs)
      count.take(at('k', eventMs), { ...nowhere, updated: (w) => starts.push(w.startMs) });
    return starts;
  };
  expect(finals([0, 5, 12])).toEqual([0]);
  expect(finals([0, 5, 23])).toEqual([]);
});
