import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, FindingKind, KnownClock } from '@tidemark/core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { missingForKafka } from '../broker/broker.ts';
import { mustHaveRun, playedAgain } from '../story/stood-still.ts';
import { type Chronyd, clientLines, missingClockTools, serverLines } from './chronyd.ts';
import { ClockWorld } from './clock-world.ts';
import { type FalseClock, falseClock, falseJvmClock, movableClock } from './false-clock.ts';
import { slewBack } from './slew.ts';
import { type Truth, Watch } from './watch.ts';

/**
 * The whole path on clocks whose truth is known: a real broker, real producers, hosts with agents and chronyds, a real collector
 * on this machine's clock, which is the truth, and what its API says. They mostly wait, so all stories run in one world.
 *
 *                        ahead       rate
 *   broker 1           +2500 ms   +200 ppm    stamps what it appends (LogAppendTime)
 *   producer fast       +200 ms   +500 ppm
 *   producer slow       -350 ms   -300 ppm
 *   producer setting       0 ms               set to +1000 ms, later to -500 ms
 *   host both           -120 ms               produces and consumes: the records of source `both` are of its clock
 *   host watch             0 ms               consumes, asks a chronyd
 *   host slewed         +500 ms               consumes, is slewed to +400 ms as fast as chronyd does
 *   host setBack        +500 ms               set back to -250 ms at once
 *   hosts lost, local, unsynced               whose sources fail
 */
const missing = missingClockTools() ?? (await missingForKafka());
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
const title = `clocks with known truth${missing === undefined ? '' : ` (${missing})`}`;

describe.skipIf(missing !== undefined)(title, { concurrent: true }, () => {
  const rates = {
    'broker 1': { aheadMs: 2_500, ppm: 200 },
    fast: { aheadMs: 200, ppm: 500 },
    slow: { aheadMs: -350, ppm: -300 },
    both: { aheadMs: -120, ppm: 0 },
  } as const;
  const setting = movableClock(0);
  const slewed = movableClock(500);
  const setBack = movableClock(500);
  let world: ClockWorld;
  let watch: Watch;
  let lostDaemon: Chronyd;
  let readyMs: number;
  const startedMs: { [name: string]: number } = {};
  /** When clocks were moved, and where to. */
  const moves: { [name: string]: { readonly atMs: number; readonly toMs: number }[] } = {
    setting: [],
    slewed: [],
    setBack: [],
  };

  beforeAll(async () => {
    world = await ClockWorld.start();
    const server = await world.chronyd({ lines: serverLines });
    const lines = clientLines(server.ntpPort);
    const daemon = await world.chronyd({ lines });
    const slewedDaemon = await world.chronyd({ lines, clock: slewed });
    lostDaemon = await world.chronyd({ lines });
    const unsyncedDaemon = await world.chronyd({ lines: clientLines(9) });
    const broker = await world.broker(falseJvmClock(rates['broker 1']), { stamps: 4, nothing: 1 });
    startedMs['broker 1'] = broker.startedMs!;

    const chrony = ({ commandPort }: Chronyd) => ({ TIDEMARK_CHRONY: `127.0.0.1:${commandPort}` });
    const ntp = { TIDEMARK_NTP_SERVERS: `127.0.0.1:${server.ntpPort}`, TIDEMARK_NTP_INTERVAL: '4s' };
    const onlyNtp = { ...ntp, TIDEMARK_CHRONY: 'off' };
    const [stamps, nothing] = [
      { broker, topic: 'stamps' },
      { broker, topic: 'nothing' },
    ];
    await Promise.all([
      world.consumer({ name: 'watch', sources: chrony(daemon) }, stamps),
      world.consumer({ name: 'both', clock: falseClock(rates.both), sources: onlyNtp }, stamps),
      world.consumer({ name: 'slewed', clock: slewed, sources: { ...ntp, ...chrony(slewedDaemon) } }, stamps),
      world.consumer({ name: 'setBack', clock: setBack, sources: onlyNtp }, nothing),
      world.consumer({ name: 'lost', sources: chrony(lostDaemon) }, nothing),
      world.consumer({ name: 'local', sources: { ...chrony(server), TIDEMARK_NTP_SERVERS: '127.0.0.1:9' } }, nothing),
      world.consumer({ name: 'unsynced', sources: chrony(unsyncedDaemon) }, nothing),
    ]);
    const produce = async (name: string, partition: number, clock: FalseClock): Promise<void> => {
      startedMs[name] = await world.producer(
        { name, brokers: broker.brokers, topic: 'stamps', partition, everyMs: 100 },
        clock,
      );
    };
    await Promise.all([
      produce('fast', 0, falseClock(rates.fast)),
      produce('slow', 1, falseClock(rates.slow)),
      produce('setting', 2, setting),
      produce('both', 3, falseClock(rates.both)),
    ]);
    watch = new Watch(world);
    readyMs = performance.now();
  });
  afterAll(async () => {
    watch?.stop();
    await world?.end();
  });

  const at = (seconds: number): Promise<void> => sleep(Math.max(0, readyMs + seconds * 1000 - performance.now()));
  const clock = async (name: string): Promise<KnownClock | undefined> =>
    (await world.clocks()).find((known) => known.name === name);
  const tick = async (): Promise<number> => (await world.collector.assessment()).tick;
  const finding = async <K extends FindingKind>(kind: K, name: string) =>
    (await world.findings(kind)).find(({ subject }) => 'name' in subject && subject.name === name);
  const steady = (name: keyof typeof rates): Truth => {
    const { aheadMs, ppm } = rates[name];
    const rate = ppm / 1e6;
    return { aheadMs: (atMs) => aheadMs + rate * (atMs - startedMs[name]!), knownToMs: 0.1, rate };
  };
  /** `unsureMs`: how long after a movement nobody can be asked to know. */
  const moved = (name: string, firstMs: number, unsureMs: number): Truth => ({
    knownToMs: 0.1,
    aheadMs(atMs) {
      const last = moves[name]!.findLast((move) => move.atMs <= atMs);
      if (last === undefined) return firstMs;
      return atMs - last.atMs < unsureMs ? undefined : last.toMs;
    },
  });
  const move = (name: string, of: { set(aheadMs: number): void }, toMs: number): void => {
    moves[name]!.push({ atMs: Date.now(), toMs });
    of.set(toMs);
  };

  test('drift: sign and size of each, within the uncertainty that is stated, and the broker told apart', async ({
    expect,
  }) => {
    const truths = { 'broker 1': 200, fast: 500, slow: -300, setting: 0, watch: 0, both: 0 };
    await at(66);
    for (const [name, truthPpm] of Object.entries(truths)) {
      await world.until(async () => (await clock(name))?.drift !== undefined, `the drift of ${name}`);
      const drift = (await clock(name))!.drift!;
      say(
        `${name}: ${drift.ppm.toFixed(1)} ± ${drift.errorPpm.toFixed(1)} ppm after ${(drift.spanMs / 1000).toFixed(0)} s, truth ${truthPpm}`,
      );
      expect(Math.abs(drift.ppm - truthPpm), name).toBeLessThanOrEqual(drift.errorPpm);
      expect(drift.against, name).toBeUndefined();
    }
    for (const [name, sign] of [
      ['broker 1', 1],
      ['fast', 1],
      ['slow', -1],
    ] as const) {
      await world.until(async () => (await finding('clockDrift', name))?.status === 'open', `a finding on ${name}`);
      expect(Math.sign((await finding('clockDrift', name))!.evidence.ppm)).toBe(sign);
    }
    const accused = (await world.findings('clockDrift')).map(({ subject }) => 'name' in subject && subject.name);
    expect(accused.toSorted()).toEqual(['broker 1', 'fast', 'slow']);
  });

  test('a producer that is set in mid run: the step is reported within seconds, with its size, and as the producer’s', async ({
    expect,
  }) => {
    for (const step of [
      { afterS: 45, toMs: 1_000, byMs: 1_000 },
      { afterS: 80, toMs: -500, byMs: -1_500 },
    ]) {
      await at(step.afterS);
      move('setting', setting, step.toMs);
      const setMs = performance.now();
      const setAtTick = await tick();
      const found = async () => {
        const said = await finding('clockStep', 'setting');
        return said !== undefined && Math.sign(said.evidence.byMs) === Math.sign(step.byMs) ? said : undefined;
      };
      await world.until(async () => (await found()) !== undefined, `the step of ${step.byMs} ms`);
      const afterS = (performance.now() - setMs) / 1000;
      const { byMs, seenBy } = (await found())!.evidence;
      say(`step of ${step.byMs} ms: reported after ${afterS.toFixed(1)} s as ${byMs.toFixed(1)} ms, seen by ${seenBy}`);
      expect(Math.abs(byMs - step.byMs)).toBeLessThanOrEqual(10);
      // A tick a second, where the machine keeps up.
      expect((await tick()) - setAtTick).toBeLessThan(15);
    }
  });

  let slewedMs = 500;
  test(
    'a host that is slewed by 100 ms at chronyd’s rate: nobody is alarmed, and nobody is called a liar',
    playedAgain,
    async ({ expect }) => {
      await at(25);
      const before = new Set(about(await world.findings(), 'slewed').map(({ id }) => id));
      const stillMs = await slewBack(slewedMs, (aheadMs) => move('slewed', slewed, aheadMs));
      slewedMs -= 100;
      await sleep(78_000);
      const alarms = about(await world.findings(), 'slewed').filter(({ id }) => !before.has(id));
      // A slew that pauses is two, and what is left of it may be as short as a step.
      if (alarms.length > 0) mustHaveRun({ 'the slewing': stillMs }, 100);
      expect(alarms).toEqual([]);
      expect(await world.findings('clockContradiction')).toEqual([]);
      expect(watch.everSuspect('slewed')).toBe(false);
    },
  );

  test('a host that is set back at once: it says so itself, and is bounded anew', async ({ expect }) => {
    await at(30);
    move('setBack', setBack, -250);
    const setMs = performance.now();
    await world.until(async () => (await finding('clockStep', 'setBack')) !== undefined, 'the step of a host');
    const { byMs, seenBy } = (await finding('clockStep', 'setBack'))!.evidence;
    say(
      `a host set back by 750 ms: reported after ${((performance.now() - setMs) / 1000).toFixed(1)} s as ${byMs.toFixed(1)} ms`,
    );
    expect(seenBy).toBe('hostClock');
    expect(Math.abs(byMs + 750)).toBeLessThan(10);
    await at(60);
    expect((await clock('setBack'))!.low).toMatchObject({ basis: 'proved' });
  });

  test('a chronyd that is stopped: the bound grows by 50 ppm, its loss is told, and is over when it is back', async ({
    expect,
  }) => {
    await at(12);
    await lostDaemon.stop();
    await world.until(async () => (await finding('clockSourceLost', 'lost'))?.status === 'open', 'the loss', 90_000);
    const lost = (await finding('clockSourceLost', 'lost'))!;
    expect(lost.evidence.reason).toContain(`no chrony on 127.0.0.1:${lostDaemon.commandPort}`);
    expect(lost.evidence.lastReadingAgeMs).toBeGreaterThan(30_000);
    const widths = watch.solved.flatMap(({ clocks }) => {
      const known = clocks.find(({ name }) => name === 'lost');
      if (known === undefined || known.low.basis === 'unknown' || known.high.basis === 'unknown') return [];
      return [{ ageMs: known.readings!.ageMs!, widthMs: known.high.ms - known.low.ms }];
    });
    const oldest = widths.at(-1)!;
    const youngest = widths.find(({ ageMs }) => ageMs < 20_000 && oldest.ageMs - ageMs > 25_000)!;
    const grownPpm = ((oldest.widthMs - youngest.widthMs) / 2 / (oldest.ageMs - youngest.ageMs)) * 1e6;
    say(`without readings the bound grew by ${grownPpm.toFixed(1)} ppm of age on each side`);
    expect(grownPpm).toBeGreaterThan(45);
    expect(grownPpm).toBeLessThan(55);
    lostDaemon.start();
    await world.until(async () => (await finding('clockSourceLost', 'lost'))?.status === 'closed', 'its end', 90_000);
  });

  test('a chronyd in local mode, one that is not synchronised and a server that is not there bound nothing, and say why', async ({
    expect,
  }) => {
    await at(50);
    for (const [name, reasons] of [
      ['local', ['its own local clock', '127.0.0.1:9 does not answer']],
      ['unsynced', ['not synchronised']],
    ] as const) {
      const known = (await clock(name))!;
      expect(known).toMatchObject({ low: { basis: 'unknown' }, high: { basis: 'unknown' } });
      expect(known.readings!.source).toMatch(/^none \(/);
      for (const reason of reasons) expect(known.readings!.source).toContain(reason);
    }
    // The user named that server; a chronyd is looked for everywhere, and that there is none is no news.
    await world.until(async () => (await finding('clockSourceLost', 'local'))?.status === 'open', 'the missing server');
    expect(await finding('clockSourceLost', 'unsynced')).toBeUndefined();
  });

  test('whatever is said to be proved is true, of every clock and each time', async ({ expect }) => {
    await at(112);
    const truths: { readonly [name: string]: Truth } = {
      'broker 1': steady('broker 1'),
      fast: steady('fast'),
      slow: steady('slow'),
      both: steady('both'),
      watch: { aheadMs: () => 0, knownToMs: 0.05 },
      lost: { aheadMs: () => 0, knownToMs: 0.05 },
      setting: moved('setting', 0, 15_000),
      slewed: moved('slewed', 500, 10_000),
      setBack: moved('setBack', 500, 15_000),
    };
    expect(watch.solved.length).toBeGreaterThanOrEqual(10);
    expect(Object.entries(truths).flatMap(([name, truth]) => watch.falseProofs(name, truth))).toEqual([]);
    for (const name of ['broker 1', 'both', 'watch', 'lost', 'slewed', 'setBack']) {
      const widths = watch.widthsMs(name).toSorted((a, b) => a - b);
      say(
        `${name}: bounded to ${widths[widths.length >> 1]?.toFixed(2)} ms (median of ${widths.length} of ${watch.solved.length}, most ${widths.at(-1)?.toFixed(2)})`,
      );
      expect(widths.length, name).toBeGreaterThanOrEqual(watch.solved.length / 2);
      expect(watch.everSuspect(name), name).toBe(false);
    }
    for (const name of ['fast', 'slow'])
      expect((await clock(name))!, name).toMatchObject({ low: { basis: 'proved' }, high: { basis: 'unknown' } });
  });
});

function about(findings: readonly Finding[], name: string): readonly Finding[] {
  return findings.filter(({ subject }) => JSON.stringify(subject).includes(`"${name}"`));
}

function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}
