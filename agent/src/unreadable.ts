/** Why a record's event time could not be read, or what is odd about it. The words are what people read. */
export const unreadableReasons = [
  'no timestamp',
  'no header',
  'no value',
  'not JSON',
  'no field',
  'not a time',
  'negative',
  'beyond the calendar',
  /** Kept: the consumer takes it for its event time as well, and its stream time leaps there. */
  'over a year ahead (kept)',
] as const;
export type UnreadableReason = (typeof unreadableReasons)[number];

export type UnreadableCounts = { [reason in UnreadableReason]?: number };

export function countUnreadable(counts: UnreadableCounts, reason: UnreadableReason): void {
  counts[reason] = (counts[reason] ?? 0) + 1;
}

/** The last instant that a Date can stand for; a number above is microseconds, or nonsense. */
export const maxDateMs = 8.64e15;

/** Why a number that was read is no event time. */
export function reasonOfNumber(eventMs: number): UnreadableReason {
  if (Number.isNaN(eventMs)) return 'not a time';
  return eventMs < 0 ? 'negative' : 'beyond the calendar';
}
