import { parseDurationMs } from './duration.ts';

/** Where in a history to begin or to end. */
export type HistoryPlace =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'ago'; readonly agoMs: number };

export function parsePlace(given: string): HistoryPlace | undefined {
  if (given === 'earliest' || given === 'latest') return { kind: given };
  if (/^\d+$/.test(given)) return { kind: 'offset', offset: Number(given) };
  const agoMs = parseDurationMs(given);
  if (agoMs !== undefined) return { kind: 'ago', agoMs };
  const timeMs = /^\d{4}-/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : { kind: 'time', timeMs };
}

/** Of places of two kinds only a broker can tell. */
export function isBefore(one: HistoryPlace, other: HistoryPlace): boolean {
  if (one.kind === 'earliest') return other.kind !== 'earliest';
  if (one.kind === 'offset') return other.kind === 'offset' && one.offset <= other.offset;
  if (one.kind === 'time') return other.kind === 'time' && one.timeMs <= other.timeMs;
  return one.kind === 'ago' && other.kind === 'ago' && one.agoMs >= other.agoMs;
}
