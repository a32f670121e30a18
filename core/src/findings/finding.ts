import type { CycleEdge } from '../clock/cycle.ts';
import type { Claimant } from '../clock/liar.ts';

/**
 * Something that a person should know of the clocks or the stream, which is not an incident: it may cost records or make what is
 * said of them less sure. It opens, stays and closes; `settle.ts` keeps it from flapping. A new kind joins by a row in
 * `FindingEvidence`.
 */
export type Finding = { [K in FindingKind]: FindingOf<K> }[FindingKind];

export interface FindingOf<K extends FindingKind> {
  /** `clockDrift-3`: unique in one life of the collector. */
  readonly id: string;
  readonly kind: K;
  readonly status: 'open' | 'closed';
  readonly openedAtMs: number;
  /** When evidence or sentence last changed. */
  readonly updatedAtMs: number;
  readonly closedAtMs?: number;
  readonly subject: FindingSubject;
  readonly evidence: FindingEvidence[K];
  /** One sentence that a person on call understands. */
  readonly sentence: string;
}

/** Who or what it is about. `id` of a clock is `KnownClock.id`. */
export type FindingSubject =
  | { readonly kind: 'clock'; readonly id: string; readonly name: string }
  | { readonly kind: 'server'; readonly name: string }
  | { readonly kind: 'path'; readonly from: string; readonly to: string }
  /** Several that cannot be told apart. */
  | { readonly kind: 'clocks'; readonly names: readonly string[] };

/** The evidence of each kind. */
export interface FindingEvidence {
  readonly clockDrift: ClockDriftEvidence;
  readonly clockOff: ClockOffEvidence;
  readonly clockStep: ClockStepEvidence;
  readonly clockContradiction: ClockContradictionEvidence;
  readonly clockBoundTooWide: ClockBoundEvidence;
  readonly clockSourceLost: ClockSourceEvidence;
  readonly clockSourceMissing: ClockBoundEvidence;
}

export type FindingKind = keyof FindingEvidence;

export const findingKinds: readonly FindingKind[] = [
  'clockDrift',
  'clockOff',
  'clockStep',
  'clockContradiction',
  'clockBoundTooWide',
  'clockSourceLost',
  'clockSourceMissing',
];

/** What is wrong comes before what is not well known. Higher: to be told first. */
const findingGravity: { readonly [K in FindingKind]: number } = {
  clockContradiction: 6,
  clockOff: 5,
  clockStep: 4,
  clockDrift: 3,
  clockSourceLost: 2,
  clockBoundTooWide: 1,
  clockSourceMissing: 0,
};

export interface ClockDriftEvidence {
  /** > 0: it runs fast. */
  readonly ppm: number;
  readonly errorPpm: number;
  readonly spanMs: number;
  /** The clock that it is measured against; absent: true time, by NTP. */
  readonly against?: string;
}

/** Proved to be further off than the smallest grace in use forgives. */
export interface ClockOffEvidence {
  /** > 0: ahead of true time by at least so much; < 0: behind. */
  readonly byMs: number;
  readonly graceMs: number;
}

export interface ClockStepEvidence {
  /** > 0: set forward. */
  readonly byMs: number;
  /** By whichever clock saw it. */
  readonly atMs: number;
  /**
   * `hostClock`: its agent saw wall and monotonic clock part. `eventTime`: event time leapt or ran backwards. `floors`: all its
   * channels moved and no other did. `floor`: one channel moved, which a delay may do as well.
   */
  readonly seenBy: 'hostClock' | 'eventTime' | 'floors' | 'floor';
}

export interface ClockContradictionEvidence {
  /** `liars`: one set of culprits, proved. `ambiguous`: any one of them. `many`. `unsteady`: set unnoticed, not lying. */
  readonly kind: 'liars' | 'ambiguous' | 'many' | 'unsteady';
  readonly suspects: readonly (readonly Claimant[])[];
  /** Constraints that add up to less than nothing, in words' order. */
  readonly cycle: readonly CycleEdge[];
  readonly byMs: number;
}

export interface ClockBoundEvidence {
  /** Width of the interval; absent: an end is unknown. */
  readonly widthMs?: number;
  readonly graceMs: number;
  /** Since when there was no reading; absent: never read. */
  readonly ageMs?: number;
}

export interface ClockSourceEvidence {
  /** In words: `no chrony on 127.0.0.1:323`. */
  readonly reason: string;
  readonly lastReadingAgeMs?: number;
}

/** What is open, to be told first what is wrong. */
export function openFindings(findings: readonly Finding[]): Finding[] {
  const open = findings.filter(({ status }) => status === 'open');
  return open.sort((a, b) => findingGravity[b.kind] - findingGravity[a.kind]);
}
