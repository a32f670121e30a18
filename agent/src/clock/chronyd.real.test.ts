import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClockReading, ClockReport, ClockStep } from '@tidemark/core';
import { afterEach, expect, test } from 'vitest';
import {
  type Chronyd,
  fakeClock,
  missingClockTools,
  serverLines,
  startChronyd,
  stopChild,
} from '../../test/chronyd.ts';
import { startChrony } from './chrony.ts';
import { startHostClock } from './host-clock.ts';
import { startSntp } from './sntp.ts';

// Real daemons on loopback ports. None of them sets this machine's clock: chronyd runs with -x.

const missing = missingClockTools();
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
if (missing !== undefined) console.warn(`Skipped: ${missing}`);
const real = test.skipIf(missing !== undefined);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function daemon(options: Parameters<typeof startChronyd>[0]): Promise<Chronyd> {
  const chronyd = await startChronyd(options);
  closers.push(chronyd.stop);
  return chronyd;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i++) await sleep(50);
  expect(condition(), what).toBe(true);
}

function sntpReadings(port: number): ClockReading[] {
  const clock = startHostClock();
  const readings: ClockReading[] = [];
  const pace = { pollMs: 500, burst: 4, burstGapMs: 20, timeoutMs: 1000 };
  const source = startSntp(`127.0.0.1:${port}`, clock, (reading) => readings.push(reading), pace);
  closers.push(() => {
    source.stop();
    clock.stop();
  });
  return readings;
}

function chronyReadings(port: number): { readings: ClockReading[]; trouble: () => string | undefined } {
  const clock = startHostClock();
  const readings: ClockReading[] = [];
  const source = startChrony({ host: '127.0.0.1', port }, clock, (reading) => readings.push(reading), { pollMs: 200 });
  closers.push(() => {
    source.stop();
    clock.stop();
  });
  return { readings, trouble: source.trouble };
}

real.for([
  { why: 'a true server: the host is right', fake: undefined, aheadMs: 0 },
  { why: 'a server that is 2.5 s ahead: the host is behind', fake: '+2.5', aheadMs: -2500 },
  { why: 'below a second, where the kernel would tell the server the truth', fake: '-0.75', aheadMs: 750 },
])('SNTP, $why', async ({ fake, aheadMs }) => {
  const server = await daemon({ lines: serverLines, ...(fake === undefined ? {} : { fake }) });
  const readings = sntpReadings(server.ntpPort);
  await until(() => readings.length >= 4, 'four readings');
  for (const { offsetMs, errorMs } of readings) {
    expect(Math.abs(offsetMs - aheadMs)).toBeLessThan(errorMs + 0.05);
    expect(errorMs).toBeLessThan(50);
  }
});

real('SNTP, a server that runs 200 ppm fast: the readings of 20 s show its rate', async () => {
  const server = await daemon({ lines: serverLines, fake: '+2.5 x1.0002' });
  const readings = sntpReadings(server.ntpPort);
  await until(() => (readings.at(-1)?.atMs ?? 0) - (readings[0]?.atMs ?? 0) > 20_000, '20 s of readings');
  const [first, last] = [readings[0]!, readings.at(-1)!];
  const spanMs = last.atMs - first.atMs;
  const errorPpm = ((first.errorMs + last.errorMs) / spanMs) * 1e6;
  const ppm = ((last.offsetMs - first.offsetMs) / spanMs) * 1e6;
  // The host falls behind a server that runs fast.
  expect(Math.abs(ppm + 200)).toBeLessThan(errorPpm);
});

real.for([
  { why: 'a right clock', fake: undefined, aheadMs: 0 },
  { why: 'a clock that is 2.5 s ahead and 200 ppm fast', fake: '+2.5 x1.0002', aheadMs: 2500 },
  { why: 'a clock that is 0.75 s behind', fake: '-0.75', aheadMs: -750 },
])('chrony, $why', async ({ fake, aheadMs }) => {
  const server = await daemon({ lines: serverLines });
  const lines = [`server 127.0.0.1 port ${server.ntpPort} minpoll -2 maxpoll -2 iburst`, 'port 0'];
  const client = await daemon({ lines, ...(fake === undefined ? {} : { fake }) });
  const { readings, trouble } = chronyReadings(client.commandPort);
  await until(() => readings.length >= 3, 'three readings');
  expect(trouble()).toBeUndefined();
  for (const { offsetMs, errorMs } of readings.slice(2)) {
    // The fast clock has gained a few milliseconds since the daemon started.
    expect(Math.abs(offsetMs - aheadMs)).toBeLessThan(errorMs + (fake?.includes('x') ? 10 : 0.5));
  }
});

real('chrony says why it gives no bound: local mode, not synchronised, gone', async () => {
  const local = await daemon({ lines: serverLines });
  const ofLocal = chronyReadings(local.commandPort);
  const lost = await daemon({ lines: ['server 127.0.0.1 port 9 minpoll -2 maxpoll -2 iburst', 'port 0'] });
  const ofLost = chronyReadings(lost.commandPort);
  await until(() => ofLocal.trouble()?.endsWith('its own local clock') === true, 'local mode');
  await until(() => ofLost.trouble()?.endsWith('not synchronised') === true, 'not synchronised');
  await local.stop();
  await until(() => ofLocal.trouble()?.startsWith('no chrony on') === true, 'gone');
  expect([...ofLocal.readings, ...ofLost.readings]).toEqual([]);
});

interface FalseHost {
  readonly readings: ClockReading[];
  readonly steps: ClockStep[];
  /** Sets its clock off by so many seconds. */
  set(offset: string): void;
}

/** The agent's clock reader in a process of its own, on a clock that the test can move. */
function falseHost(server: Chronyd, offset: string): FalseHost {
  const file = join(mkdtempSync(join(tmpdir(), 'tidemark-clock-')), 'offset');
  const set = (value: string): void => {
    // The host reads the file all the time and must never find it half written.
    writeFileSync(`${file}.new`, value);
    renameSync(`${file}.new`, file);
  };
  set(offset);
  const script = fileURLToPath(new URL('../../test/clock-host.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=tidemark-source', script, `127.0.0.1:${server.ntpPort}`], {
    env: { ...process.env, ...fakeClock({ file }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closers.push(() => stopChild(child));
  const host: FalseHost = { readings: [], steps: [], set };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as ClockReport;
    host.readings.push(...report.readings);
    host.steps.push(...report.steps);
  });
  return host;
}

real('a host that is ahead and is set back in mid run: offsets, the step, and offsets of the next epoch', async () => {
  const { readings, steps, set } = falseHost(await daemon({ lines: serverLines }), '+0.5');
  await until(() => readings.length >= 1, 'a reading');
  await sleep(2_500);
  const setMs = Date.now();
  set('-0.25');
  await until(() => steps.length > 0, 'the step');
  expect(Date.now() - setMs).toBeLessThan(4_000);
  expect(steps).toMatchObject([{ byMs: expect.closeTo(-750, -1), epoch: 1 }]);
  await until(() => readings.some(({ epoch }) => epoch === 1), 'a reading after the step');
  for (const { offsetMs, errorMs, epoch } of readings) {
    expect(Math.abs(offsetMs - (epoch === 0 ? 500 : -250))).toBeLessThan(errorMs + 0.5);
  }
});

real('a host that is slewed by 100 ms at the rate of chronyd: no step, no new epoch', async () => {
  const { readings, steps, set } = falseHost(await daemon({ lines: serverLines }), '+0.5');
  await until(() => readings.length >= 1, 'a reading');
  await sleep(1_000);
  for (let ms = 500; ms >= 400; ms--) {
    set(`+${(ms / 1000).toFixed(3)}`);
    await sleep(11);
  }
  await until(() => readings.length >= 2, 'the best of the burst');
  await sleep(1_500);
  expect(steps).toEqual([]);
  expect(readings.map(({ epoch }) => epoch)).toEqual(readings.map(() => 0));
});
