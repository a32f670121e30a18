import type { ChronyAddress } from '@tidemark/config';
import { chronyBound, middleMs, widthMs } from '@tidemark/core';
import { type ChronyDoor, createChronyPort } from './chrony-door.ts';
import { chronySocket, createChronyc } from './chronyc.ts';
import { type ClockSource, createHealth, createSleeper, holdoverPpm, type TakeReading } from './clock-source.ts';
import type { HostClock } from './host-clock.ts';

/** Once per cell of the clock solver: the daemon is on this host, asking costs nothing. */
const pollMs = 10_000;

/** Asks the host's own chronyd over its monitoring port, or by its socket where that port is closed. */
export function startChrony(
  address: ChronyAddress,
  clock: HostClock,
  take: TakeReading,
  pace: { readonly pollMs: number } = { pollMs },
): ClockSource {
  const door = createDoor(address);
  const sleeper = createSleeper();
  const health = createHealth({
    name: door.name,
    patienceMs: () => 3 * pace.pollMs,
    waiting: `no answer yet from ${door.name}`,
  });

  const askOnce = async (): Promise<string | undefined> => {
    const epoch = clock.epoch();
    const answer = await door.ask();
    if (answer.kind !== 'tracking') return answer.reason;
    const nowMs = Date.now();
    const bound = chronyBound(answer, { nowMs, driftPpm: holdoverPpm });
    if (bound.kind === 'unbounded') return `${door.name}: ${bound.reason}`;
    // Moved while we asked: nobody can say which of both clocks the daemon spoke of.
    if (epoch === undefined || clock.epoch() !== epoch) return undefined;
    take({
      atMs: nowMs,
      offsetMs: middleMs(bound.offset),
      errorMs: widthMs(bound.offset) / 2,
      server: door.name,
      delayMs: answer.rootDelayS * 1000,
      rootMs: answer.rootDispersionS * 1000,
      epoch,
    });
    health.ok();
    return undefined;
  };

  const run = async (): Promise<void> => {
    while (!sleeper.stopped) {
      const failure = await askOnce();
      if (failure !== undefined) health.failed(failure);
      await sleeper.sleep(pace.pollMs, 0);
    }
  };
  run().catch((error: unknown) => health.failed(`${door.name}: ${String(error)}`));

  return {
    get name() {
      return door.name;
    },
    get server() {
      return door.name;
    },
    trouble: health.trouble,
    wake: sleeper.wake,
    stop() {
      sleeper.stop();
      door.close();
    },
  };
}

/** The socket is tried too where nothing else was asked for: many hosts close the port (`cmdport 0`). */
function createDoor(address: ChronyAddress): ChronyDoor {
  if (address.kind === 'socket') return createChronyc(address.path);
  const port = createChronyPort(address);
  const isDefault = address.port === 323 && ['127.0.0.1', '::1', 'localhost'].includes(address.host);
  return isDefault ? eitherOf(port, createChronyc(chronySocket)) : port;
}

/** The door that answered last, and when it is silent the other. */
function eitherOf(one: ChronyDoor, two: ChronyDoor): ChronyDoor {
  let [current, other] = [one, two];
  return {
    get name() {
      return current.name;
    },
    async ask() {
      const first = await current.ask();
      if (first.kind !== 'silence') return first;
      const second = await other.ask();
      if (second.kind === 'silence') return { ...first, reason: `${first.reason}, ${second.reason}` };
      [current, other] = [other, current];
      return second;
    },
    close() {
      one.close();
      two.close();
    },
  };
}
