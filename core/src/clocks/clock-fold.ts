/**
 * The clocks of all hosts, as reports tell of them: what `ingest` learns and `assess` solves.
 *
 * A clock is a host with an agent, a broker's node or a source of records. Another leader is another broker's clock, so the
 * partitions of one leader go together; a source whose name is that of a host with an agent reads that host's clock. Everything is
 * bounded by time and number; what goes beyond is counted in `overflow`.
 */
import { type ClockMatrix, createClockMatrix } from '../clock/attribute.ts';
import type { EventSteps } from '../clock/event-steps.ts';
import type { OffsetReading } from '../clock/evidence.ts';
import type { FloorPoint } from '../clock/floor.ts';
import type { UseWatch } from '../clock/use.ts';
import type { ClockContradictionEvidence, ClockStepEvidence, FindingSubject } from '../findings/finding.ts';
import type { ClockSourceHealth, Pair } from '../report.ts';
import type { ClockPoint, ClockRole, KnownClock } from './known-clock.ts';

export const clockLimits = {
  /** What is older says next to nothing: in ten minutes a clock may drift by 30 ms. */
  windowMs: 600_000,
  /** A clock that nobody heard of for so long is forgotten. */
  forgetMs: 900_000,
  maxClocks: 1_000,
  maxPairs: 5_000,
  maxCellsPerPair: 256,
  /** All of them together: what is solved each 10 s. */
  maxCells: 60_000,
  maxReadings: 128,
  maxAgentsPerHost: 64,
  maxChannels: 2_048,
  maxSteps: 64,
  maxLeaders: 20_000,
  /** Rows of the assessment. */
  maxShown: 300,
} as const;

/** A line over minutes hardly moves in so little. */
const refitMs = 5_000;

export interface ClockFold {
  readonly clocks: Map<string, ClockNode>;
  /** By the two clocks, their epochs, and whether it is proved. */
  readonly pairs: Map<string, PairFold>;
  /** Producer, or broker, against whoever stamped its records next. */
  readonly channels: Map<string, ChannelFold>;
  /** By partition: who led it last. */
  readonly leaders: Map<string, { readonly id: string; readonly epoch: number }>;
  readonly matrix: ClockMatrix;
  readonly steps: StepSeen[];
  cells: number;
  solvedAtMs: number;
  known: readonly KnownClock[];
  /** By id: how far each clock is ahead at most, of those of which that is known; also of those that are not shown. */
  mostAheadMs: ReadonlyMap<string, number>;
  contradictions: readonly ContradictionSeen[];
  /** One each 10 s, oldest first. */
  readonly history: { readonly atMs: number; readonly clocks: readonly ClockPoint[] }[];
  readonly overflow: { clocks: number; clockPairs: number; clockChannels: number };
}

export interface ClockNode {
  readonly id: string;
  readonly name: string;
  readonly role: ClockRole;
  readonly cluster: string | undefined;
  /** Counts the times that it was seen being set. Always 0 where there is no agent. */
  epoch: number;
  /** What each agent on this host counts: each from its own start. */
  readonly agentEpochs: Map<string, number>;
  /** Stamps of its own clock before this one may be of the epoch before. */
  epochSinceMs: number;
  /** The newest stamp of its own clock, and when that came to the collector. */
  lastMs: number;
  seenAtMs: number;
  /** Since when nothing contradicts that the clock was not set. */
  steadySinceMs: number;
  /** In words, as the agent says it; undefined where there is no agent. */
  source: string | undefined;
  sources: readonly ClockSourceHealth[];
  /** When each server last gave a reading, by this clock. */
  readonly readAtMs: Map<string, number>;
  readonly readings: OffsetReading[];
}

export interface ClockAt {
  readonly id: string;
  readonly epoch: number;
}

/** Pairs of stamps of two clocks, the tightest of each two cells. */
export interface PairFold {
  readonly from: ClockAt;
  readonly to: ClockAt;
  /** An assumption bounds only what nothing else does. */
  readonly isAssumed: boolean;
  /** In the order in which they were begun. */
  readonly cells: Map<string, PairCell>;
}

export interface PairCell {
  fromMs: number;
  toMs: number;
  limitMs: number;
  readonly sinceMs: number;
}

export interface ChannelFold {
  readonly from: string;
  readonly to: string;
  /** Of the `to` clock. */
  readonly epoch: number;
  /** Seconds of the `to` clock that may not be whole yet. */
  readonly seconds: Map<number, ChannelSecond>;
  newestSecond: number;
  /** When that came to the collector. */
  newestAtMs: number;
  /** Of the records of a producer. */
  readonly use: UseWatch | undefined;
  /** The smallest pair of each 10 s, for drift over half an hour. */
  long: FloorPoint[];
  /** Share of its latest seconds in which a batch began, and whether it is enough for the floors to be made of those alone. */
  batchStarts: number;
  isOfBatchStarts: boolean;
  /** How create time went on in seconds that the floors have left out since. */
  leftOut: EventSteps | undefined;
  seenAtMs: number;
}

export interface ChannelSecond {
  pair: Pair;
  /** Of the first records of batches alone. */
  batchStart: Pair | undefined;
  leastStepMs: number;
  mostStepMs: number;
  steps: number;
  backwards: number;
  /** By true time, and by the collector's clock. */
  readonly seenMs: number;
  readonly receivedMs: number;
}

/** A step, as long as it is news. */
export interface StepSeen {
  readonly subject: FindingSubject;
  readonly evidence: ClockStepEvidence;
  readonly sinceMs: number;
  /** Refined while a floor settles. */
  readonly found: { readonly byMs: number } | undefined;
  /** Only one channel moved. `isAlone`: no other of the receiving clock could be compared with it. */
  readonly path?: { readonly fromId: string; readonly toId: string; readonly isAlone: boolean };
}

export interface ContradictionSeen extends ClockContradictionEvidence {
  readonly key: string;
}

export function createClockFold(): ClockFold {
  return {
    clocks: new Map(),
    pairs: new Map(),
    channels: new Map(),
    leaders: new Map(),
    matrix: createClockMatrix(1, refitMs),
    steps: [],
    cells: 0,
    solvedAtMs: Number.NEGATIVE_INFINITY,
    known: [],
    mostAheadMs: new Map(),
    contradictions: [],
    history: [],
    overflow: { clocks: 0, clockPairs: 0, clockChannels: 0 },
  };
}

/** Found or made; undefined beyond the bound. */
export function clockNode(
  fold: ClockFold,
  is: Pick<ClockNode, 'id' | 'name' | 'role' | 'cluster'>,
  receivedMs: number,
): ClockNode | undefined {
  const known = fold.clocks.get(is.id);
  if (known !== undefined) return known;
  if (fold.clocks.size >= clockLimits.maxClocks) {
    fold.overflow.clocks++;
    return undefined;
  }
  const node: ClockNode = {
    ...is,
    epoch: 0,
    agentEpochs: new Map(),
    epochSinceMs: Number.NEGATIVE_INFINITY,
    lastMs: Number.NEGATIVE_INFINITY,
    seenAtMs: receivedMs,
    steadySinceMs: receivedMs,
    source: undefined,
    sources: [],
    readAtMs: new Map(),
    readings: [],
  };
  fold.clocks.set(is.id, node);
  return node;
}

export function sawStamp(node: ClockNode, atMs: number, receivedMs: number): void {
  // What came last counts, for a clock may be set back and a stamp be wild: the newest of what came together.
  if (atMs > node.lastMs || receivedMs > node.seenAtMs) node.lastMs = atMs;
  node.seenAtMs = receivedMs;
}
