import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMs, records, runs, timeWindow } from '../../test/dialects/arbitraries.ts';
import { BeamWindows } from './beam.ts';
import type { Firing } from './event-time-windows.ts';
import { WindowOperator } from './flink/window-operator.ts';
import { windowedCount } from './kafka-streams/windowed-count.ts';
import { type LatePolicy, PlainWindows } from './plain.ts';
import { TimeWindowDrops } from './time-window-drops.ts';
import { beamGrid, flinkGrid, kafkaStreamsGrid, type TimeWindowShape, type WindowShape, windowsOf } from './windows.ts';

type Results = { at: number; cause: string; window: string }[];

const idOf = (w: { key: string; startMs: number; endMs: number; count: number }): string =>
  `${w.key} ${w.startMs}..${w.endMs}: ${w.count}`;
const sorted = (results: Results): Results =>
  results.sort((one, other) => one.at - other.at || (one.window < other.window ? -1 : 1));

/** Flink with a watermark per record, as a list of all windows that is gone through again for every record and watermark. */
function slowly(
  trace: readonly { key: string; eventMs: number }[],
  window: TimeWindowShape | { kind: 'session'; gapMs: number },
  boundMs: number,
  latenessMs: number,
) {
  let open: { key: string; startMs: number; endMs: number; count: number; fired: boolean }[] = [];
  let watermarkMs = Number.NEGATIVE_INFINITY;
  const results: Results = [];
  const late: boolean[] = [];
  const closed = (endMs: number): boolean => endMs - 1 + latenessMs <= watermarkMs;
  for (const [at, { key, eventMs }] of [...trace.entries(), [trace.length, { key: 'end', eventMs: 0 }] as const]) {
    if (at < trace.length) {
      let own = windowsAt(window, eventMs).map(([startMs, endMs]) => ({ key, startMs, endMs, count: 0, fired: false }));
      if (window.kind === 'session') {
        const [one] = own;
        const reached = open.filter((w) => w.key === key && w.startMs <= one!.endMs && w.endMs >= one!.startMs);
        const startMs = Math.min(one!.startMs, ...reached.map((w) => w.startMs));
        const endMs = Math.max(one!.endMs, ...reached.map((w) => w.endMs));
        const hull = { key, startMs, endMs, count: reached.reduce((sum, w) => sum + w.count, 0), fired: false };
        if (!closed(endMs)) open = open.filter((w) => !reached.includes(w));
        own = [hull];
      }
      const taken = own.filter((w) => !closed(w.endMs));
      late.push(taken.length === 0 && eventMs + latenessMs <= watermarkMs);
      for (const w of taken) {
        const known = open.find((one) => one.key === key && one.startMs === w.startMs && one.endMs === w.endMs);
        if (known === undefined) open.push(w);
        const counted = known ?? w;
        counted.count++;
        if (counted.endMs - 1 > watermarkMs) continue;
        counted.fired = true;
        results.push({ at, cause: 'element', window: idOf(counted) });
      }
    }
    watermarkMs = at < trace.length ? Math.max(watermarkMs, eventMs - boundMs - 1) : Number.POSITIVE_INFINITY;
    for (const w of open) {
      if (w.fired || w.endMs - 1 > watermarkMs) continue;
      w.fired = true;
      results.push({ at, cause: 'watermark', window: idOf(w) });
    }
    open = open.filter((w) => !closed(w.endMs));
  }
  return { results: sorted(results), late };
}

function windowsAt(window: TimeWindowShape | { kind: 'session'; gapMs: number }, eventMs: number): [number, number][] {
  if (window.kind === 'session') return [[eventMs, eventMs + window.gapMs]];
  const advanceMs = window.kind === 'hopping' ? window.advanceMs : window.sizeMs;
  const windows: [number, number][] = [];
  for (let s = -300 * advanceMs; s <= eventMs; s += advanceMs)
    if (eventMs < s + window.sizeMs) windows.push([s, s + window.sizeMs]);
  return windows;
}

const session = fc.integer({ min: 1, max: 20 }).map((gapMs) => ({ kind: 'session' as const, gapMs }));

test('Flink: results, their causes and late records, against going through all windows every time', () => {
  fc.assert(
    fc.property(
      records(-60),
      fc.oneof(timeWindow, session),
      durationMs,
      durationMs,
      (trace, window, boundMs, latenessMs) => {
        const operator = new WindowOperator({ window, allowedLatenessMs: latenessMs });
        const results: Results = [];
        let at = 0;
        const fired: Firing = (w, cause) => results.push({ at, cause, window: idOf(w) });
        let highestMs = Number.NEGATIVE_INFINITY;
        const late = trace.map(({ key, eventMs }, i) => {
          at = i;
          const isLate = operator.take(key, eventMs, fired);
          highestMs = Math.max(highestMs, eventMs);
          operator.advance(highestMs - boundMs - 1, fired);
          return isLate;
        });
        at = trace.length;
        operator.advance(Number.POSITIVE_INFINITY, fired);
        expect({ results: sorted(results), late }).toEqual(slowly(trace, window, boundMs, latenessMs));
      },
    ),
    runs,
  );
});

test('with a watermark per record, Flink, Beam and Kafka Streams refuse the same tumbling windows', () => {
  fc.assert(
    fc.property(
      records(),
      fc.integer({ min: 1, max: 30 }),
      durationMs,
      durationMs,
      (trace, sizeMs, boundMs, latenessMs) => {
        const window = { kind: 'tumbling', sizeMs } as const;
        const flink = new WindowOperator({ window, allowedLatenessMs: latenessMs });
        const beam = new BeamWindows({ window, outOfOrdernessMs: boundMs, allowedLatenessMs: latenessMs });
        const streams = windowedCount({ window, graceMs: boundMs + latenessMs });
        const drops = new TimeWindowDrops(kafkaStreamsGrid(window), boundMs + latenessMs);
        let highestMs = Number.NEGATIVE_INFINITY;
        for (const { key, eventMs } of trace) {
          const want = drops.take(eventMs);
          expect(flink.take(key, eventMs, () => {}) ? 1 : 0).toBe(want);
          expect(beam.take(key, eventMs, () => {})).toBe(want);
          const record = { key, eventMs, hasValue: true, nowMs: 0 };
          expect(streams.take(record, { updated: () => {}, removed: () => {} })).toBe(want);
          highestMs = Math.max(highestMs, eventMs);
          flink.advance(highestMs - boundMs - 1, () => {});
        }
      },
    ),
    runs,
  );
});

test('drop decisions alone are those of Beam and, where all windows refuse, of Flink', () => {
  fc.assert(
    fc.property(records(-60), timeWindow, durationMs, durationMs, (trace, window, boundMs, latenessMs) => {
      const beam = new BeamWindows({ window, outOfOrdernessMs: boundMs, allowedLatenessMs: latenessMs });
      const beamDrops = new TimeWindowDrops(beamGrid(window), boundMs + latenessMs);
      const flink = new WindowOperator({ window, allowedLatenessMs: latenessMs });
      const flinkDrops = new TimeWindowDrops(flinkGrid(window), boundMs + latenessMs);
      let highestMs = Number.NEGATIVE_INFINITY;
      for (const { key, eventMs } of trace) {
        expect(beam.take(key, eventMs, () => {})).toBe(beamDrops.take(eventMs));
        const allRefused = flinkDrops.take(eventMs) === windowsOf(flinkGrid(window), eventMs);
        expect(flink.take(key, eventMs, () => {})).toBe(allRefused);
        highestMs = Math.max(highestMs, eventMs);
        flink.advance(highestMs - boundMs - 1, () => {});
      }
    }),
    runs,
  );
});

function sessionsOf(
  take: (eventMs: number, fired: Firing) => void,
  end: (fired: Firing) => void,
  eventsMs: readonly number[],
): string[] {
  const last = new Map<string, string>();
  const fired: Firing = (w) => last.set(`${w.startMs}..${w.endMs}`, idOf(w));
  for (const eventMs of eventsMs) take(eventMs, fired);
  end(fired);
  return [...last.values()].sort();
}

test('a distance of exactly the gap is one session in Flink and two in Beam', () => {
  const window = { kind: 'session', gapMs: 10 } as const;
  const beam = new BeamWindows({ window, outOfOrdernessMs: 50, allowedLatenessMs: 0 });
  const flink = new WindowOperator({ window, allowedLatenessMs: 0 });
  const eventsMs = [100, 110];
  expect(
    sessionsOf(
      (ms, out) => beam.take('k', ms, out),
      (out) => beam.end(out),
      eventsMs,
    ),
  ).toEqual(['k 100..110: 1', 'k 110..120: 1']);
  expect(
    sessionsOf(
      (ms, out) => flink.take('k', ms, out),
      (out) => flink.advance(Number.POSITIVE_INFINITY, out),
      eventsMs,
    ),
  ).toEqual(['k 100..120: 2']);
});

const policies: {
  why: string;
  window: Exclude<WindowShape, { kind: 'sliding' }>;
  late: LatePolicy;
  eventsMs: number[];
  want: { drops: number[]; results: string[] };
}[] = [
  {
    why: 'drop: the result goes out when the window has ended, what comes later is lost',
    window: { kind: 'tumbling', sizeMs: 10 },
    late: { kind: 'drop' },
    eventsMs: [1, 5, 9, 10, 8],
    want: { drops: [0, 0, 0, 0, 1], results: ['3 k 0..10: 3', '5 k 10..20: 1'] },
  },
  {
    why: 'wait: the result is held back and the late record is in it',
    window: { kind: 'tumbling', sizeMs: 10 },
    late: { kind: 'wait', ms: 5 },
    eventsMs: [1, 10, 8, 15, 9],
    want: { drops: [0, 0, 0, 0, 1], results: ['3 k 0..10: 2', '5 k 10..20: 2'] },
  },
  {
    why: 'grace: the result goes out at once and again for the late record',
    window: { kind: 'tumbling', sizeMs: 10 },
    late: { kind: 'grace', ms: 5 },
    eventsMs: [1, 10, 8, 15, 9],
    want: { drops: [0, 0, 0, 0, 1], results: ['1 k 0..10: 1', '2 k 0..10: 2', '5 k 10..20: 2'] },
  },
  {
    why: 'a record can be lost to one of its hopping windows only',
    window: { kind: 'hopping', sizeMs: 10, advanceMs: 5 },
    late: { kind: 'drop' },
    eventsMs: [7, 11, 8],
    want: { drops: [0, 0, 1], results: ['1 k 0..10: 1', '3 k 10..20: 1', '3 k 5..15: 3'] },
  },
  {
    why: 'a session takes what reaches it while it is open',
    window: { kind: 'session', gapMs: 10 },
    late: { kind: 'drop' },
    eventsMs: [20, 25, 12, 50, 30],
    want: { drops: [0, 0, 0, 0, 1], results: ['3 k 12..35: 3', '5 k 50..60: 1'] },
  },
];

test.for(policies)('a plain consumer, $why', ({ window, late, eventsMs, want }) => {
  const windows = new PlainWindows({ window, late });
  const results: string[] = [];
  let at = 0;
  const result: Firing = (w) => results.push(`${at} ${idOf(w)}`);
  const drops = eventsMs.map((eventMs, i) => {
    at = i;
    return windows.take('k', eventMs, result);
  });
  at = eventsMs.length;
  windows.end(result);
  expect({ drops, results: results.sort() }).toEqual(want);
});
