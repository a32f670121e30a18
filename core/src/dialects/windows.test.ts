import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs, timeWindow } from '../../test/dialects/arbitraries.ts';
import {
  beamGrid,
  flinkGrid,
  kafkaStreamsGrid,
  type TimeWindowShape,
  type WindowGrid,
  windowsClosed,
  windowsOf,
} from './windows.ts';

function startsOf(grid: WindowGrid, eventMs: number): number[] {
  const starts: number[] = [];
  const last = grid.lastStartMs(eventMs);
  for (let s = grid.firstStartMs(eventMs, last); s <= last; s += grid.advanceMs) starts.push(s + 0);
  return starts;
}

test.for([
  { why: 'aligned to the epoch', grid: kafkaStreamsGrid({ kind: 'tumbling', sizeMs: 10 }), eventMs: 25, want: [20] },
  {
    why: 'the start belongs to the window',
    grid: kafkaStreamsGrid({ kind: 'tumbling', sizeMs: 10 }),
    eventMs: 20,
    want: [20],
  },
  {
    why: 'Kafka Streams: no window starts below zero',
    grid: kafkaStreamsGrid({ kind: 'hopping', sizeMs: 10, advanceMs: 4 }),
    eventMs: 5,
    want: [0, 4],
  },
  {
    why: 'Flink: windows start below zero like any others',
    grid: flinkGrid({ kind: 'hopping', sizeMs: 10, advanceMs: 4 }),
    eventMs: 5,
    want: [-4, 0, 4],
  },
  {
    why: 'Flink: negative times divide downwards',
    grid: flinkGrid({ kind: 'tumbling', sizeMs: 10 }),
    eventMs: -11,
    want: [-20],
  },
  {
    why: 'Flink: an offset moves the grid',
    grid: flinkGrid({ kind: 'tumbling', sizeMs: 10, offsetMs: -2 }),
    eventMs: 18,
    want: [18],
  },
  {
    why: 'Flink: between windows with gaps there is none',
    grid: flinkGrid({ kind: 'hopping', sizeMs: 3, advanceMs: 10 }),
    eventMs: 5,
    want: [],
  },
  {
    why: 'Beam: below minus the size, the window after its own',
    grid: beamGrid({ kind: 'tumbling', sizeMs: 10 }),
    eventMs: -11,
    want: [-10],
  },
  {
    why: 'Beam: from minus the size on as everywhere',
    grid: beamGrid({ kind: 'tumbling', sizeMs: 10 }),
    eventMs: -10,
    want: [-10],
  },
])('$why', ({ grid, eventMs, want }) => expect(startsOf(grid, eventMs)).toEqual(want));

/** `TimeWindows.windowsFor`, as written there. */
function windowsFor({ sizeMs, advanceMs }: { sizeMs: number; advanceMs: number }, eventMs: number): number[] {
  const starts: number[] = [];
  let start = Math.trunc(Math.max(0, eventMs - sizeMs + advanceMs) / advanceMs) * advanceMs;
  for (; start <= eventMs; start += advanceMs) starts.push(start);
  return starts;
}

/** `SlidingEventTimeWindows.assignWindows`, as written there. */
function assignWindows(
  { sizeMs, advanceMs, offsetMs }: { sizeMs: number; advanceMs: number; offsetMs: number },
  eventMs: number,
): number[] {
  const remainder = (eventMs - offsetMs) % advanceMs;
  const starts: number[] = [];
  for (let s = eventMs - (remainder < 0 ? remainder + advanceMs : remainder); s > eventMs - sizeMs; s -= advanceMs)
    starts.unshift(s + 0);
  return starts;
}

const advanceOf = (shape: TimeWindowShape): number => (shape.kind === 'hopping' ? shape.advanceMs : shape.sizeMs);

test('the windows of Kafka Streams, one by one', () => {
  fc.assert(
    fc.property(timeWindow, fc.nat(500), (shape, eventMs) => {
      const want = windowsFor({ sizeMs: shape.sizeMs, advanceMs: advanceOf(shape) }, eventMs);
      expect(startsOf(kafkaStreamsGrid(shape), eventMs)).toEqual(want);
    }),
    runs,
  );
});

const gappy = fc
  .record({
    sizeMs: fc.integer({ min: 1, max: 30 }),
    advanceMs: fc.integer({ min: 1, max: 30 }),
    offset: fc.double({ min: -0.99, max: 0.99, noNaN: true }),
  })
  .map(({ sizeMs, advanceMs, offset }) => ({
    kind: 'hopping' as const,
    sizeMs,
    advanceMs,
    offsetMs: Math.trunc(offset * advanceMs),
  }));

test('the windows of Flink, one by one, with gaps and offsets', () => {
  fc.assert(
    fc.property(gappy, fc.integer({ min: -200, max: 200 }), (shape, eventMs) => {
      expect(startsOf(flinkGrid(shape), eventMs)).toEqual(assignWindows(shape, eventMs));
    }),
    runs,
  );
});

test('counted windows are the ones that a visit finds', () => {
  const grid = fc.oneof(timeWindow.map(kafkaStreamsGrid), gappy.map(flinkGrid), timeWindow.map(beamGrid));
  fc.assert(
    fc.property(grid, fc.nat(300), fc.integer({ min: -50, max: 400 }), (one, eventMs, closeMs) => {
      const starts = startsOf(one, eventMs);
      expect(windowsOf(one, eventMs)).toBe(starts.length);
      expect(windowsClosed(one, eventMs, closeMs)).toBe(starts.filter((s) => s + one.sizeMs <= closeMs).length);
    }),
    runs,
  );
});
