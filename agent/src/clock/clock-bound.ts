import { readFile } from 'node:fs/promises';
import { clockBoundErrorMs, decodeClockBoundPage } from '@tidemark/core';
import { type ClockSource, createHealth, createSleeper, holdoverPpm, type TakeReading } from './clock-source.ts';
import type { HostClock } from './host-clock.ts';

/** Where ClockBound's daemons keep their page: layout 2, then layout 1. */
export const clockBoundPaths: readonly string[] = ['/var/run/clockbound/shm1', '/var/run/clockbound/shm0'];

/** Most hosts have none: that is no news. */
export const noClockBound = 'no ClockBound page';

/** Reads ClockBound's shared page as a file, if there is one. The page says how far off the clock may be, not which way. */
export function startClockBound(
  paths: readonly string[],
  clock: HostClock,
  take: TakeReading,
  pace: { readonly pollMs: number } = { pollMs: 10_000 },
): ClockSource {
  const name = 'ClockBound';
  const sleeper = createSleeper();
  const health = createHealth({ name, patienceMs: () => 3 * pace.pollMs, waiting: noClockBound });

  const readOnce = async (): Promise<string | undefined> => {
    let failure = noClockBound;
    for (const path of paths) {
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes === undefined) continue;
      const page = decodeClockBoundPage(bytes);
      if (page.kind === 'unbounded') {
        failure = `ClockBound: ${page.reason}`;
        continue;
      }
      const epoch = clock.epoch();
      if (epoch === undefined) return undefined;
      const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
      const errorMs = clockBoundErrorMs(page, { monotonicMs, driftPpm: holdoverPpm });
      if (errorMs === undefined) {
        failure = 'ClockBound: page is void';
        continue;
      }
      take({ atMs: Date.now(), offsetMs: 0, errorMs, server: name, epoch });
      health.ok();
      return undefined;
    }
    return failure;
  };

  const run = async (): Promise<void> => {
    while (!sleeper.stopped) {
      const failure = await readOnce();
      if (failure !== undefined) health.failed(failure);
      await sleeper.sleep(pace.pollMs, 0);
    }
  };
  run().catch((error: unknown) => health.failed(`${name}: ${String(error)}`));
  return { name, server: name, trouble: health.trouble, wake: sleeper.wake, stop: sleeper.stop };
}
