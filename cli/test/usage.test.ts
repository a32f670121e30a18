import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { auditFlags, captureFlags, collectorFlags, followFlags, reprocessFlags } from '@tidemark/config';
import { describe, expect, test } from 'vitest';
import { manuals, usage, usageOf } from '../src/usage.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const tidemark = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, ['--conditions=tidemark-source', main, ...args])).stdout;

describe('help', () => {
  test.for([
    { command: 'agent', flags: followFlags },
    { command: 'audit', flags: auditFlags },
    { command: 'capture', flags: captureFlags },
    { command: 'collector', flags: collectorFlags },
    { command: 'incidents', flags: ['--collector', '--json', '--all', '--watch'] },
    { command: 'reprocess', flags: reprocessFlags },
    { command: 'status', flags: ['--collector', '--json', '--all'] },
  ])('of $command: every flag that it reads, and no other', ({ command, flags }) => {
    const told = [...usageOf(command).matchAll(/^ {2}(--[a-z-]+) {2,}(\S.*)$/gm)].map(([, flag]) => flag);
    expect(told.toSorted()).toEqual(flags.toSorted());
  });

  test('the overview has all commands, in lines that a terminal holds', () => {
    for (const command of Object.keys(manuals)) expect(usage()).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(
      usage()
        .split('\n')
        .filter((line) => line.length > 120),
    ).toEqual([]);
  });

  test.for([
    { args: ['reprocess', 'plan', '--help'], says: usageOf('reprocess') },
    { args: ['--help'], says: usage() },
  ])('tidemark $args', async ({ args, says }) => expect(await tidemark(...args)).toBe(says));

  test('a command that there is not is a fault, with --help too', async () => {
    await expect(tidemark('doctor', '--help')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no command "doctor"; expected one of agent, audit'),
    });
  });

  test('which one this is', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await tidemark('--version')).toBe(`${version}\n`);
  });
});
