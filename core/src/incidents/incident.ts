import type { Forecast } from '../assess/forecast.ts';
import type { Suspicion } from '../assess/suspicion.ts';
import type { ProducerProof } from '../ingest/told.ts';
import type { BoundedInstant, Interval } from '../interval.ts';
import type { Culprit, TopicPartition } from '../report.ts';
import type { Source, ToldSource } from '../source.ts';
import type { Remedy } from './remedy.ts';

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
  | { readonly kind: 'producerCutOff' | 'brokerOutage'; readonly byMs: number; readonly evidence: Silence }
  | { readonly kind: 'clockAhead'; readonly byMs: number; readonly evidence: Ahead }
  | { readonly kind: 'clockBehind'; readonly byMs: number; readonly evidence: Behind }
  | { readonly kind: 'consumerInterleave'; readonly byMs: number; readonly evidence: LeftLying }
  | { readonly kind: 'repartition'; readonly byMs: number; readonly evidence: Lag }
  | { readonly kind: 'backfill'; readonly byMs: number; readonly evidence: Replayed }
  | { readonly kind: 'outOfOrderSource'; readonly byMs: number }
  | { readonly kind: 'ordinary'; readonly byMs: number }
  | { readonly kind: 'undecided'; readonly byMs: number; readonly missing: string; readonly likely: VerdictKind };

/** A source's silence by the broker's time and the burst that filled it: the evidence for a cut. */
export interface Silence {
  readonly silentMs: number;
  /** Event times around the silence: the last that got through before it and the first that was held up. */
  readonly lastEventMs: number;
  readonly firstHeldEventMs?: number;
  /** How long the first held record waited beyond its source's usual delay. Like the event before: unknown until it is back. */
  readonly heldMs?: number;
  /** What this source's silences and delays usually are, against which this one was judged. */
  readonly usualGapMs: number;
  readonly usualDelayMs: number;
  /**
   * The longest that one of its partitions was empty meanwhile (`empty-partitions.ts`). Undefined where others wrote there, and
   * where that cannot be told.
   */
  readonly emptyMs?: number;
}

/** An event time later than the moment its record was appended: no delay explains it, only a clock that is ahead. */
export interface Ahead {
  readonly source: Source;
  /** How far at least: event time − latest possible append time, as an interval where both ends are known. */
  readonly aheadMs: Interval;
  readonly record: Culprit;
}

/** A source whose records all wait the same time, without a silence before: its clock is behind by about that much. */
export interface Behind {
  readonly behindMs: Interval;
}

/** Records that were on the broker while the consumer did not take them, and the record it took before them. */
export interface LeftLying {
  readonly culprit: Culprit;
  readonly sinceMs: number;
  readonly stalledMs: number;
}

/** How long records of an upstream task took from their event time to the repartition topic. */
export interface Lag {
  readonly lagMs: number;
}

/** Old events, read from somewhere and written at the reader's own speed. */
export interface Replayed {
  readonly ageMs: number;
  readonly firstEventMs: number;
}

/** Which of the evidences an incident has. */
export interface EvidenceOf {
  readonly producerCutOff: Silence;
  readonly brokerOutage: Silence;
  readonly clockAhead: Ahead;
  readonly clockBehind: Behind;
  readonly consumerInterleave: LeftLying;
  readonly repartition: Lag;
  readonly backfill: Replayed;
}

export type IncidentKind = keyof EvidenceOf;

/** An incident has the evidence of its kind: narrowing one narrows the other. */
export type Incident = { [K in IncidentKind]: IncidentOf<K> }[IncidentKind];

/** An incident in the making: kind and evidence were put in together, but the compiler has lost sight of that. */
export type IncidentDraft = IncidentOf<IncidentKind>;

/**
 *     suspected ──▶ open ──▶ closed        its source came back with what was held up, or its own agent says so: a cut
 *         └───────▶ withdrawn              it came back with nothing held up, or never
 *
 * Most kinds begin with `open`: only a cut can be suspected before it costs anything. A suspicion accuses nobody and is no
 * alarm, for an idle source looks the same; neither is one that was withdrawn.
 */
export const incidentStatuses = ['suspected', 'open', 'closed', 'withdrawn'] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

/** Whether it is known to have happened: `open` or `closed`. */
export function isConfirmed({ status }: { readonly status: IncidentStatus }): boolean {
  return status === 'open' || status === 'closed';
}

/** What an incident was taken for from when on, and why. */
export interface Revision {
  readonly atMs: number;
  readonly status: IncidentStatus;
  /** Half a sentence: `it came back with 214 events of the silence`. */
  readonly reason: string;
}

/**
 * One thing that happened, however many records it made late. Times are on the consumer's clock, corrected where its
 * offset is known.
 */
export interface IncidentOf<K extends IncidentKind> {
  readonly id: string;
  readonly kind: K;
  /** `open`: confirmed, still costing records. `closed`: over. Every change raises `revision`. */
  readonly status: IncidentStatus;
  readonly revision: number;
  /** Each change of its status, oldest first. */
  readonly revisions: readonly Revision[];
  readonly group: string;
  readonly tasks: readonly string[];
  /** Whose fault it is; of a broker outage and of a consumer's, the first partition that it was seen in. */
  readonly source: ToldSource;
  readonly partitions: readonly TopicPartition[];
  /** When it was confirmed; of one that is not (yet), when it was suspected. */
  readonly detectedAtMs: number;
  readonly updatedAtMs: number;
  readonly start: BoundedInstant;
  /** Undefined while it lasts. */
  readonly end?: BoundedInstant;
  readonly late: { readonly count: number; readonly maxMs: number };
  readonly dropped: readonly IncidentDrops[];
  /** The first record whose stream time closed the first lost window; without a policy, the first that made others late. */
  readonly culprit?: Culprit;
  readonly evidence: EvidenceOf[K];
  /** Of a cut that was suspected before its source came back: on what ground, as of the last look. */
  readonly suspicion?: Suspicion;
  /** Of a cut that the producer's own agent told of while it lasted: what it said last. */
  readonly proof?: ProducerProof;
  /** While it is suspected, or lasts by the word of its agent: what it costs if it is a cut and comes back now. */
  readonly forecast?: Forecast;
  /** What would have saved them, the best first; none before it is known to have happened. */
  readonly remedies: readonly Remedy[];
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
