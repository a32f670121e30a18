import { type Policy, windowEndMs } from '../policy.ts';
import type { Culprit } from '../report.ts';

/**
 * Which record closed which window. Windows close in order, each when the stream time first reaches its end plus the grace,
 * so it is enough to remember the records whose stream time closed at least one window.
 */
export interface Closings {
  readonly policy: Policy;
  /** The stream time at which the next window closes: the only thing that the hot path compares. */
  nextCloseMs: number;
  readonly entries: { readonly streamTimeMs: number; readonly by: Culprit }[];
  /** Set when old entries were let go: then the closer of a very old window is not known. */
  forgot: boolean;
}

export const maxClosings = 1024;

export function createClosings(policy: Policy): Closings {
  return { policy, nextCloseMs: Number.NEGATIVE_INFINITY, entries: [], forgot: false };
}

/** The stream time has reached `nextCloseMs`. */
export function close(closings: Closings, streamTimeMs: number, by: Culprit): void {
  const { sizeMs } = closings.policy.window;
  closings.nextCloseMs = windowEndMs(streamTimeMs - closings.policy.graceMs, sizeMs) + closings.policy.graceMs;
  closings.entries.push({ streamTimeMs, by });
  if (closings.entries.length > maxClosings) {
    closings.entries.splice(0, maxClosings / 2);
    closings.forgot = true;
  }
}

/** The record that closed the window ending at `endMs`, or undefined if that is not known any more. */
export function closerOf(closings: Closings, endMs: number): Culprit | undefined {
  const closedAtMs = endMs + closings.policy.graceMs;
  const { entries } = closings;
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.streamTimeMs >= closedAtMs) high = middle;
    else low = middle + 1;
  }
  return low === 0 && closings.forgot ? undefined : entries[low]?.by;
}
