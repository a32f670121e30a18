import { setTimeout as sleep } from 'node:timers/promises';
import { addToFloor, createFloor, driftOf } from '@tidemark/core';
import { describe, test } from 'vitest';
import { clientLines, missingClockTools, serverLines } from '../../../testbed/src/clocks/chronyd.ts';
import { falseClock } from '../../../testbed/src/clocks/false-clock.ts';
import { slewBack } from '../../../testbed/src/clocks/slew.ts';
import { mustHaveRun, playedAgain } from '../../../testbed/src/story/stood-still.ts';
import { ClockStage } from '../../test/clock-stage.ts';

// Real daemons on loopback ports. None of them sets this machine's clock: chronyd runs with -x. They mostly wait, so all
// stories run at a time.

const missing = missingClockTools();
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);

describe.skipIf(missing !== undefined)(`real chronyds${missing ? ` (${missing})` : ''}`, { concurrent: true }, () => {
  test.for([
    { why: 'a true server: the host is right', clock: undefined, aheadMs: 0 },
    { why: 'a server that is 2.5 s ahead: the host is behind', clock: { aheadMs: 2_500 }, aheadMs: -2_500 },
    { why: 'below a second, where the kernel would tell the server the truth', clock: { aheadMs: -750 }, aheadMs: 750 },
  ])('SNTP, $why', async ({ clock, aheadMs }, context) => {
    const stage = new ClockStage(context);
    const server = await stage.daemon({ lines: serverLines, ...(clock && { clock: falseClock(clock) }) });
    const { readings } = stage.sntp(server.ntpPort);
    await stage.until(() => readings.length >= 4, 'four readings');
    for (const { offsetMs, errorMs, delayMs, rootMs } of readings) {
      context.expect(Math.abs(offsetMs - aheadMs)).toBeLessThan(errorMs + 0.05);
      context.expect(errorMs).toBeLessThan(delayMs! / 2 + rootMs! + 10);
    }
  });

  test('SNTP, a server that runs 200 ppm fast: a minute of readings shows its rate, within the error that is stated', async (context) => {
    const stage = new ClockStage(context);
    const server = await stage.daemon({ lines: serverLines, clock: falseClock({ aheadMs: 2_500, ppm: 200 }) });
    const { readings } = stage.sntp(server.ntpPort);
    const spanMs = () => (readings.at(-1)?.atMs ?? 0) - (readings[0]?.atMs ?? 0);
    await stage.until(() => spanMs() > 60_000, 'a minute of readings', 150_000);
    // The server's clock read against ours. At the upper end of a reading, noise only ever adds, as delays do.
    const floor = createFloor(300_000);
    for (const { atMs, offsetMs, errorMs } of readings)
      addToFloor(floor, { fromMs: atMs - offsetMs - errorMs, toMs: atMs });
    const drift = driftOf(floor, 0.1)!;
    console.log(
      `200 ppm, after ${(drift.spanMs / 1000).toFixed(0)} s: ${drift.ppm.toFixed(1)} ± ${drift.errorPpm.toFixed(1)} ppm`,
    );
    context.expect(Math.abs(drift.ppm - 200)).toBeLessThanOrEqual(drift.errorPpm);
    context.expect(drift.errorPpm).toBeLessThanOrEqual(40);
  });

  test.for([
    { why: 'a right clock', clock: undefined, aheadMs: 0 },
    { why: 'a clock that is 2.5 s ahead and 200 ppm fast', clock: { aheadMs: 2_500, ppm: 200 }, aheadMs: 2_500 },
    { why: 'a clock that is 0.75 s behind', clock: { aheadMs: -750 }, aheadMs: -750 },
  ])('chrony, $why', async ({ clock, aheadMs }, context) => {
    const stage = new ClockStage(context);
    const server = await stage.daemon({ lines: serverLines });
    const startedMs = Date.now();
    const lines = clientLines(server.ntpPort);
    const client = await stage.daemon({ lines, ...(clock && { clock: falseClock(clock) }) });
    const { readings, trouble } = stage.chrony({ kind: 'port', host: '127.0.0.1', port: client.commandPort });
    await stage.until(() => readings.length >= 3, 'three readings');
    context.expect(trouble()).toBeUndefined();
    for (const { atMs, offsetMs, errorMs } of readings.slice(2)) {
      const gainedMs = ((clock?.ppm ?? 0) * (atMs - startedMs)) / 1e6;
      context.expect(Math.abs(offsetMs - aheadMs - gainedMs)).toBeLessThan(errorMs + 0.5);
    }
  });

  test('chrony by its socket, where its port is closed; it goes and comes back, and chronyc stays', async (context) => {
    const stage = new ClockStage(context);
    const server = await stage.daemon({ lines: serverLines });
    const options = { lines: clientLines(server.ntpPort), clock: falseClock({ aheadMs: 2_500 }), onlySocket: true };
    const client = await stage.daemon(options);
    const { readings, trouble } = stage.chrony({ kind: 'socket', path: client.socket });
    await stage.until(() => readings.length >= 3, 'three readings');
    context.expect(readings[0]!.server).toBe(`chrony ${client.socket}`);
    for (const { offsetMs, errorMs } of readings.slice(2))
      context.expect(Math.abs(offsetMs - 2_500)).toBeLessThan(errorMs + 0.5);
    await client.stop();
    await stage.until(() => trouble() !== undefined, 'gone');
    const before = readings.length;
    client.start();
    await stage.until(() => readings.length > before, 'back');
    context.expect(trouble()).toBeUndefined();
  });

  test('chrony says why it gives no bound: local mode, not synchronised, gone', async (context) => {
    const stage = new ClockStage(context);
    const local = await stage.daemon({ lines: serverLines });
    const lost = await stage.daemon({ lines: clientLines(9) });
    const [ofLocal, ofLost] = [local, lost].map(({ commandPort }) =>
      stage.chrony({ kind: 'port', host: '127.0.0.1', port: commandPort }),
    );
    await stage.until(() => ofLocal!.trouble()?.endsWith('its own local clock') === true, 'local mode');
    await stage.until(() => ofLost!.trouble()?.endsWith('not synchronised') === true, 'not synchronised');
    await local.stop();
    await stage.until(() => ofLocal!.trouble()?.startsWith('no chrony on') === true, 'gone');
    context.expect([...ofLocal!.readings, ...ofLost!.readings]).toEqual([]);
  });

  test('a host that is ahead and is set back in mid run: offsets, the step, and offsets of the next epoch', async (context) => {
    const stage = new ClockStage(context);
    const { readings, steps, set } = stage.falseHost(await stage.daemon({ lines: serverLines }), 500);
    await stage.until(() => readings.length >= 1, 'a reading');
    await sleep(2_500);
    set(-250);
    await stage.until(() => steps.length > 0, 'the step');
    context.expect(steps).toMatchObject([{ byMs: context.expect.closeTo(-750, -2), epoch: 1 }]);
    await stage.until(() => readings.some(({ epoch }) => epoch === 1), 'a reading after the step');
    for (const { offsetMs, errorMs, epoch } of readings) {
      context.expect(Math.abs(offsetMs - (epoch === 0 ? 500 : -250))).toBeLessThan(errorMs + 0.5);
    }
  });

  test(
    'a host that is slewed by 100 ms at the rate of chronyd: no step, no new epoch',
    playedAgain,
    async (context) => {
      const stage = new ClockStage(context);
      const { readings, steps, set } = stage.falseHost(await stage.daemon({ lines: serverLines }), 500);
      await stage.until(() => readings.length >= 1, 'a reading');
      await sleep(1_000);
      const stillMs = await slewBack(500, set);
      await stage.until(() => readings.length >= 2, 'the best of the burst');
      await sleep(1_500);
      // A slew that pauses is two, and what is left of it may be as short as a step.
      if (steps.length > 0) mustHaveRun({ 'the slewing': stillMs }, 100);
      context.expect(steps).toEqual([]);
      context.expect(readings.map(({ epoch }) => epoch)).toEqual(readings.map(() => 0));
    },
  );
});
