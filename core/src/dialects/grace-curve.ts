import { type WindowGrid, windowsClosed } from './windows.ts';

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
 * `grace <= x`. So each (record, window) pair counts for every grace up to its `x`: it is noted once, at the highest grace
 * that it still hurts, and summed up when the curve is asked for. A thousand graces cost as much as one.
 */
export class GraceCurve {
  readonly #grid: WindowGrid;
  /** Ascending. */
  readonly #gracesMs: Float64Array;
  readonly #droppedWindows: Float64Array;
  readonly #recordsWithDrop: Float64Array;
  readonly #recordsLost: Float64Array;
  /** The largest `x` of a record noted at each grace: what lies between two graces is known by its end. */
  readonly #neededMs: Float64Array;
  #records = 0;
  #observedMs = Number.NEGATIVE_INFINITY;

  constructor(grid: WindowGrid, gracesMs: readonly number[]) {
    this.#grid = grid;
    this.#gracesMs = Float64Array.from(new Set(gracesMs)).sort();
    const zeros = (): Float64Array => new Float64Array(this.#gracesMs.length);
    this.#droppedWindows = zeros();
    this.#recordsWithDrop = zeros();
    this.#recordsLost = zeros();
    this.#neededMs = zeros();
  }

  get records(): number {
    return this.#records;
  }

  /** The next record, where the highest event time so far judges. */
  take(eventMs: number): void {
    if (eventMs < this.#observedMs) {
      this.judge(eventMs, this.#observedMs);
      return;
    }
    this.#records++;
    this.#observedMs = eventMs;
  }

  /** The next record, where the engine has another clock: windows that end at or before `observedMs - grace` refuse it. */
  judge(eventMs: number, observedMs: number): void {
    this.#records++;
    // Every window ends after its records.
    if (eventMs >= observedMs) return;
    const { sizeMs, advanceMs } = this.#grid;
    const lastStartMs = this.#grid.lastStartMs(eventMs);
    const firstStartMs = this.#grid.firstStartMs(eventMs, lastStartMs);
    if (firstStartMs > lastStartMs) return;
    const at = this.#noteRecord(observedMs - firstStartMs - sizeMs);
    if (at < 0) return;
    const lost = this.#indexOf(observedMs - lastStartMs - sizeMs);
    if (lost >= 0) this.#recordsLost[lost]!++;
    if (firstStartMs === lastStartMs) this.#droppedWindows[at]!++;
    else if ((lastStartMs - firstStartMs) / advanceMs < at) {
      for (let s = firstStartMs; s <= lastStartMs; s += advanceMs) {
        const i = this.#indexOf(observedMs - s - sizeMs);
        if (i < 0) break;
        this.#droppedWindows[i]!++;
      }
    } else this.#noteManyWindows(eventMs, observedMs, at);
  }

  /** The next record, where it is judged by itself and not by its windows: refused by every grace up to `byMs`. */
  refuse(byMs: number): void {
    this.#records++;
    const at = this.#noteRecord(byMs);
    if (at < 0) return;
    this.#recordsLost[at]!++;
    this.#droppedWindows[at]!++;
  }

  points(): GracePoint[] {
    const droppedWindows = fromTheEnd(this.#droppedWindows);
    const recordsWithDrop = fromTheEnd(this.#recordsWithDrop);
    const recordsLost = fromTheEnd(this.#recordsLost);
    return Array.from(this.#gracesMs, (graceMs, at) => ({
      graceMs,
      droppedWindows: droppedWindows[at]!,
      recordsWithDrop: recordsWithDrop[at]!,
      recordsLost: recordsLost[at]!,
    }));
  }

  /**
   * The smallest grace, from the first of the curve on, that costs at most so many records a drop. To the millisecond for
   * none; else it may be too large by less than the step of the curve there.
   */
  graceFor(maxRecords: number): number {
    let records = 0;
    for (let at = this.#gracesMs.length - 1; at >= 0; at--) {
      records += this.#recordsWithDrop[at]!;
      if (records > maxRecords) return this.#neededMs[at]! + 1;
    }
    return this.#gracesMs[0] ?? 0;
  }

  #noteRecord(byMs: number): number {
    const at = this.#indexOf(byMs);
    if (at < 0) return at;
    this.#recordsWithDrop[at]!++;
    if (byMs > this.#neededMs[at]!) this.#neededMs[at] = byMs;
    return at;
  }

  /** More windows than graces: the graces are visited. */
  #noteManyWindows(eventMs: number, observedMs: number, until: number): void {
    let above = 0;
    for (let at = until; at >= 0; at--) {
      const closed = windowsClosed(this.#grid, eventMs, observedMs - this.#gracesMs[at]!);
      this.#droppedWindows[at]! += closed - above;
      above = closed;
    }
  }

  /** Of the highest grace that is not above; -1: all are. */
  #indexOf(ms: number): number {
    const graces = this.#gracesMs;
    let low = -1;
    let high = graces.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (graces[middle]! <= ms) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** The sum of each entry and all behind it. */
function fromTheEnd(counts: Float64Array): Float64Array {
  const sums = counts.slice();
  for (let at = sums.length - 2; at >= 0; at--) sums[at]! += sums[at + 1]!;
  return sums;
}
