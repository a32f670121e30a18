import { type WindowGrid, windowsClosed } from '../dialects/windows.ts';

interface Waiting {
  readonly place: number;
  readonly eventMs: number;
  readonly arrivalMs: number;
  /** The highest of its own partition up to it: there the order is fixed. */
  readonly ownMs: number;
  leastMs: number;
}

/**
 * The fewest and the most (record, window) pairs that a task of several partitions refuses, in whichever order it took them:
 * `dropInterval` as a fold. A record is taken between its arrival and so long after it; records must come by arrival. What
 * waits is what arrived within that time, so memory does not grow with the history.
 */
export class OrderBounds {
  readonly #grid: WindowGrid;
  readonly #graceMs: number;
  readonly #withinMs: number;
  /** By arrival; the first ones may be surely before what comes now. */
  #queue: Waiting[] = [];
  #sure = 0;
  #judged = 0;
  readonly #sureMs: number[] = [];
  readonly #possibleMs: number[] = [];
  readonly #ownMs: number[] = [];
  #least = 0;
  #most = 0;

  constructor(options: { readonly grid: WindowGrid; readonly graceMs: number; readonly withinMs: number }) {
    this.#grid = options.grid;
    this.#graceMs = options.graceMs;
    this.#withinMs = options.withinMs;
  }

  take(place: number, eventMs: number, arrivalMs: number): void {
    this.#judgeUntil(arrivalMs);
    while (this.#sure < this.#queue.length && this.#queue[this.#sure]!.arrivalMs + this.#withinMs < arrivalMs) {
      const { place, eventMs } = this.#queue[this.#sure++]!;
      raise(this.#sureMs, place, eventMs);
    }
    raise(this.#ownMs, place, eventMs);
    const ownMs = this.#ownMs[place]!;
    let leastMs = ownMs;
    for (const ms of this.#sureMs) if (ms > leastMs) leastMs = ms;
    this.#queue.push({ place, eventMs, arrivalMs, ownMs, leastMs });
    raise(this.#possibleMs, place, eventMs);
    if (this.#judged > 4_096 && this.#sure > 4_096) this.#compact();
  }

  end(): { readonly least: number; readonly most: number } {
    this.#judgeUntil(Number.POSITIVE_INFINITY);
    return { least: this.#least, most: this.#most };
  }

  /** All that can have come before them has come: what arrives now arrives too late for that. */
  #judgeUntil(arrivalMs: number): void {
    while (this.#judged < this.#queue.length) {
      const record = this.#queue[this.#judged]!;
      if (record.arrivalMs + this.#withinMs >= arrivalMs) return;
      this.#judged++;
      let mostMs = record.ownMs;
      for (const [place, ms] of this.#possibleMs.entries()) if (place !== record.place && ms > mostMs) mostMs = ms;
      this.#least += windowsClosed(this.#grid, record.eventMs, record.leastMs - this.#graceMs);
      this.#most += windowsClosed(this.#grid, record.eventMs, mostMs - this.#graceMs);
    }
  }

  #compact(): void {
    const done = Math.min(this.#judged, this.#sure);
    this.#queue = this.#queue.slice(done);
    this.#judged -= done;
    this.#sure -= done;
  }
}

function raise(highest: number[], place: number, eventMs: number): void {
  while (highest.length <= place) highest.push(Number.NEGATIVE_INFINITY);
  if (eventMs > highest[place]!) highest[place] = eventMs;
}
