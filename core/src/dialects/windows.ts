/**
 * Which windows a record falls into. An engine differs from the next by where its windows start and by how sessions
 * join, never by more; the rest of the dialects stands on these shapes.
 */
export type TimeWindowShape =
  | { readonly kind: 'tumbling'; readonly sizeMs: number; readonly offsetMs?: number }
  | { readonly kind: 'hopping'; readonly sizeMs: number; readonly advanceMs: number; readonly offsetMs?: number };

export type WindowShape =
  | TimeWindowShape
  | { readonly kind: 'sliding'; readonly differenceMs: number }
  | { readonly kind: 'session'; readonly gapMs: number };

/**
 * One window of one key and what it has counted. Mutable: it lives in a store and grows there, so whoever is handed one
 * copies what must outlast the call.
 */
export interface WindowCount {
  readonly key: string;
  readonly startMs: number;
  /** Exclusive or inclusive as the engine has it: sliding and session windows of Kafka Streams end with their last record. */
  readonly endMs: number;
  count: number;
  /** The highest event time counted. */
  latestMs: number;
  /** False once its store has let go of it. */
  live: boolean;
}

/**
 * The windows `[s, s + size)` of an event time: `s` runs from `firstStartMs` to `lastStartMs` in steps of `advanceMs`.
 * There are none where the first lies behind the last (windows with gaps between them).
 */
export interface WindowGrid {
  readonly sizeMs: number;
  readonly advanceMs: number;
  lastStartMs(eventMs: number): number;
  firstStartMs(eventMs: number, lastStartMs: number): number;
}

function steps(shape: TimeWindowShape): { sizeMs: number; advanceMs: number; offsetMs: number } {
  const advanceMs = shape.kind === 'tumbling' ? shape.sizeMs : shape.advanceMs;
  return { sizeMs: shape.sizeMs, advanceMs, offsetMs: shape.offsetMs ?? 0 };
}

/** Kafka Streams (`TimeWindows.windowsFor`): no window starts below zero. Event times are never negative there. */
export function kafkaStreamsGrid(shape: TimeWindowShape): WindowGrid {
  const { sizeMs, advanceMs } = steps(shape);
  const lead = sizeMs - advanceMs;
  return {
    sizeMs,
    advanceMs,
    lastStartMs: (eventMs) => eventMs - (eventMs % advanceMs),
    firstStartMs: (eventMs, lastStartMs) =>
      lead === 0 ? lastStartMs : Math.floor(Math.max(0, eventMs - lead) / advanceMs) * advanceMs,
  };
}

/** Flink (`TimeWindow.getWindowStartWithOffset`): floor division, so negative times are nothing special. */
export function flinkGrid(shape: TimeWindowShape): WindowGrid {
  const { sizeMs, advanceMs, offsetMs } = steps(shape);
  return {
    sizeMs,
    advanceMs,
    lastStartMs: (eventMs) => Math.floor((eventMs - offsetMs) / advanceMs) * advanceMs + offsetMs,
    firstStartMs: (eventMs, lastStartMs) => firstAbove(eventMs - sizeMs, lastStartMs, advanceMs),
  };
}

/**
 * Beam (`FixedWindows`, `SlidingWindows`): a remainder towards zero, so an event time below `-advance` gets the window
 * after its own.
 */
export function beamGrid(shape: TimeWindowShape): WindowGrid {
  const { sizeMs, advanceMs, offsetMs } = steps(shape);
  const fixed = shape.kind === 'tumbling';
  return {
    sizeMs,
    advanceMs,
    lastStartMs: (eventMs) => eventMs - ((eventMs + advanceMs - offsetMs) % advanceMs),
    firstStartMs: (eventMs, lastStartMs) =>
      fixed ? lastStartMs : firstAbove(eventMs - sizeMs, lastStartMs, advanceMs),
  };
}

/** The smallest start above `floorMs` on the grid of `lastStartMs`; beyond the last if there is none. */
function firstAbove(floorMs: number, lastStartMs: number, advanceMs: number): number {
  return lastStartMs - (Math.ceil((lastStartMs - floorMs) / advanceMs) - 1) * advanceMs;
}

/** How many windows of an event time end at or before `closeMs`: counted, not visited. */
export function windowsClosed(grid: WindowGrid, eventMs: number, closeMs: number): number {
  const last = grid.lastStartMs(eventMs);
  if (last + grid.sizeMs <= closeMs) return windowsOf(grid, eventMs);
  const first = grid.firstStartMs(eventMs, last);
  const latestClosed = closeMs - grid.sizeMs;
  return latestClosed < first ? 0 : Math.floor((latestClosed - first) / grid.advanceMs) + 1;
}

/** How many windows an event time falls into. */
export function windowsOf(grid: WindowGrid, eventMs: number): number {
  const last = grid.lastStartMs(eventMs);
  return Math.max(0, (last - grid.firstStartMs(eventMs, last)) / grid.advanceMs + 1);
}
