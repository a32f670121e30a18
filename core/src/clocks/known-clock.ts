import type { BoundEnd } from '../clock/bound.ts';
import type { EventTimeUse } from '../clock/use.ts';

/** What is known of one clock now. Positive offset: the clock is ahead of true time. */
export interface KnownClock {
  /** Unique and lasting, such as `host web-1`, `broker main/2` or `producer main/p:4711`. */
  readonly id: string;
  /** What a person reads: `web-1`, `broker 2`, `producer 4711`, `billing-eu`. */
  readonly name: string;
  readonly role: ClockRole;
  readonly cluster?: string;
  /** The offset is at least `low` and at most `high`; each end is proved, assumed or unknown by itself. */
  readonly low: BoundEnd;
  readonly high: BoundEnd;
  /** When the clock was last seen, by the collector's clock: the ends have been growing by φ since then. */
  readonly seenAtMs: number;
  readonly drift?: KnownDrift;
  /** Of a host with an agent: where its readings come from. */
  readonly readings?: ClockReadings;
  /**
   * Nobody watches this clock: its bound holds if the clock was not set since then. It would show if it was set by 10 ms or
   * more. Absent for hosts with an agent, which see their own clock being set.
   */
  readonly provedIfNotSetSinceMs?: number;
  /** Of a producer: whether its create times are a clock's. Only a clock's are used. Absent: too little was seen. */
  readonly use?: EventTimeUse;
  /**
   * Of a producer: its records reach the broker later than those of its peers do, by about so much. Its clock is behind, or its
   * records are held back: nobody can tell which.
   */
  readonly laterThanPeersMs?: number;
  readonly grade: ClockGrade;
  /** Set aside: it contradicts the others, so its readings are not believed now. */
  readonly isSuspect: boolean;
  /** It does not fit the others since it was last read: it, or one of them, may be being slewed. Its next reading tells. */
  readonly awaitsReading?: true;
}

/** A host that runs an agent, a broker's node, or a source of records. */
export type ClockRole = 'host' | 'broker' | 'producer';

export interface KnownDrift {
  /** > 0: it runs fast. */
  readonly ppm: number;
  readonly errorPpm: number;
  readonly spanMs: number;
  /** Name of the clock that it is measured against; absent: true time, by readings. */
  readonly against?: string;
}

export interface ClockReadings {
  /** In words, as the agent says it; begins with `none` where there is none. */
  readonly source: string;
  /** Which of its sources gave the last reading, when by that host's clock, and how long ago that was. Absent: never. */
  readonly readFrom?: string;
  readonly readAtMs?: number;
  readonly ageMs?: number;
  readonly sources: readonly { readonly name: string; readonly trouble?: string }[];
  /** None of its sources is believed now: they contradict each other or the others, and nothing is said of the host itself. */
  readonly setAside?: true;
}

/** Is the clock right to within so much? `no` is proved too: it is off by more. */
export type Within = 'yes' | 'no' | 'unknown';

export interface ClockGrade {
  readonly oneMs: Within;
  /** The smallest grace of any policy in use, and whether the clock is right to within it. Absent: no policy is declared. */
  readonly grace?: { readonly graceMs: number; readonly within: Within };
}

/** One point of a clock's history, each 10 s: for the page's bands. */
export interface ClockPoint {
  readonly id: string;
  readonly name: string;
  readonly low: BoundEnd;
  readonly high: BoundEnd;
}
