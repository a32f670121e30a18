import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAuditSettings } from '@tidemark/config';
import { afterAll, expect, test } from 'vitest';
import type { AuditReport } from './report-shape.ts';
import { auditHistory } from './run-audit.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-order-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'cut.jsonl');

async function audited(...flags: string[]): Promise<AuditReport> {
  const read = readAuditSettings(['--file', path, '--window', 'tumbling:10s', ...flags]);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { policies } = read.value;
  if (policies.kind !== 'given') throw new Error('no policy');
  return auditHistory(read.value, [policies.policy], 0);
}

// Partition 1 is silent for 36 s while partition 0 goes on, and then says what it held.
const cut = [
  { time: 0, partition: 0, append: 0 },
  { time: 0, partition: 1, append: 0 },
  { time: 12_000, partition: 0, append: 12_000 },
  { time: 30_000, partition: 0, append: 30_000 },
  { time: 5_000, partition: 1, append: 36_000 },
  { time: 31_000, partition: 1, append: 36_001 },
  { time: 40_000, partition: 0, append: 40_000 },
];
writeFileSync(path, cut.map((row) => JSON.stringify(row)).join('\n'));

test.for([
  {
    why: 'as it arrived, 5 s came behind 30 s',
    flags: [],
    dropped: 1,
    least: 1,
    most: 1,
    says: /^the order of the lines of the file$/,
  },
  {
    why: 'a task that does not wait takes it so',
    flags: ['--order-by', 'engine'],
    dropped: 1,
    least: 1,
    most: 1,
    says: /waiting 0 ms for a partition that has nothing; each record was at hand when it arrived/,
  },
  {
    why: 'a task that waits for less than the silence too',
    flags: ['--order-by', 'engine', '--idle', '10s'],
    dropped: 1,
    least: 0,
    most: 1,
    says: /waiting 10 s/,
  },
  {
    why: 'one that waits for longer loses nothing',
    flags: ['--order-by', 'engine', '--idle', '40s'],
    dropped: 0,
    least: 0,
    most: 4,
    says: /waiting 40 s/,
  },
  {
    why: 'and so does one that fetches so seldom that all comes at once',
    flags: ['--order-by', 'engine', '--fetch-every', '50s'],
    dropped: 0,
    least: 0,
    most: 4,
    says: /with the next fetch, one every 50 s \(the order of the lines of the file\)/,
  },
])('$why', async ({ flags, dropped, least, most, says }) => {
  const { policies, history, replays } = await audited('--grace', '5s', '--tasks', 'all', ...flags);
  expect(policies[0]).toMatchObject({ records: cut.length, dropped });
  // Who waits for longer can have taken them in more orders.
  expect(policies[0]!.bounds).toEqual({ least, most });
  expect(history.order).toMatch(says);
  // Replays are held against the order that was judged.
  const atHand = replays!.rows.find(({ scheduler }) => scheduler === 'event time, all at hand')!;
  expect(atHand).toMatchObject({ dropped: 0, onlyLive: dropped, isSame: dropped === 0 });
});

test('which engines it is the order of, and what belongs to it', async () => {
  await expect(
    audited('--engine', 'beam', '--out-of-orderness', '1s', '--allowed-lateness', '1s', '--order-by', 'engine'),
  ).rejects.toThrow(/is of beam, which takes records as they come/);
  const read = readAuditSettings(['--file', path, '--window', 'tumbling:10s', '--grace', '5s', '--idle', '5s']);
  expect(read.ok ? [] : read.faults.map(({ where }) => where)).toEqual(['--idle']);
});
