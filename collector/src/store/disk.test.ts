import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { json } from '../../test/served.ts';
import { start } from '../../test/started.ts';
import { reportsOf } from '../../test/story.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reports = reportsOf({ seed: 5, startMs: 1_700_000_000_000, seconds: 60 });

test('a disk that is full: agents are told to keep their reports, what is known is served; then all goes on', async () => {
  const flags = ['--listen', '127.0.0.1:0', '--store', folder, '--tick', '100ms', '--log-level', 'warn'];
  // Files may not grow beyond this, as if the disk had no room: the collector's writes fail, whoever runs it.
  const small = ['prlimit', '--fsize=150000:unlimited', '--'];
  await using collector = start(flags, {}, small);
  const url = /http:\S+/.exec(await collector.firstLine)?.[0];
  expect(url, collector.out().stderr).toBeDefined();
  const post = (report: unknown) =>
    fetch(new URL('/api/report', url), { method: 'POST', headers: json, body: JSON.stringify(report) });
  const metric = async (name: string) => {
    const metrics = await (await fetch(new URL('/metrics', url))).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  };

  let kept = 0;
  let answer = await post(reports[0]);
  while (answer.status === 204) answer = await post(reports[++kept]);
  expect(kept).toBeGreaterThan(5);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(await answer.json()).toEqual({ error: 'the report cannot be kept now; keep it and send it again' });
  const { tick } = await (await fetch(new URL('/api/assessment', url))).json();
  await expect
    .poll(async () => (await (await fetch(new URL('/api/assessment', url))).json()).tick)
    .toBeGreaterThan(tick + 2);
  expect(await metric('tidemark_store_writable')).toBe(0);
  expect(await metric('tidemark_store_failures_total')).toBeGreaterThan(0);
  expect(await metric('tidemark_collector_reports_not_kept_total')).toBe(1);
  expect(collector.out().stderr).toMatch(
    /tidemark\.db cannot be written \(.*\): agents are told to keep their reports/,
  );

  execFileSync('prlimit', [`--pid=${collector.child.pid}`, '--fsize=unlimited']);
  for (const report of reports.slice(kept)) expect((await post(report)).status).toBe(204);
  expect(await metric('tidemark_store_writable')).toBe(1);
  collector.child.kill('SIGKILL');
  await collector.ended;

  await using again = start(flags);
  const urlAgain = /http:\S+/.exec(await again.firstLine)![0];
  const records = async () => {
    const { tasks } = await (await fetch(new URL('/api/assessment', urlAgain))).json();
    return tasks.reduce((sum: number, task: { records: number }) => sum + task.records, 0);
  };
  const cells = reports.flatMap(({ tasks }) => tasks.flatMap((task) => task.cells));
  await expect.poll(records).toBe(cells.reduce((sum, { count }) => sum + count, 0));
});

test('a folder that cannot be used is one line: what, where, cure', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await using collector = start(['--listen', '127.0.0.1:0', '--store', file]);
  expect(await collector.ended).toBe(1);
  expect(collector.out().stderr.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^tidemark collector: cannot use the store in .*file: .*EEXIST.*; take another folder with --store FOLDER, or --store off to keep nothing$/,
    ),
  ]);
});
