import type { ChronyAddress } from '@tidemark/config';
import type { ClockReading, ClockReport, ClockSourceHealth } from '@tidemark/core';
import { startChrony } from './chrony.ts';
import { clockBoundPaths, noClockBound, startClockBound } from './clock-bound.ts';
import type { ClockSource } from './clock-source.ts';
import { startHostClock } from './host-clock.ts';
import { sntpPace, startSntp } from './sntp.ts';

/** Where the offset of this host's clock comes from. Every source that answers is used: more evidence, tighter bounds. */
export interface ClockSettings {
  /** `host` or `host:port`. */
  readonly ntpServers: readonly string[];
  readonly ntpIntervalMs: number;
  readonly chrony: ChronyAddress | undefined;
  /** ClockBound's shared pages, the first that can be used; by default where its daemon keeps them. */
  readonly clockBoundPaths?: readonly string[];
}

/** Reads the host's clocks in the background. It never throws, and neither its timers nor its sockets keep a process alive. */
export interface ClockReader {
  /** Where readings come from, in words, or `none` and why. */
  describe(): string;
  /** Everything since the last call. */
  take(): ClockReport;
  stop(): void;
}

/** Bound on what waits for a report that is not fetched. */
const maxReadings = 256;

export function startClockReader(settings: ClockSettings): ClockReader {
  const asked: ClockSource[] = [];
  const clock = startHostClock(() => {
    for (const source of [clockBound, ...asked]) source.wake();
  });
  let readings: ClockReading[] = [];
  const add = (reading: ClockReading): void => {
    readings.push(reading);
    if (readings.length > maxReadings) readings.shift();
  };

  if (settings.chrony !== undefined) asked.push(startChrony(settings.chrony, clock, add));
  const pace = sntpPace(settings.ntpIntervalMs);
  for (const server of settings.ntpServers) asked.push(startSntp(server, clock, add, pace));
  const clockBound = startClockBound(settings.clockBoundPaths ?? clockBoundPaths, clock, add);

  const describe = (): string => {
    const working = [clockBound, ...asked].filter((source) => source.trouble() === undefined);
    if (working.length > 0) return working.map((source) => source.name).join(', ');
    const reasons = asked.map((source) => source.trouble());
    if (settings.ntpServers.length === 0) reasons.unshift('no NTP server configured');
    // Most hosts have no ClockBound: its absence is no news, what it says is.
    const page = clockBound.trouble();
    if (page !== noClockBound) reasons.push(page);
    return `none (${reasons.join(', ')})`;
  };

  const sourcesNow = (): ClockSourceHealth[] => {
    const used = clockBound.trouble() === noClockBound ? asked : [...asked, clockBound];
    return used.map(({ server, trouble }) => {
      const why = trouble();
      return { name: server, ...(why === undefined ? {} : { trouble: why }) };
    });
  };

  return {
    describe,
    take() {
      const taken = readings;
      readings = [];
      const epoch = clock.epoch();
      return {
        source: describe(),
        sources: sourcesNow(),
        readings: taken,
        steps: clock.takeSteps(),
        ...(epoch === undefined ? {} : { epoch }),
      };
    },
    stop() {
      clock.stop();
      for (const source of [clockBound, ...asked]) source.stop();
    },
  };
}
