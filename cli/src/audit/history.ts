import type { audit } from '@tidemark/core';

/** What there is in a history, known before the first record is read. */
export interface HistoryShape {
  readonly name: string;
  readonly hasKeys: boolean;
  readonly appendTimes: 'broker' | 'modelled';
  readonly choices: readonly audit.TimeChoice[];
  /** Which order of arrival was taken, and on what ground. */
  readonly order: string;
  /** What is assumed and missing, each a sentence. */
  readonly notes: readonly string[];
}

export interface History {
  readonly shape: HistoryShape;
  /** Whether the directory has all partitions before the first record. */
  readonly placesKnown: boolean;
  /** Every record in the order of arrival; the object is filled again with each. May be called again: it reads anew. */
  read(take: (record: audit.Audited) => void): Promise<HistoryTally>;
}

/** What was passed over, by reason; and the first few of each, for a person to look at. */
export interface HistoryTally {
  readonly records: number;
  readonly bytes: number;
  readonly skipped: { readonly [reason: string]: Skipped };
  /** Not all of it was read: what part is covered. */
  readonly incomplete?: string;
}

export interface Skipped {
  readonly count: number;
  readonly examples: readonly string[];
}

const maxExamples = 3;

export class Tally {
  records = 0;
  bytes = 0;
  readonly #skipped: { [reason: string]: { count: number; examples: string[] } } = {};

  skip(reason: string, example: () => string, count = 1): void {
    const of = (this.#skipped[reason] ??= { count: 0, examples: [] });
    of.count += count;
    if (of.examples.length < maxExamples) of.examples.push(example());
  }

  result(incomplete?: string): HistoryTally {
    const { records, bytes } = this;
    return { records, bytes, skipped: this.#skipped, ...(incomplete === undefined ? {} : { incomplete }) };
  }
}

/** What stops an audit before it has an answer: said without a stack, with the cure. */
export class HistoryFault extends Error {}

const lastMsOf2262 = 9_223_372_036_854;

/** Why a time cannot be judged by; undefined: it can. Negative ones are for the engine to decide, but for Kafka's "none". */
export function timeFault(eventMs: number): string | undefined {
  if (!Number.isSafeInteger(eventMs)) return 'the time is not a whole number of milliseconds (see --time-unit)';
  if (eventMs > lastMsOf2262) return 'the time is after the year 2262 (see --time-unit)';
  return undefined;
}
