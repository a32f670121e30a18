import { type WindowGrid, windowsClosed } from './windows.ts';

/**
 * Drop decisions alone, for tumbling and hopping windows: no windows, no keys, one number of state. With `O`, the highest
 * event time so far, a window is refused exactly when `end <= O - grace`. That is Kafka Streams with its grace, and Flink
 * and Beam with a watermark per record and `grace = outOfOrderness + allowedLateness`.
 */
export class TimeWindowDrops {
  readonly #grid: WindowGrid;
  readonly #graceMs: number;
  /** `O - grace`. */
  #closeMs = Number.NEGATIVE_INFINITY;

  constructor(grid: WindowGrid, graceMs: number) {
    this.#grid = grid;
    this.#graceMs = graceMs;
  }

  /** By how many of its windows the record is refused. Records without a key never get here. */
  take(eventMs: number): number {
    const closeMs = eventMs - this.#graceMs;
    if (closeMs > this.#closeMs) this.#closeMs = closeMs;
    // Every window of a record ends after the record, so one that is not older than the close is in time for all.
    return eventMs >= this.#closeMs ? 0 : windowsClosed(this.#grid, eventMs, this.#closeMs);
  }

  /** Kafka Streams does not restore this with a restart: late records are in time again until a younger one has come. */
  restart(): void {
    this.#closeMs = Number.NEGATIVE_INFINITY;
  }
}
