import { EventTimeWindows, type Firing } from './event-time-windows.ts';
import { flinkGrid, type WindowShape } from './windows.ts';

/**
 * What a consumer without an engine does about late records. `drop`: a result goes out when its window has ended, what
 * comes later is lost. `wait`: the result is held back, so less is lost and everybody waits. `grace`: the result goes out
 * at once and again for every record that still comes.
 *
 *     window ends        + ms
 *     |------------------|
 *     drop   result, rest lost
 *     wait               result, rest lost
 *     grace  result, result, result, rest lost
 */
export type LatePolicy =
  | { readonly kind: 'drop' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'grace'; readonly ms: number };

export interface PlainWindowsOptions {
  readonly window: Exclude<WindowShape, { kind: 'sliding' }>;
  readonly late: LatePolicy;
}

/**
 * Windows of a consumer that keeps them itself, by stream time `S`, the highest event time processed:
 *
 *     result due      <=>  end + wait <= S
 *     window refused  <=>  end + wait + grace <= S
 */
export class PlainWindows {
  readonly #windows: EventTimeWindows;
  readonly #waitMs: number;
  #streamTimeMs = Number.NEGATIVE_INFINITY;

  constructor({ window, late }: PlainWindowsOptions) {
    this.#waitMs = late.kind === 'wait' ? late.ms : 0;
    this.#windows = new EventTimeWindows({
      allowedLatenessMs: late.kind === 'grace' ? late.ms : 0,
      windows:
        window.kind === 'session'
          ? { session: { gapMs: window.gapMs, touchingJoin: true, lateBy: 'mergedSession' } }
          : { grid: flinkGrid(window) },
    });
  }

  /** How many of its windows refused the record. */
  take(key: string, eventMs: number, result: Firing): number {
    const { refused } = this.#windows.take(key, eventMs, result);
    if (eventMs > this.#streamTimeMs) {
      this.#streamTimeMs = eventMs;
      this.#windows.advance(eventMs - this.#waitMs - 1, result);
    }
    return refused;
  }

  /** The stream has ended: what is open is due. */
  end(result: Firing): void {
    this.#windows.advance(Number.POSITIVE_INFINITY, result);
  }
}
