import { EventTimeWindows, type Firing, type Intake } from '../event-time-windows.ts';
import { flinkGrid, type WindowShape } from '../windows.ts';

export interface WindowOperatorOptions {
  readonly window: Exclude<WindowShape, { kind: 'sliding' }>;
  readonly allowedLatenessMs: number;
}

/**
 * Flink's `WindowOperator`. With `W`, the watermark when the record reaches it, and the allowed lateness `L`:
 *
 *     window refused  <=>  end - 1 + L <= W        (session: of the merged window)
 *     record late     <=>  all its windows refused  and  ts + L <= W
 *
 * A record that only some of its windows refuse is counted nowhere.
 */
export class WindowOperator {
  readonly #windows: EventTimeWindows;
  readonly #latenessMs: number;

  constructor({ window, allowedLatenessMs }: WindowOperatorOptions) {
    this.#latenessMs = allowedLatenessMs;
    this.#windows = new EventTimeWindows({
      allowedLatenessMs,
      windows:
        window.kind === 'session'
          ? { session: { gapMs: window.gapMs, touchingJoin: true, lateBy: 'mergedSession' } }
          : { grid: flinkGrid(window) },
    });
  }

  /** What became of the last record, window by window; only lent until the next. */
  get intake(): Readonly<Intake> {
    return this.#windows.intake;
  }

  get watermarkMs(): number {
    return this.#windows.watermarkMs;
  }

  /** True: late, so it goes to the side output; without one it raises `numLateRecordsDropped`. */
  take(key: string, eventMs: number, fired: Firing): boolean {
    const { assigned, refused } = this.#windows.take(key, eventMs, fired);
    return refused === assigned && eventMs + this.#latenessMs <= this.watermarkMs;
  }

  advance(watermarkMs: number, fired: Firing): void {
    this.#windows.advance(watermarkMs, fired);
  }
}
