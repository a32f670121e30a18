import type { Header } from '../scenarios/trace.ts';

/** What a world is made of. All times are true ones, in ms since the trace's epoch. */
export interface World {
  readonly name: string;
  readonly family: string;
  readonly seed: number;
  readonly durationMs: number;
  readonly policy: Header['policy'];
  readonly topics: Header['topics'];
  readonly partitions: Header['partitions'];
  readonly tasks: readonly Task[];
  readonly producers: readonly Producer[];
  readonly faults: readonly Fault[];
}

export interface Task {
  readonly order: 'arrival' | 'smallest-timestamp';
  readonly pollMs: number;
  /** Of a partition, a poll takes no more. */
  readonly perPoll: number;
  readonly partitions: readonly number[];
}

export interface Producer {
  readonly name: string;
  readonly host: string;
  /** One for each life; -1 without idempotence. */
  readonly pids: readonly number[];
  readonly partitions: readonly number[];
  readonly process: Process;
  readonly delay: Delay;
  readonly lingerMs: number;
  /** Time on the wire: at least this, and as much again on average. */
  readonly wireMs: number;
  readonly isNoisy: boolean;
  /** How fast it sends what it has held up. */
  readonly drainPerS: number;
  /** How long after an outage its first try succeeds, at most. */
  readonly retryMs: number;
  /** Each partition is tried again by a clock of its own, twice as late each time, as kafkajs does; else all at once. */
  readonly isBackingOff?: boolean;
}

export type Process =
  | { readonly kind: 'poisson'; readonly rate: number }
  | { readonly kind: 'periodic'; readonly everyMs: number; readonly jitterMs: number }
  | {
      readonly kind: 'bursty';
      readonly rate: number;
      readonly lowRate: number;
      readonly onMs: number;
      readonly offMs: number;
    }
  /** Old events, sent once more in their order. */
  | { readonly kind: 'replay'; readonly rate: number; readonly fromMs: number; readonly toMs: number };

/** What comes between an event and its being handed to the producer. */
export type Delay =
  | { readonly kind: 'none' }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number }
  | { readonly kind: 'pareto'; readonly scaleMs: number; readonly alpha: number; readonly maxMs: number }
  | { readonly kind: 'devices'; readonly devices: number; readonly onMs: number; readonly offMs: number }
  | { readonly kind: 'cycle'; readonly everyMs: number; readonly phaseMs: number }
  | { readonly kind: 'lag'; readonly ms: number; readonly jitterMs: number };

export type Span = readonly [startMs: number, endMs: number];

export type Fault = { readonly id: string; readonly spans: readonly Span[] } & FaultKind;

export type FaultKind =
  | { readonly kind: 'disconnect'; readonly producer: number; readonly partitions?: readonly number[] }
  | { readonly kind: 'broker'; readonly partitions: readonly number[]; readonly isUnfetchable: boolean }
  | { readonly kind: 'clock'; readonly host: string; readonly stepMs: number; readonly driftPpm: number }
  | { readonly kind: 'backfill'; readonly producer: number }
  | { readonly kind: 'pause'; readonly task: number }
  | { readonly kind: 'rebalance'; readonly partition: number; readonly from: number; readonly to: number }
  | { readonly kind: 'slow'; readonly partition: number; readonly rate: number }
  | { readonly kind: 'upstream'; readonly producer: number; readonly rate: number; readonly catchUpRate: number }
  | { readonly kind: 'unordered'; readonly producer: number; readonly delay: Delay }
  /** Nothing to say. */
  | { readonly kind: 'idle'; readonly producer: number }
  /** The process ends, and what it held is lost; its next life has another id. */
  | { readonly kind: 'crash'; readonly producer: number }
  /** The process starts anew with what it held: only its id changes, at the start of the span. */
  | { readonly kind: 'restart'; readonly producer: number }
  /** Of a consumer or a broker: makes nothing late. */
  | { readonly kind: 'hostClock'; readonly host: string; readonly stepMs: number };

/** The cause that a fault is of late records; a look-alike is none. */
export const causeOf: { readonly [K in FaultKind['kind']]: string | null } = {
  disconnect: 'disconnect',
  broker: 'broker',
  clock: 'clock',
  backfill: 'backfill',
  pause: 'interleave',
  rebalance: 'interleave',
  slow: 'interleave',
  upstream: 'shuffle',
  unordered: 'unordered',
  idle: null,
  crash: null,
  restart: null,
  hostClock: null,
};

export function isWithin(spans: readonly Span[], atMs: number): boolean {
  return spans.some(([startMs, endMs]) => atMs >= startMs && atMs < endMs);
}

export function faultsOf<K extends FaultKind['kind']>(
  faults: readonly Fault[],
  kind: K,
): readonly (Fault & { readonly kind: K })[] {
  return faults.filter((fault): fault is Fault & { readonly kind: K } => fault.kind === kind);
}
