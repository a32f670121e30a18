import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Scripts of package.json that pages name and that no other test runs as they are typed.

const root = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tidemark-scripts-'));
});
afterAll(() => rmSync(copy, { recursive: true }));

function npm(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', ...args], { cwd: folder, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}

test.for(['testdata/clocks', 'testdata/oracles'])('npm run vectors: %s', (vectors) => {
  expect(npm(root, 'vectors', '--', vectors)).toMatch(/^[1-9]\d* passed, 0 failed$/m);
});

test('npm run tidemark', () => {
  const usage = npm(root, 'tidemark', '--', '--help');
  for (const command of ['agent', 'audit', 'capture', 'collector', 'incidents', 'reprocess'])
    expect(usage).toContain(`\n  ${command} `);
});

test('npm run bench', () => {
  const line = npm(root, 'bench', '--', 'clock-solver', '--pairs', '1', '--json').trimEnd().split('\n').at(-1)!;
  expect(JSON.parse(line)).toMatchObject({ bench: 'clock-solver', ratios: expect.any(Object) });
});

test('npm run reference', () => {
  npm(root, 'reference', '--', copy);
  expect(readFileSync(join(copy, 'configuration.md'), 'utf8')).toBe(
    readFileSync(join(root, 'docs/configuration.md'), 'utf8'),
  );
});

test('npm run format, in a copy', () => {
  for (const file of ['package.json', 'biome.json', '.gitignore']) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'one.ts'), 'export   const one = "1"\n');
  npm(copy, 'format');
  expect(readFileSync(join(copy, 'one.ts'), 'utf8')).toBe("export const one = '1';\n");
});
