import { createSocket } from 'node:dgram';
import type { ClockReading } from '@tidemark/core';
import { afterEach, expect, test } from 'vitest';
import { startHostClock } from './host-clock.ts';
import { startClockReader } from './reader.ts';
import { startSntp } from './sntp.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** An NTP server on loopback whose clock is ahead of this machine's by `aheadMs`, and which may spoil its replies. */
async function ntpServer(
  aheadMs: number,
  spoil: (reply: Buffer, n: number) => Buffer = (reply) => reply,
): Promise<{ at: string; asked: () => number }> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (request, from) => {
    const reply = Buffer.alloc(48);
    reply.set([0x24, 2, 6, 0xe9]);
    request.copy(reply, 24, 40, 48);
    reply.writeUInt32BE(Math.round(0.004 * 65_536), 4);
    reply.writeUInt32BE(Math.round(0.001 * 65_536), 8);
    const now = ntpStamp(Date.now() + aheadMs);
    reply.writeBigUInt64BE(now - (5n << 32n), 16);
    reply.writeBigUInt64BE(now, 32);
    reply.writeBigUInt64BE(now, 40);
    socket.send(spoil(reply, asked++), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closers.push(() => socket.close());
  return { at: `127.0.0.1:${socket.address().port}`, asked: () => asked };
}

function ntpStamp(ms: number): bigint {
  return (BigInt(Math.round(ms)) * (1n << 32n)) / 1000n + (2_208_988_800n << 32n);
}

function startServer(server: string, timeoutMs = 100): { readings: ClockReading[]; trouble: () => string | undefined } {
  const clock = startHostClock();
  const readings: ClockReading[] = [];
  const pace = { pollMs: 60_000, burst: 3, burstGapMs: 5, timeoutMs };
  const source = startSntp(server, clock, (reading) => readings.push(reading), pace);
  closers.push(() => {
    source.stop();
    clock.stop();
  });
  return { readings, trouble: source.trouble };
}

test.for([{ aheadMs: 0 }, { aheadMs: 2_500 }, { aheadMs: -750 }, { aheadMs: 86_400_000 }])(
  'a server ahead by $aheadMs ms: the host is behind by that, within the stated error',
  async ({ aheadMs }) => {
    const server = await ntpServer(aheadMs);
    const startedMs = Date.now();
    const { readings, trouble } = startServer(server.at, 10_000);
    await expect.poll(() => readings.length).toBeGreaterThanOrEqual(2);
    expect(trouble()).toBeUndefined();
    for (const reading of readings) {
      // The test server's own stamps are whole milliseconds, rounded down.
      expect(Math.abs(reading.offsetMs + aheadMs)).toBeLessThan(reading.errorMs + 1);
      expect(reading.errorMs).toBeGreaterThanOrEqual(3);
      expect(reading.atMs).toBeGreaterThan(startedMs - 50);
      expect(reading.atMs).toBeLessThan(Date.now() + 50);
      expect(reading).toMatchObject({ server: server.at, epoch: 0 });
    }
  },
);

const spoiled: readonly { why: string; spoil: (reply: Buffer, n: number) => Buffer; trouble: RegExp }[] = [
  { why: 'a kiss that says to stay away', spoil: (r) => head(r, 0xe4, 0, 'DENY'), trouble: /refuses \(DENY\)/ },
  { why: 'a kiss that asks for less', spoil: (r) => head(r, 0xe4, 0, 'RATE'), trouble: /refuses \(RATE\)/ },
  { why: 'a server without time', spoil: (r) => head(r, 0xe4, 3), trouble: /unsynchronised/ },
  { why: 'somebody who did not see the request', spoil: (r) => r.fill(7, 24, 32), trouble: /origin/ },
  { why: 'a short datagram', spoil: (r) => r.subarray(0, 20), trouble: /short/ },
];
test.for(spoiled)('no reading from $why', async ({ spoil, trouble: want }) => {
  const server = await ntpServer(0, spoil);
  const { readings, trouble } = startServer(server.at);
  await expect.poll(trouble).toMatch(want);
  expect(readings).toEqual([]);
});

test('a kiss ends the burst: it asked for less traffic', async () => {
  const server = await ntpServer(0, (reply) => head(reply, 0xe4, 0, 'RATE'));
  const { trouble } = startServer(server.at);
  await expect.poll(trouble).toMatch(/RATE/);
  expect(server.asked()).toBe(1);
});

test('the true reply is waited for behind a forged one', async () => {
  const server = await ntpServer(300, (reply, n) => (n === 0 ? Buffer.from(reply).fill(9, 24, 32) : reply));
  const { readings } = startServer(server.at);
  await expect.poll(() => readings.length).toBeGreaterThan(0);
  // Within what it claims: on a machine that is busy a reply takes its time, and the reading says so.
  const { offsetMs, errorMs } = readings[0]!;
  expect(Math.abs(offsetMs + 300)).toBeLessThan(errorMs + 1);
});

test('the reader names its sources, and why there are none', async () => {
  const none = startClockReader({
    ntpServers: [],
    ntpIntervalMs: 64_000,
    chrony: { kind: 'port', host: '127.0.0.1', port: 9 },
    clockBoundPaths: [],
  });
  closers.push(none.stop);
  await expect.poll(none.describe).toBe('none (no NTP server configured, no chrony on 127.0.0.1:9)');
  expect(none.take()).toEqual({
    source: 'none (no NTP server configured, no chrony on 127.0.0.1:9)',
    sources: [{ name: 'chrony 127.0.0.1:9', trouble: 'no chrony on 127.0.0.1:9' }],
    readings: [],
    steps: [],
    epoch: 0,
  });

  const server = await ntpServer(40);
  const one = startClockReader({
    ntpServers: [server.at],
    ntpIntervalMs: 64_000,
    chrony: undefined,
    clockBoundPaths: [],
  });
  closers.push(one.stop);
  const taken: ClockReading[] = [];
  await expect.poll(() => taken.push(...one.take().readings)).toBeGreaterThan(0);
  expect(taken[0]).toMatchObject({ server: server.at, epoch: 0 });
  // What the error is made of: half the way, the server's own root distance (2 + 1 ms), and what our own clock adds.
  const { errorMs, delayMs, rootMs } = taken[0]!;
  expect(rootMs).toBeCloseTo(3, 1);
  expect(errorMs).toBeGreaterThan(delayMs! / 2 + rootMs!);
  expect(one.take().sources).toEqual([{ name: server.at }]);
});

test('chrony by its socket, which is not there', async () => {
  const missing = startClockReader({
    ntpServers: [],
    ntpIntervalMs: 64_000,
    chrony: { kind: 'socket', path: '/nowhere/chronyd.sock' },
    clockBoundPaths: [],
  });
  closers.push(missing.stop);
  await expect.poll(missing.describe).toContain('at /nowhere');
  expect(missing.take().sources).toEqual([
    { name: 'chrony /nowhere/chronyd.sock', trouble: 'no chrony at /nowhere/chronyd.sock' },
  ]);
});

test('a server that cannot be resolved is named', async () => {
  const { readings, trouble } = startServer('no-such-host.invalid');
  await expect.poll(trouble).toBe('no-such-host.invalid cannot be reached');
  expect(readings).toEqual([]);
});

function head(reply: Buffer, first: number, stratum: number, kiss?: string): Buffer {
  reply.set([first, stratum]);
  if (kiss !== undefined) reply.write(kiss, 12, 'ascii');
  return reply;
}
