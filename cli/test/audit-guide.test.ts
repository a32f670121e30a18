import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditFlags, readAuditSettings, readCaptureSettings, readReprocessSettings } from '@tidemark/config';
import { afterAll, expect, test } from 'vitest';

// The guide is held against the command: what it shows is what is printed, and every command in it runs.

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const guide = read('docs/audit.md');
const commands = [
  ...`${guide}\n${read('README.md')}`.matchAll(/^ {4}npm run -s tidemark -- ((?:audit|capture|reprocess) .*)$/gm),
].map(([, command]) => command!);
const isLocal = (command: string): boolean => command.includes('--file ');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const html = join(folder, 'report.html');
  const words = command.split(' ').map((word) => (word === 'report.html' ? html : word));
  const root = new URL('../../', import.meta.url);
  return spawnSync(process.execPath, ['--conditions=tidemark-source', 'cli/src/main.ts', ...words], {
    cwd: root,
    encoding: 'utf8',
  });
}

test.for(commands.filter(isLocal))('runs: %s', (command) => {
  const { status, stdout, stderr } = run(command);
  expect(stderr).not.toContain('expected');
  // The policies of the example file: one is missed, which is what the status says.
  expect(status).toBe(command.includes('--policies') ? 1 : 0);
  expect(stdout).toContain('records dropped');
  if (command.includes('--html')) expect(statSync(join(folder, 'report.html')).size).toBeGreaterThan(100_000);
});

test('what the guide shows is what is printed', () => {
  const shown = /```\n(orders\.jsonl\.gz: [\s\S]*?)\n```/.exec(guide)![1];
  expect(run(commands.find((command) => isLocal(command) && !command.includes('html'))!).stdout.trimEnd()).toBe(shown);
});

test('the others have settings that are right', () => {
  const readers: { readonly [name: string]: (flags: readonly string[]) => { readonly ok: boolean } } = {
    audit: (flags) => readAuditSettings(flags),
    capture: readCaptureSettings,
    reprocess: (flags) => readReprocessSettings(flags.slice(1)),
  };
  const others = commands.filter((command) => !isLocal(command)).map((command) => command.split(' '));
  expect(others.length).toBeGreaterThan(3);
  for (const [name, ...flags] of others)
    expect(readers[name!]!(flags), `${name} ${flags.join(' ')}`).toMatchObject({ ok: true });
});

test('the example policies are those of the guide, and every flag has its row', () => {
  expect(guide).toContain(read('examples/policies.yaml').trimEnd());
  const rows = [...guide.matchAll(/^\| `(--[a-z-]+)` \|/gm)].map(([, flag]) => flag!);
  expect(rows.toSorted()).toEqual([...auditFlags].toSorted());
});
