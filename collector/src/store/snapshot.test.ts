import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Folded, readSnapshot, snapshotsIn, writeSnapshot } from './snapshot.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-snapshot-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what was read does not hold the file in memory', () => {
  const state = { small: new Float64Array([1, 2]), large: new Float32Array(10_000).fill(3) };
  writeSnapshot(folder, 'c0de', { state, throughId: 7 } as unknown as Folded);
  const read = readSnapshot(snapshotsIn(folder)[0]!) as unknown as { readonly state: typeof state };
  expect(read.state).toEqual(state);
  expect(read.state.small.buffer.byteLength).toBe(16);
});
