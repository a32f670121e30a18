import type { BoundedInstant, Interval } from './interval.ts';
import type { Culprit, TopicPartition } from './report.ts';
import type { Source } from './source.ts';

/** Why records are late: the kinds of `docs/concepts.md`. */
export const verdictKinds = [
  'producerCutOff',
  'brokerOutage',
  'clockAhead',
  'clockBehind',
  'consumerInterleave',
  'repartition',
  'backfill',
  'outOfOrderSource',
  'ordinary',
  'undecided',
] as const;
export type VerdictKind = (typeof verdictKinds)[number];

/** Falsely late: the source did nothing wrong. Truly late: it did. Neither: a healthy world's turns, or not known. */
export const verdictClass: { readonly [K in VerdictKind]: 'falsely late' | 'truly late' | 'neither' } = {
  producerCutOff: 'falsely late',
  brokerOutage: 'falsely late',
  clockAhead: 'falsely late',
  clockBehind: 'falsely late',
  consumerInterleave: 'falsely late',
  repartition: 'falsely late',
  backfill: 'truly late',
  outOfOrderSource: 'truly late',
  ordinary: 'neither',
  undecided: 'neither',
};

export type Verdict =
  | { readonly kind: 'producerCutOff'; readonly byMs: number; readonly evidence: Silence }
  | { readonly kind: 'clockAhead'; readonly byMs: number; readonly evidence: Ahead }
  | { readonly kind: 'consumerInterleave'; readonly byMs: number; readonly evidence: { readonly culprit: Culprit } }
  | { readonly kind: 'outOfOrderSource'; readonly byMs: number }
  | { readonly kind: 'ordinary'; readonly byMs: number }
  | { readonly kind: 'undecided'; readonly byMs: number; readonly missing: string; readonly likely?: VerdictKind };

/** A source's silence by the broker's time and the burst that filled it: the evidence for a cut. */
export interface Silence {
  readonly silentMs: number;
  /** Event times around the silence: the last that got through before it and the first that was held up. */
  readonly lastEventMs: number;
  readonly firstHeldEventMs: number;
  /** How long the first held record waited beyond its source's usual delay. */
  readonly heldMs: number;
  /** What this source's silences and delays usually are, against which this one was judged. */
  readonly usualGapMs: number;
  readonly usualDelayMs: number;
}

/** An event time later than the moment its record was appended: no delay explains it, only a clock that is ahead. */
export interface Ahead {
  readonly source: Source;
  /** How far at least: event time − latest possible append time, as an interval where both ends are known. */
  readonly aheadMs: Interval;
  readonly record: Culprit;
}

/**
 * One thing that happened, however many records it made late. Times are on the consumer's clock, corrected where its
 * offset is known.
 */
export interface Incident {
  readonly id: string;
  readonly kind: 'producerCutOff' | 'clockAhead';
  /** `open`: still costing records. `closed`: over. Every change raises `revision`. */
  readonly status: 'open' | 'closed';
  readonly revision: number;
  readonly group: string;
  readonly tasks: readonly string[];
  readonly source: Source;
  readonly partitions: readonly TopicPartition[];
  readonly detectedAtMs: number;
  readonly updatedAtMs: number;
  readonly start: BoundedInstant;
  /** Undefined while it lasts. */
  readonly end?: BoundedInstant;
  readonly late: { readonly count: number; readonly maxMs: number };
  readonly dropped: readonly IncidentDrops[];
  /** The first record whose stream time closed the first lost window; without a policy, the first that made others late. */
  readonly culprit?: Culprit;
  readonly evidence: Silence | Ahead;
  /** One sentence that a person on call understands. */
  readonly sentence: string;
}

export interface IncidentDrops {
  readonly policy: string;
  readonly graceMs: number;
  readonly count: number;
  readonly offsets: readonly OffsetRanges[];
  readonly overflow: number;
  /** The smallest grace that would have kept all of them. */
  readonly graceNeededMs: number;
  readonly firstWindowEndMs: number;
}

export interface OffsetRanges extends TopicPartition {
  /** Inclusive, sorted, merged. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}
