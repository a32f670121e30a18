import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from './child.ts';

const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

test('its lines come one by one, and how it ended with its last words', async () => {
  const lines: string[] = [];
  const child = startChild({
    ...node('console.log("one\\ntwo"); console.error("alas"); process.exitCode = 3'),
    onLine: (line) => lines.push(line),
  });
  expect(await child.ended).toEqual({ code: 3, lastWords: ['alas'] });
  expect(lines).toEqual(['one', 'two']);
});

test('a program that does not exist has ended, with the reason', async () => {
  const { code, lastWords } = await startChild({ command: '/no/such/program', args: [] }).ended;
  expect(code).toBeUndefined();
  expect(lastWords[0]).toMatch(/ENOENT/);
});

test('one that will not stop is made to', async () => {
  const heard = Promise.withResolvers<void>();
  const stubborn = startChild({
    ...node('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("ready")'),
    onLine: () => heard.resolve(),
  });
  await heard.promise;
  expect((await stubborn.stop(50)).code).toBeUndefined();
});

test.for(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'children and folders end with an owner that gets %s',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
    const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const script = `
    const { startChild } = await import(${url('./child.ts')});
    const { bequeath } = await import(${url('./last-will.ts')});
    bequeath({ remove: ${JSON.stringify(folder)} });
    console.log(startChild({ command: 'sleep', args: ['600'] }).pid);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const pid = await new Promise<number>((resolve) => {
      createInterface({ input: owner.stdout }).once('line', (line) => resolve(Number(line)));
    });
    expect(isRunning(pid)).toBe(true);
    owner.kill(signal);
    // The kernel tells the undertaker at once; it then needs a moment.
    await expect.poll(() => isRunning(pid)).toBe(false);
    await expect.poll(() => existsSync(folder)).toBe(false);
  },
);

/** Where nobody reaps orphans, such as in a bare container, an ended process stays in the table as a zombie. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
