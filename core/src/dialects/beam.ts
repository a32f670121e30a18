import { EventTimeWindows, type Firing } from './event-time-windows.ts';
import { beamGrid, type WindowShape } from './windows.ts';

export interface BeamWindowsOptions {
  readonly window: Exclude<WindowShape, { kind: 'sliding' }>;
  readonly outOfOrdernessMs: number;
  readonly allowedLatenessMs: number;
}

/**
 * Beam's windows behind a watermark of `max(event time) - outOfOrderness`, with the default trigger and a pane per late
 * record (`LateDataDroppingDoFnRunner`). Its watermark is exclusive: `W` itself may still come.
 *
 *     dropped from a window  <=>  end - 1 + allowedLateness < W
 *
 * For sessions that is the record's own window before any merging: unlike in Flink and Kafka Streams no open session
 * saves a late record, and sessions that only touch stay two.
 */
export class BeamWindows {
  readonly #windows: EventTimeWindows;
  readonly #outOfOrdernessMs: number;
  #highestMs = Number.NEGATIVE_INFINITY;

  constructor({ window, outOfOrdernessMs, allowedLatenessMs }: BeamWindowsOptions) {
    this.#outOfOrdernessMs = outOfOrdernessMs;
    this.#windows = new EventTimeWindows({
      allowedLatenessMs,
      windows:
        window.kind === 'session'
          ? { session: { gapMs: window.gapMs, touchingJoin: false, lateBy: 'ownWindow' } }
          : { grid: beamGrid(window) },
    });
  }

  /** Minus infinity before the first record. */
  get watermarkMs(): number {
    return this.#highestMs - this.#outOfOrdernessMs;
  }

  /** From how many windows the record was dropped; the sum is `droppedDueToLateness`. */
  take(key: string, eventMs: number, pane: Firing): number {
    const { refused } = this.#windows.take(key, eventMs, pane);
    if (eventMs > this.#highestMs) this.#highestMs = eventMs;
    this.#windows.advance(this.watermarkMs - 1, pane);
    return refused;
  }

  /** The end of the input closes what is open. */
  end(pane: Firing): void {
    this.#windows.advance(Number.POSITIVE_INFINITY, pane);
  }
}
