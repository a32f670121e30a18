import type { WindowShape } from '../windows.ts';
import type { Aggregation } from './aggregation.ts';
import type { Emission } from './emission.ts';
import { SessionWindowCount } from './session-windows.ts';
import { SlidingWindowCount } from './sliding-windows.ts';
import { TimeWindowCount } from './time-windows.ts';

export interface WindowedCountOptions extends Partial<Emission> {
  readonly window: WindowShape;
  readonly graceMs: number;
}

/** The windowed count that Kafka Streams builds for a window; by default it sends every update on. */
export function windowedCount({ window, graceMs, ...given }: WindowedCountOptions): Aggregation {
  const emission: Emission = { emit: 'onWindowUpdate', emitIntervalMs: 1_000, ...given };
  switch (window.kind) {
    case 'tumbling':
    case 'hopping':
      return new TimeWindowCount({ window, graceMs, ...emission });
    case 'sliding':
      return new SlidingWindowCount({ differenceMs: window.differenceMs, graceMs, ...emission });
    case 'session':
      return new SessionWindowCount({ gapMs: window.gapMs, graceMs, ...emission });
  }
}

/** How long `suppress(untilWindowCloses)` holds a window back after its end. */
export function suppressionMs(window: WindowShape, graceMs: number): number {
  return window.kind === 'session' ? window.gapMs + graceMs : graceMs;
}
