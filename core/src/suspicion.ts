/**
 * A source is silent beyond its own habit while others move the stream time on. It may be cut off, or have nothing to say:
 * from here both look alike, so nobody is accused. What can be said is how unusual the silence is, and how this source's
 * unusual silences ended before.
 */
export interface Suspicion {
  /** When its last record was appended. */
  readonly sinceMs: number;
  readonly silentMs: number;
  /** The gap that nine of ten of its last gaps stay below, and the longest of them. */
  readonly usualGapMs: number;
  readonly longestGapMs: number;
  /** How likely its own rhythm makes a silence this long: near 1 in its habit, near 0 far beyond it. */
  readonly chanceOfHabit: number;
  /** How its unusual silences ended before: with fresh events only, or with events that had been held up. */
  readonly earlier: { readonly idle: number; readonly cut: number };
  /** How sure a cut is, 0 to 1. Without a history not above one half, for idle and cut off look alike. */
  readonly likelihood: number;
}
