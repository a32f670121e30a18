import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Incident } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { type Served, served } from '../../collector/test/served.ts';
import { tell } from '../../testbed/src/story/story.ts';

// The command as it is typed, against a real collector that was told a story.

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function start(flags: readonly string[], environment: { readonly [name: string]: string } = {}) {
  const child = spawn(process.execPath, ['--conditions=tidemark-source', main, 'incidents', ...flags], {
    env: { PATH: process.env.PATH, ...environment },
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    out.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...out }));
  return { child, out, ended };
}

const startMs = Math.floor(Date.now() / 1000) * 1000 - 150_000;
const cutMs = { fromMs: 60_000, toMs: 92_000 };

/** B is cut off and comes back a minute ago. */
const { reports } = tell({
  seed: 11,
  startMs,
  durationMs: 140_000,
  partitions: 2,
  producers: [
    { name: 'A', ratePerSecond: 20 },
    { name: 'B', ratePerSecond: 20, cut: cutMs },
  ],
  policy: { id: 'tumbling 5s grace 2s', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 },
  group: 'billing',
});

async function hear(collector: Served, untilMs: number, fromMs = 0): Promise<void> {
  for (const report of reports.filter(({ toMs }) => toMs - startMs <= untilMs && toMs - startMs > fromMs)) {
    await collector.post(report);
    collector.tickAt(report.toMs + 50);
  }
}

test('calm, then open, then over: said, and by the exit code', async () => {
  await using collector = await served({ nowMs: startMs });
  const ask = (...flags: string[]) => start(flags, { TIDEMARK_COLLECTOR_URL: collector.url }).ended;
  await hear(collector, 50_000);
  expect(await ask()).toEqual({
    code: 0,
    stdout: 'No incident is open, and none ended within the last hour (--all: earlier ones).\n',
    stderr: '',
  });
  await hear(collector, cutMs.toMs + 3_000, 50_000);
  expect((await ask()).code).toBe(1);
  await hear(collector, 140_000, cutMs.toMs + 3_000);
  const over = await ask();
  expect(over.code).toBe(0);
  expect(over.stdout).toMatch(/✓ closed +B cut off +billing +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +3\d s/);
  expect(over.stdout).toMatch(/\n {4}billing dropped [\d,]+ records of B .*falsely late: it was cut off/);

  const listed = JSON.parse((await ask('--json')).stdout) as readonly Incident[];
  const { id } = listed.find((incident) => incident.status === 'closed')!;
  const one = await ask(id);
  expect(one.code).toBe(0);
  expect(one.stdout).toMatch(/^B cut off: ✓ closed\n/);
  expect(one.stdout).toMatch(/\nCulprit record +orders-\d@\d+ of A, event time \d{4}-/);
  expect(one.stdout).toContain(`With its picture: ${collector.url.replace(/\/$/, '')}/#incident-${id}\n`);
  expect(JSON.parse((await ask(id, '--json')).stdout)).toMatchObject({ id, kind: 'producerCutOff' });
});

test('--watch tells each turn once, outlasts a collector that is away, and ends when told to', async () => {
  const collector = await served({ nowMs: startMs });
  await hear(collector, 50_000);
  const watching = start(['--watch', '--collector', collector.url]);
  try {
    await hear(collector, cutMs.toMs + 3_000, 50_000);
    await expect.poll(() => watching.out.stdout).toContain('✕ open');
    await hear(collector, 140_000, cutMs.toMs + 3_000);
    await expect.poll(() => watching.out.stdout).toContain('✓ closed');
    await collector[Symbol.asyncDispose]();
    await expect.poll(() => watching.out.stderr).toContain('cannot be reached');
    watching.child.kill('SIGINT');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(stdout.match(/✕ open/g)).toHaveLength(1);
  } finally {
    watching.child.kill('SIGKILL');
    await watching.ended;
  }
});

describe('what cannot be told is said, with a cure, and ends with 2', () => {
  test('nobody there', async () => {
    const { code, stderr, stdout } = await start(['--collector', 'http://127.0.0.1:1']).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^tidemark incidents: the collector at http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\); start one with "tidemark collector", or name another with --collector URL\n$/,
    );
  });

  test('an id that there is not', async () => {
    await using collector = await served();
    const { code, stderr } = await start(['nobody', '--collector', collector.url]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('says: no incident nobody; "tidemark incidents --all" lists those that it keeps');
  });

  test('something else answers', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { port } = other.address() as AddressInfo;
      const { code, stderr } = await start(['--collector', `http://127.0.0.1:${port}`]).ended;
      expect(code).toBe(2);
      expect(stderr).toContain('is no Tidemark collector');
    } finally {
      other.close();
    }
  });

  test('a user and password in the address go to the proxy before it, and are never shown', async () => {
    const right = `Basic ${Buffer.from('night:s@feword').toString('base64')}`;
    const proxy = createServer(({ headers }, response) => {
      if (headers.authorization === right) response.end('[]');
      else response.writeHead(401).end('{ "error": "who are you?" }');
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    try {
      const { port } = proxy.address() as AddressInfo;
      const known = await start(['--collector', `http://night:s%40feword@127.0.0.1:${port}`]).ended;
      expect(known).toMatchObject({ code: 0, stderr: '' });
      const stranger = await start(['--collector', `http://night:guess@127.0.0.1:${port}`]).ended;
      expect(stranger.stderr).toBe(
        `tidemark incidents: the collector at http://127.0.0.1:${port} says: who are you?\n`,
      );
    } finally {
      proxy.close();
    }
  });

  test('a flag that there is not', async () => {
    const { code, stderr } = await start(['--follow']).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('tidemark incidents: --follow: not set; expected one of');
  });
});
