import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ChronyAddress } from '@tidemark/config';
import type { ClockReading, ClockReport, ClockStep } from '@tidemark/core';
import type { ExpectStatic, TestContext } from 'vitest';
import { type Chronyd, type ChronydOptions, startChronyd } from '../../testbed/src/clocks/chronyd.ts';
import { movableClock } from '../../testbed/src/clocks/false-clock.ts';
import { root, sourceFlags } from '../../testbed/src/demo/run-flags.ts';
import { startChild } from '../../testbed/src/process/child.ts';
import { startChrony } from '../src/clock/chrony.ts';
import type { ClockSource, TakeReading } from '../src/clock/clock-source.ts';
import { type HostClock, startHostClock } from '../src/clock/host-clock.ts';
import { startSntp } from '../src/clock/sntp.ts';

/** One source of the agent, and what it has read. */
export interface Watched {
  readonly readings: ClockReading[];
  trouble(): string | undefined;
}

/** A host on a clock that the test can move, with the agent's clock reader in a process of its own. */
export interface FalseHost {
  readonly readings: ClockReading[];
  readonly steps: ClockStep[];
  set(aheadMs: number): void;
}

/** What a test with real clocks starts, and what ends with it. Several such tests run at a time. */
export class ClockStage {
  readonly #expect: ExpectStatic;
  readonly #ends: (() => unknown)[] = [];

  constructor({ expect, onTestFinished }: Pick<TestContext, 'expect' | 'onTestFinished'>) {
    this.#expect = expect;
    onTestFinished(async () => {
      for (const end of this.#ends.reverse()) await end();
    });
  }

  async daemon(options: ChronydOptions): Promise<Chronyd> {
    const chronyd = await startChronyd(options);
    this.#ends.push(() => chronyd.stop());
    return chronyd;
  }

  sntp(port: number): Watched {
    const pace = { pollMs: 500, burst: 4, burstGapMs: 20, timeoutMs: 1000 };
    return this.#watch((clock, take) => startSntp(`127.0.0.1:${port}`, clock, take, pace));
  }

  chrony(address: ChronyAddress): Watched {
    return this.#watch((clock, take) => startChrony(address, clock, take, { pollMs: 200 }));
  }

  #watch(start: (clock: HostClock, take: TakeReading) => ClockSource): Watched {
    const clock = startHostClock();
    const readings: ClockReading[] = [];
    const source = start(clock, (reading) => readings.push(reading));
    this.#ends.push(() => {
      source.stop();
      clock.stop();
    });
    return { readings, trouble: source.trouble };
  }

  falseHost(server: Chronyd, aheadMs: number): FalseHost {
    const clock = movableClock(aheadMs);
    const readings: ClockReading[] = [];
    const steps: ClockStep[] = [];
    const script = fileURLToPath(new URL('clock-host.ts', import.meta.url));
    const child = startChild({
      command: process.execPath,
      args: [...sourceFlags, script, `127.0.0.1:${server.ntpPort}`],
      folder: root,
      env: clock.env,
      onLine: (line) => {
        const report = JSON.parse(line) as ClockReport;
        readings.push(...report.readings);
        steps.push(...report.steps);
      },
    });
    this.#ends.push(() => child.stop());
    return { readings, steps, set: clock.set };
  }

  async until(condition: () => boolean, what: string, withinMs = 60_000): Promise<void> {
    for (let waitedMs = 0; waitedMs < withinMs && !condition(); waitedMs += 50) await sleep(50);
    this.#expect(condition(), what).toBe(true);
  }
}
