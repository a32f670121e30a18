import { Random } from './random.ts';

export interface DemoEvent {
  readonly key: string;
  readonly partition: number;
  /** Creation time by the producer's clock. */
  readonly timestampMs: number;
  /** When it may be sent, by the true clock. */
  readonly sendAtMs: number;
  readonly value: string;
}

export interface Conditions {
  /** Makes no events. */
  readonly idle: boolean;
  /** How far the producer's clock is ahead. */
  readonly clockAheadMs: number;
}

const keys = 8;

/** What a producer has to say: sensor readings at a steady pace that is never quite regular. */
export class EventMaker {
  readonly #random: Random;
  readonly #options: { name: string; perSecond: number; partitions: number; maxDelayMs: number };
  #made = 0;
  #nextMs: number | undefined;

  constructor(options: { name: string; seed: number; perSecond: number; partitions: number; maxDelayMs: number }) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  /** The events that have become due since the last call. */
  make(nowMs: number, conditions: Conditions): DemoEvent[] {
    const events: DemoEvent[] = [];
    this.#nextMs ??= nowMs;
    while (this.#nextMs <= nowMs) {
      if (!conditions.idle) events.push(this.#event(nowMs, conditions.clockAheadMs));
      this.#nextMs += (1_000 / this.#options.perSecond) * (0.5 + this.#random.next());
    }
    return events;
  }

  #event(nowMs: number, clockAheadMs: number): DemoEvent {
    const sensor = this.#random.between(1, keys);
    const number = this.#made++;
    return {
      key: `sensor-${sensor}`,
      partition: sensor % this.#options.partitions,
      timestampMs: nowMs + clockAheadMs,
      sendAtMs: nowMs + Math.floor(this.#random.next() * this.#options.maxDelayMs),
      value: JSON.stringify({ by: this.#options.name, number, celsius: this.#random.between(180, 240) / 10 }),
    };
  }
}
