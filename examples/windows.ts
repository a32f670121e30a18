/**
 * Counts per key in tumbling windows. A window stays open until the stream time, the highest event time seen so far, has
 * passed its end by a grace; what comes for it later is refused. Windows are aligned to the epoch.
 */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export interface Closed {
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Refused {
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** The record whose event time moved the stream time past the window's end and grace. */
  readonly closedBy: Place;
}

/** How many closings are remembered, so that a refusal can name its record; older ones are answered by the oldest. */
const maxClosings = 10_000;

export class TumblingCounts {
  readonly #sizeMs: number;
  readonly #graceMs: number;
  readonly #open = new Map<number, Map<string, number>>();
  /** The records that closed windows, with every window that ends by `untilMs` closed by then. Oldest first. */
  readonly #closings: { untilMs: number; by: Place }[] = [];
  #streamTimeMs = Number.NEGATIVE_INFINITY;

  constructor(options: { sizeMs: number; graceMs: number }) {
    this.#sizeMs = options.sizeMs;
    this.#graceMs = options.graceMs;
  }

  /** Counts one event, unless its window is closed; then says which record had closed it. */
  add(key: string, eventMs: number, place: Place): Refused | undefined {
    this.#advance(eventMs, place);
    const windowStartMs = Math.floor(eventMs / this.#sizeMs) * this.#sizeMs;
    const windowEndMs = windowStartMs + this.#sizeMs;
    if (windowEndMs + this.#graceMs <= this.#streamTimeMs) {
      return { windowStartMs, windowEndMs, closedBy: this.#whoClosed(windowEndMs) };
    }
    const counts = this.#open.get(windowStartMs) ?? new Map<string, number>();
    counts.set(key, (counts.get(key) ?? 0) + 1);
    this.#open.set(windowStartMs, counts);
    return undefined;
  }

  /** The windows that have closed since the last call, oldest first: their counts are final. */
  takeClosed(): Closed[] {
    const closed = [...this.#open.keys()].filter(
      (startMs) => startMs + this.#sizeMs + this.#graceMs <= this.#streamTimeMs,
    );
    return closed
      .sort((a, b) => a - b)
      .map((windowStartMs) => {
        const counts = Object.fromEntries(this.#open.get(windowStartMs) ?? []);
        this.#open.delete(windowStartMs);
        return { windowStartMs, windowEndMs: windowStartMs + this.#sizeMs, counts };
      });
  }

  #advance(eventMs: number, place: Place): void {
    if (eventMs <= this.#streamTimeMs) return;
    this.#streamTimeMs = eventMs;
    const untilMs = Math.floor((eventMs - this.#graceMs) / this.#sizeMs) * this.#sizeMs;
    const last = this.#closings.at(-1);
    if (last !== undefined && untilMs <= last.untilMs) return;
    this.#closings.push({ untilMs, by: place });
    if (this.#closings.length > maxClosings) this.#closings.shift();
  }

  #whoClosed(windowEndMs: number): Place {
    return this.#closings.find(({ untilMs }) => untilMs >= windowEndMs)!.by;
  }
}
