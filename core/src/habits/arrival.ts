import type { HostFold, State } from '../ingest/state.ts';
import { type Interval, intersect } from '../interval.ts';
import type { AppendBracket, Cell, ClockReading, Point } from '../report.ts';

/**
 * When did a record reach the broker, by true time? Three clocks had a hand in the answer: the producer's (`eventMs`), the
 * broker's (an exact append stamp) or the consumer's (a bracket). A step of the latter two makes nothing late, so they are
 * taken out here, before anything is judged: the consumer's by its NTP readings, the broker's by the brackets that the
 * consumer's fetches put around its stamps. Only the producer's stays in, because that one does make records late.
 *
 * What this cannot see: a step of the consumer's clock before the next reading tells of it (see `noteReading`).
 */
export interface Arrival {
  readonly offset: number;
  readonly eventMs: number;
  /** When it was appended, by true time. −∞ and ∞: that side is not known. */
  readonly lowMs: number;
  readonly highMs: number;
}

/** What is to be taken off the stamps of one cell. */
export interface Correction {
  readonly agentMs: number;
  readonly brokerMs: number;
}

/** Two readings that differ by more than their bounds and a disciplined clock's drift tell of a step in between. */
const leastStepMs = 200;
const maxBrokers = 10_000;

export function correctionOf(
  state: State,
  of: { readonly host: HostFold | undefined; readonly cluster: string | undefined },
  cell: Cell,
): Correction {
  const agentMs = of.host?.reading?.offsetMs ?? 0;
  const key = `${of.cluster ?? ''}|${cell.leader ?? ''}`;
  const known = state.brokerClocks.get(key);
  const clock = narrowed(known, cell, agentMs);
  if (clock === undefined) return { agentMs, brokerMs: agentMs };
  if (clock !== known && (known !== undefined || state.brokerClocks.size < maxBrokers)) {
    state.brokerClocks.set(key, clock);
  }
  return { agentMs, brokerMs: leastOffset(clock) };
}

/** Undefined: nothing is known of this broker's clock. */
export function brokerOffset(
  state: State,
  cluster: string | undefined,
  leader: number | undefined,
): number | undefined {
  const clock = state.brokerClocks.get(`${cluster ?? ''}|${leader ?? ''}`);
  return clock === undefined ? undefined : leastOffset(clock);
}

/** A clock that can be right is taken to be right; else it is off by at least this. */
function leastOffset({ lowMs, highMs }: Interval): number {
  return Math.min(Math.max(0, lowMs), highMs);
}

function narrowed(known: Interval | undefined, { brokerClock }: Cell, agentMs: number): Interval | undefined {
  if (brokerClock === undefined) return known;
  const now = { lowMs: brokerClock.lowMs + agentMs, highMs: brokerClock.highMs + agentMs };
  // Contradiction: the broker's clock was stepped, so what was known of it before is worth nothing now.
  return known === undefined ? now : (intersect(known, now) ?? now);
}

/** Whether this reading proves a step of the host's clock since the one before. */
export function tellsOfStep(before: ClockReading | undefined, reading: ClockReading): boolean {
  if (before === undefined) return false;
  const byMs = Math.abs(reading.offsetMs - before.offsetMs);
  return reading.epoch !== before.epoch || byMs > leastStepMs + reading.errorMs + before.errorMs;
}

export function arrivalOf({ offset, eventMs, append }: Point, correction: Correction): Arrival {
  return { offset, eventMs, ...appendOf(append, correction) };
}

export function appendOf(append: AppendBracket, { agentMs, brokerMs }: Correction): { lowMs: number; highMs: number } {
  const offMs = append.exact ? brokerMs : agentMs;
  return {
    lowMs: append.lowMs === undefined ? Number.NEGATIVE_INFINITY : append.lowMs - offMs,
    highMs: append.highMs === undefined ? Number.POSITIVE_INFINITY : append.highMs - offMs,
  };
}
