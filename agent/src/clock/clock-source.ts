import type { ClockReading } from '@tidemark/core';

/** One place where readings come from, asked again and again until it is stopped. */
export interface ClockSource {
  /** Such as `SNTP pool.ntp.org` or `chrony 127.0.0.1:323`. */
  readonly name: string;
  /** Undefined while its readings are fresh; else why there are none, as a clause: `no chrony on 127.0.0.1:323`. */
  trouble(): string | undefined;
  stop(): void;
}

export type TakeReading = (reading: ClockReading) => void;

/**
 * The most that the host's clock is taken to drift while nobody measures it. chrony's own 1 ppm is an estimate; 50 ppm is
 * what ClockBound asks for and what an undisciplined quartz keeps.
 */
export const holdoverPpm = 50;

/** Remembers when a source last spoke and why it does not, in words. */
export interface Health {
  ok(): void;
  failed(reason: string): void;
  trouble(): string | undefined;
}

/** `patienceMs`: how old the last reading may be before its source counts as lost, even if nothing else is wrong. */
export function createHealth(options: { readonly patienceMs: number; readonly waiting: string }): Health {
  let reason: string | undefined = options.waiting;
  let lastOkNs: bigint | undefined;
  return {
    ok() {
      reason = undefined;
      lastOkNs = process.hrtime.bigint();
    },
    failed(why) {
      reason = why;
    },
    trouble() {
      if (lastOkNs === undefined) return reason;
      const ageMs = Number((process.hrtime.bigint() - lastOkNs) / 1_000_000n);
      if (ageMs <= options.patienceMs) return undefined;
      return `${reason ?? 'silent'}, last reading ${Math.round(ageMs / 1000)} s ago`;
    },
  };
}

/** A timer that never keeps the host's process alive; resolves at once when stopped. */
export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    stop.addEventListener('abort', done, { once: true });
  });
}
