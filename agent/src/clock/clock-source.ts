import type { ClockReading } from '@tidemark/core';

/** One place where readings come from, asked again and again until it is stopped. */
export interface ClockSource {
  /** Such as `SNTP pool.ntp.org` or `chrony 127.0.0.1:323`. */
  readonly name: string;
  /** The same as its readings bear it. */
  readonly server: string;
  /** Undefined while its readings are fresh; else why there are none, as a clause: `no chrony on 127.0.0.1:323`. */
  trouble(): string | undefined;
  /** The host's clock was set: what was read is of the past, ask again soon. */
  wake(): void;
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

/**
 * `patienceMs`: how old the last reading may be before its source counts as lost, even if nothing else is wrong. The reason
 * does not count the seconds since: it is the same as long as it lasts, and readings say how old they are.
 */
export function createHealth(options: {
  readonly name: string;
  readonly patienceMs: () => number;
  readonly waiting: string;
}): Health {
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
      return ageMs <= options.patienceMs() ? undefined : (reason ?? `${options.name} is silent`);
    },
  };
}

/** Sleeps that never keep the host's process alive, end at once when stopped, and can be cut short. */
export interface Sleeper {
  readonly stopped: boolean;
  /** `wakeAfterMs`: earlier than that it is not woken, so that a server is not asked too often. */
  sleep(ms: number, wakeAfterMs?: number): Promise<void>;
  wake(): void;
  stop(): void;
}

export function createSleeper(): Sleeper {
  let stopped = false;
  let current:
    | { end: () => void; endIn: (ms: number) => void; readonly startedNs: bigint; readonly wakeAfterMs: number }
    | undefined;
  return {
    get stopped() {
      return stopped;
    },
    sleep(ms, wakeAfterMs = ms) {
      return new Promise((resolve) => {
        if (stopped) return resolve();
        let timer: NodeJS.Timeout;
        const end = (): void => {
          clearTimeout(timer);
          current = undefined;
          resolve();
        };
        const endIn = (restMs: number): void => {
          clearTimeout(timer);
          timer = setTimeout(end, restMs).unref();
        };
        timer = setTimeout(end, ms).unref();
        current = { end, endIn, startedNs: process.hrtime.bigint(), wakeAfterMs: Math.min(ms, wakeAfterMs) };
      });
    },
    wake() {
      if (current === undefined) return;
      const sleptMs = Number((process.hrtime.bigint() - current.startedNs) / 1_000_000n);
      current.endIn(Math.max(0, current.wakeAfterMs - sleptMs));
    },
    stop() {
      stopped = true;
      current?.end();
    },
  };
}
