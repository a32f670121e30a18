import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const vector = fileURLToPath(new URL('../../../testdata/oracles/beam/beam-tumbling-negative.json.gz', import.meta.url));
const good = gunzipSync(readFileSync(vector)).toString('utf8');
let folder: string;
let stories = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vectors-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function vectors(...paths: string[]): { lines: string[]; status: number | null } {
  const run = spawnSync(process.execPath, ['--conditions=tidemark-source', main, ...paths], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { lines: run.stdout.trimEnd().split('\n'), status: run.status };
}

/** A folder with these files in it. */
function place(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, file, '..'), { recursive: true });
    writeFileSync(join(folder, name, file), text);
  }
  return name;
}

const changed = good
  .replace('"droppedDueToLateness": 3', '"droppedDueToLateness": 4')
  .replace('"droppedDueToLateness":3', '"droppedDueToLateness":4');

test.for([
  { why: 'a file that agrees passes', files: { 'a.json': good }, want: ['1 passed, 0 failed'] },
  {
    why: 'folders below count, indexes and other files do not',
    files: { 'a.json': good, 'b/c/d.json': good, 'b/index.json': '{', 'b/README.md': '' },
    want: ['2 passed, 0 failed'],
  },
  {
    why: 'a changed copy fails, and the line says where',
    files: { 'a.json': good, 'b.json': changed },
    want: [/b\.json: expected\.counters\.droppedDueToLateness: want 4, got 3/, '1 passed, 1 failed'],
  },
  {
    why: 'a kind nobody knows fails',
    files: { 'a.json': good.replace(/"kind": ?"window"/, '"kind":"pane"') },
    want: [/a\.json: kind: /, '0 passed, 1 failed'],
  },
  {
    why: 'a format nobody knows fails',
    files: { 'a.json': good.replace('tidemark-oracle/1', 'tidemark-oracle/9') },
    want: [/a\.json: kind: /, '0 passed, 1 failed'],
  },
  {
    why: 'a broken file fails',
    files: { 'a.json': good.slice(0, 99) },
    want: [/a\.json: file: want "readable JSON"/, '0 passed, 1 failed'],
  },
  {
    why: 'text called compressed fails',
    files: { 'a.json.gz': good },
    want: [/a\.json\.gz: file: /, '0 passed, 1 failed'],
  },
  { why: 'a folder without vectors fails', files: { 'README.md': '' }, want: [/folder: /, '0 passed, 1 failed'] },
  {
    why: 'an impossible window is refused with its place',
    files: { 'a.json': good.replace(/"sizeMs": ?5000/, '"sizeMs":0') },
    want: [/a\.json: spec\.window\.sizeMs: want "a size above 0", got 0/, '0 passed, 1 failed'],
  },
])('$why', ({ files, want }) => {
  const { lines, status } = vectors(place(`story-${++stories}`, files));
  expect(lines).toHaveLength(want.length);
  for (const [i, line] of want.entries()) {
    if (typeof line === 'string') expect(lines[i]).toBe(line);
    else expect(lines[i]).toMatch(line);
  }
  expect(status).toBe(want.length === 1 ? 0 : 1);
});

test('compressed and plain files, and several paths, count together', () => {
  mkdirSync(join(folder, 'gz'), { recursive: true });
  cpSync(vector, join(folder, 'gz/one.json.gz'));
  expect(vectors('gz', place('plain', { 'two.json': good })).lines).toEqual(['2 passed, 0 failed']);
});

test.for([
  { why: 'a path that is not there', paths: ['nowhere'] },
  { why: 'an empty path', paths: [''] },
  { why: 'no path at all', paths: [] },
])('$why fails', ({ paths }) => {
  const { lines, status } = vectors(...paths);
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
  expect(status).toBe(1);
});

test('an unreadable file fails, and the others are still judged', () => {
  // A link that leads to itself: nobody can read it, not even root.
  const name = place('locked', { 'b.json': good });
  symlinkSync('a.json', join(folder, name, 'a.json'));
  const { lines, status } = vectors(name);
  expect(lines[0]).toMatch(/locked\/a\.json: file: want "readable JSON", got ".*ELOOP/);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
  expect(status).toBe(1);
});
