/** When a server is asked next: as often as was agreed, less often as soon as it wants that, ever more seldom while it is silent. */

/** How a burst of questions ended. */
export type BurstEnd = 'reading' | 'silent' | 'slower' | 'denied';

export interface Polling {
  /** What was agreed. */
  readonly basePollMs: number;
  /** Longer once the server has asked for less, until we end. */
  pollMs: number;
  silences: number;
}

export interface Wait {
  readonly waitMs: number;
  /** When our own clock was set, a server may be asked before its time; but not one that did not answer or wants less. */
  readonly soonestMs: number;
}

const firstRetryMs = 16_000;
const longestRetryMs = 256_000;
const longestPollMs = 1_024_000;
/** A server that said DENY or RSTR is left alone for a day. */
const deniedMs = 86_400_000;

export function createPolling(basePollMs: number): Polling {
  return { basePollMs, pollMs: basePollMs, silences: 0 };
}

export function waitAfter(polling: Polling, end: BurstEnd): Wait {
  const { basePollMs } = polling;
  switch (end) {
    case 'reading':
      polling.silences = 0;
      return { waitMs: polling.pollMs, soonestMs: Math.min(firstRetryMs, polling.pollMs) };
    case 'silent': {
      const retryMs = Math.min(firstRetryMs * 2 ** polling.silences++, longestRetryMs, basePollMs * 4);
      return { waitMs: retryMs, soonestMs: retryMs };
    }
    case 'slower':
      polling.pollMs = Math.min(polling.pollMs * 2, longestPollMs);
      return { waitMs: polling.pollMs, soonestMs: polling.pollMs };
    case 'denied':
      return { waitMs: deniedMs, soonestMs: deniedMs };
  }
}
