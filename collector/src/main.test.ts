import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { json } from '../test/served.ts';
import { start } from '../test/started.ts';
import { reportsOf } from '../test/story.ts';

const ready = /^tidemark collector: page and API at (http:\/\/127\.0\.0\.1:\d+\/)$/;

test.for(['SIGTERM', 'SIGINT'] as const)(
  'says where it is, ticks, and on %s ends its pages and itself',
  async (signal) => {
    await using collector = start(['--listen', '127.0.0.1:0', '--tick=100ms']);
    const url = ready.exec(await collector.firstLine)?.[1];
    expect(url, collector.out().stderr).toBeDefined();
    expect((await fetch(new URL('/ready', url))).status).toBe(200);
    const page = (await fetch(new URL('/api/events', url))).body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes('event: tick')) seen += (await page.read()).value;
    collector.child.kill(signal);
    while (!(await page.read()).done);
    expect(await collector.ended).toBe(0);
    expect(collector.out().stdout.trim().split('\n')).toHaveLength(1);
  },
);

test('a port in use is one line: what, where, cure', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await using collector = start(['--listen', `127.0.0.1:${port}`]);
  expect(await collector.ended).toBe(1);
  expect(collector.out()).toEqual({
    stdout: '',
    stderr: `tidemark collector: cannot listen on 127.0.0.1:${port}: the port is in use; stop what listens there or take another with --listen 127.0.0.1:0\n`,
  });
  other.close();
});

test('an address that this machine does not have is one line as well', async () => {
  await using collector = start([], { TIDEMARK_LISTEN: '192.0.2.1:8080' });
  expect(await collector.ended).toBe(1);
  expect(collector.out().stderr).toMatch(
    /^tidemark collector: cannot listen on 192\.0\.2\.1:8080: this machine has no such address; .*\n$/,
  );
});

test('all that is wrong with the settings is said at once, where it was written', async () => {
  await using collector = start(['--tick', '5 sec', '--colour'], {
    TIDEMARK_LISTEN: 'everywhere',
    TIDEMARK_LOG_LEVEL: 'loud',
  });
  expect(await collector.ended).toBe(1);
  expect(collector.out().stdout).toBe('');
  const lines = collector.out().stderr.trim().split('\n');
  expect(lines).toHaveLength(4);
  for (const where of ['--tick', '--colour', 'TIDEMARK_LISTEN', 'TIDEMARK_LOG_LEVEL']) {
    expect(lines.filter((line) => line.startsWith(`tidemark collector: ${where}: `))).toHaveLength(1);
  }
});

test('records that are suddenly late are judged at once, not with the next tick', async () => {
  await using collector = start(['--listen', '127.0.0.1:0', '--tick=1m']);
  const url = ready.exec(await collector.firstLine)?.[1];
  expect(url, collector.out().stderr).toBeDefined();
  for (const report of reportsOf({ seed: 1, startMs: Date.now() - 60_000, seconds: 60, cut: [20, 50] })) {
    const body = JSON.stringify(report);
    await fetch(new URL('/api/report', url), { method: 'POST', headers: json, body });
  }
  const page = (await fetch(new URL('/api/events', url))).body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('"kind":"producerCutOff"')) seen += (await page.read()).value;
  await page.cancel();
});
