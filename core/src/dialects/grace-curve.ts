import { type WindowGrid, windowsClosed, windowsOf } from './windows.ts';

export interface GracePoint {
  readonly graceMs: number;
  /** Refused (record, window) pairs, as Kafka Streams and Beam count them. */
  readonly droppedWindows: number;
  /** Records that at least one of their windows refuses. */
  readonly recordsWithDrop: number;
  /** Records that all of their windows refuse, as Flink counts them. */
  readonly recordsLost: number;
}

/**
 * How many records each grace would have cost, all graces in one pass. Stream time does not depend on the grace: with
 * `O`, the highest event time so far, a window that ended `x = O - end` ago refuses the record exactly when
 * `grace <= x`. So each late record adds one to every grace up to its `x`.
 */
export class GraceCurve {
  readonly #grid: WindowGrid;
  /** Ascending. */
  readonly #gracesMs: readonly number[];
  readonly #droppedWindows: number[];
  readonly #recordsWithDrop: number[];
  readonly #recordsLost: number[];
  #records = 0;
  #observedMs = Number.NEGATIVE_INFINITY;

  constructor(grid: WindowGrid, gracesMs: readonly number[]) {
    this.#grid = grid;
    this.#gracesMs = [...new Set(gracesMs)].sort((one, other) => one - other);
    const zeros = (): number[] => this.#gracesMs.map(() => 0);
    this.#droppedWindows = zeros();
    this.#recordsWithDrop = zeros();
    this.#recordsLost = zeros();
  }

  get records(): number {
    return this.#records;
  }

  take(eventMs: number): void {
    this.#records++;
    if (eventMs >= this.#observedMs) {
      this.#observedMs = eventMs;
      return;
    }
    const all = windowsOf(this.#grid, eventMs);
    for (const [at, graceMs] of this.#gracesMs.entries()) {
      const closed = windowsClosed(this.#grid, eventMs, this.#observedMs - graceMs);
      if (closed === 0) break;
      this.#droppedWindows[at]! += closed;
      this.#recordsWithDrop[at]!++;
      if (closed === all) this.#recordsLost[at]!++;
    }
  }

  points(): GracePoint[] {
    return this.#gracesMs.map((graceMs, at) => ({
      graceMs,
      droppedWindows: this.#droppedWindows[at]!,
      recordsWithDrop: this.#recordsWithDrop[at]!,
      recordsLost: this.#recordsLost[at]!,
    }));
  }
}
