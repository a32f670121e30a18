import type { Conditions } from './event-maker.ts';

export interface ProducerSettings {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly seed: number;
  readonly perSecond: number;
  /** Every event is held back for a random time up to this: 0 keeps them in order. */
  readonly maxDelayMs: number;
  /** Says its name in a header. */
  readonly named: boolean;
  /** Reaches every broker through it. */
  readonly proxy?: { readonly host: string; readonly port: number };
}

/** From the story to a producer. `finish`: make no more, deliver what is due, and end. */
export type Order = { readonly start: true } | { readonly under: Conditions } | { readonly finish: true };

/** From a producer to the story. */
export type Word = { readonly ready: true } | { readonly status: ProducerStatus };

export interface ProducerStatus {
  readonly made: number;
  readonly queued: number;
  readonly acknowledged: number;
  /** When the broker acknowledged last, by `Date.now()`. */
  readonly lastAckMs?: number;
  /** The longest time without an acknowledgement: the last one before it and the first one after. */
  readonly leftMs?: number;
  readonly returnedMs?: number;
  /** The longest that an event which was due had to wait until it was acknowledged. */
  readonly longestWaitMs: number;
}
