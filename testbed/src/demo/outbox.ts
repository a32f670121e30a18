import type { DemoEvent } from './event-maker.ts';

/** What a producer has made and the broker has not acknowledged. A batch stays the same until it is acknowledged. */
export class Outbox {
  readonly #maxBatch: number;
  #waiting: DemoEvent[] = [];
  #batch: readonly DemoEvent[] = [];

  constructor(options: { maxBatch: number }) {
    this.#maxBatch = options.maxBatch;
  }

  get queued(): number {
    return this.#waiting.length + this.#batch.length;
  }

  add(events: readonly DemoEvent[]): void {
    for (const event of events) this.#waiting.push(event);
  }

  /** The batch to deliver now: the one that was not acknowledged yet, else the next that are due, in order of dueness. */
  batch(nowMs: number): readonly DemoEvent[] {
    if (this.#batch.length > 0) return this.#batch;
    const due = this.#waiting.filter((event) => event.sendAtMs <= nowMs).sort((a, b) => a.sendAtMs - b.sendAtMs);
    this.#batch = due.slice(0, this.#maxBatch);
    const taken = new Set(this.#batch);
    if (taken.size > 0) this.#waiting = this.#waiting.filter((event) => !taken.has(event));
    return this.#batch;
  }

  acknowledge(): void {
    this.#batch = [];
  }

  /** Gives up what is not due yet: the story is over. */
  forget(nowMs: number): void {
    this.#waiting = this.#waiting.filter((event) => event.sendAtMs <= nowMs);
  }
}
