import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readAuditSettings, readPolicyFile } from '@tidemark/config';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuditReport } from './report-shape.ts';
import { auditHistory } from './run-audit.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function written(content: string | Buffer, extension = 'jsonl'): string {
  const path = join(folder, `history-${files++}.${extension}`);
  writeFileSync(path, content);
  return path;
}

const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

async function audited(path: string, ...flags: string[]): Promise<AuditReport> {
  const read = readAuditSettings(['--file', path, ...flags]);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { policies } = read.value;
  if (policies.kind !== 'given') throw new Error('no policy');
  return auditHistory(read.value, [policies.policy], 0);
}

const tumbling = ['--window', 'tumbling:10s', '--grace', '5s'];

describe('formats say the same', () => {
  const rows = [
    { time: 1_000, partition: 0, offset: 3, source: 'A' },
    { time: 26_000, partition: 0, offset: 4, source: 'A' },
    { time: 2_000, partition: 0, offset: 5, source: 'B' },
    { time: 21_000, partition: 0, offset: 9, source: 'B' },
    { time: 3_000, partition: 1, offset: 0, source: 'B' },
  ];
  const csv = [
    'partition;when;offset;who',
    ...rows.map((row) => `${row.partition};${row.time};${row.offset};"${row.source}"`),
  ].join('\r\n');
  test.for([
    { why: 'JSON lines', path: () => written(lines(rows)), flags: [] },
    { why: 'the same, packed, whatever its name', path: () => written(gzipSync(lines(rows))), flags: [] },
    {
      why: 'CSV with columns of other names',
      path: () => written(csv, 'csv'),
      flags: ['--delimiter', ';', '--time-field', 'when', '--source-field', 'who'],
    },
    {
      why: 'seconds',
      path: () => written(lines(rows.map((row) => ({ ...row, time: row.time / 1_000 })))),
      flags: ['--time-unit', 's'],
    },
    {
      why: 'text of a calendar',
      path: () => written(lines(rows.map((row) => ({ ...row, time: new Date(row.time).toISOString() })))),
      flags: [],
    },
  ])('$why', async ({ path, flags }) => {
    const report = await audited(path(), ...tumbling, ...flags);
    const [policy] = report.policies;
    // Partitions are tasks of their own, so what is old in the second one is not late.
    expect(policy).toMatchObject({
      records: 5,
      dropped: 1,
      late: 2,
      metric: { name: 'dropped-records-total', value: 1 },
    });
    expect(policy!.byPartition[0]).toMatchObject({ partition: 0, dropped: 1, offsets: [[5, 5]] });
    expect(policy!.windows!.worst).toMatchObject([
      { startMs: 0, lost: 1, records: 3, moreSlackMs: 11_001, closedBy: { offset: 4 } },
    ]);
    expect(policy!.curve.zeroAtMs).toBe(16_001);
  });
});

describe('what is wrong with a record is counted and shown, and the rest is audited', () => {
  test.for([
    { why: 'no timestamp', row: { time: -1 }, reason: 'no timestamp (-1)' },
    {
      why: 'nanoseconds',
      row: { time: 1_767_607_200_000_000_000 },
      reason: 'the time is not a whole number of milliseconds (see --time-unit)',
    },
    {
      why: 'after 2262',
      row: { time: 9_300_000_000_000 },
      reason: 'the time is after the year 2262 (see --time-unit)',
    },
    {
      why: 'no number',
      row: { time: 'yesterday' },
      reason: 'the time is not a whole number of milliseconds (see --time-unit)',
    },
    {
      why: 'a partition that is none',
      row: { time: 5_000, partition: 'x' },
      reason: 'the partition is not a whole number up to 1,000,000',
    },
  ])('$why', async ({ row, reason }) => {
    const good = { time: 1_000, partition: 0 };
    const { history, policies } = await audited(written(lines([good, { partition: 0, ...row }, good])), ...tumbling);
    expect(history.records).toBe(2);
    expect(history.skipped[reason]).toEqual({ count: 1, examples: ['line 2'] });
    expect(policies[0]!.dropped).toBe(0);
  });

  test('a line that is no object', async () => {
    const { history } = await audited(written('{"time":1000}\nnonsense\n[1]\n\n{"time":2000}\n'), ...tumbling);
    expect(history).toMatchObject({ records: 2, skipped: { 'not a JSON object': { count: 2 } } });
  });

  test('before 1970: Kafka Streams stops there, and the audit says where', async () => {
    const report = await audited(written(lines([{ time: 5 }, { time: -5_000 }, { time: 6 }])), ...tumbling);
    expect(report.policies[0]).toMatchObject({ records: 3, stoppedAt: { topic: 'file', partition: 0, offset: 1 } });
  });
});

describe('what has no answer says why', () => {
  test.for([
    { why: 'no such file', path: () => join(folder, 'none.jsonl'), flags: [], says: /there is no such file/ },
    { why: 'a folder', path: () => folder, flags: [], says: /is a folder/ },
    { why: 'nothing in it', path: () => written(''), flags: [], says: /there is no record in it: it is empty/ },
    {
      why: 'a header alone',
      path: () => written('time,partition\n', 'csv'),
      flags: [],
      says: /there is no record in it/,
    },
    {
      why: 'gzip that is cut short',
      path: () => written(gzipSync('{"time":1}\n'.repeat(5_000)).subarray(0, 60)),
      flags: [],
      says: /gzip is damaged/,
    },
    {
      why: 'an unknown column',
      path: () => written(lines([{ time: 1 }])),
      flags: ['--key-field', 'id'],
      says: /has no "id"; it has time/,
    },
    {
      why: 'no time',
      path: () => written(lines([{ at: 1 }])),
      flags: [],
      says: /name the event time with --time-field, one of at/,
    },
    {
      why: 'offsets that go back',
      path: () =>
        written(
          lines([
            { time: 1, offset: 5 },
            { time: 1, offset: 4 },
          ]),
        ),
      flags: [],
      says: /offset 4 of file-0 comes after 5; sort/,
    },
    {
      why: 'sessions without keys',
      path: () => written(lines([{ time: 1 }])),
      flags: ['--window', 'session:5s', '--grace', '1s'],
      says: /--key-field/,
    },
  ])('$why', async ({ path, flags, says }) => {
    await expect(audited(path(), ...tumbling, ...flags)).rejects.toThrow(says);
  });
});

test.for([
  { why: 'met', allowed: '50%', status: 0 },
  { why: 'missed', allowed: '0', status: 1 },
  { why: 'a flag that nobody knows', allowed: 'much', status: 2 },
])('the exit status in a CI job: $why', ({ allowed, status }) => {
  const path = written(lines([{ time: 1_000 }, { time: 60_000 }, { time: 2_000 }]));
  const args = [
    '--conditions=tidemark-source',
    'cli/src/main.ts',
    'audit',
    '--file',
    path,
    ...tumbling,
    '--max-dropped',
    allowed,
  ];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(run.status).toBe(status);
  if (status === 2) expect(run.stderr).toContain('--max-dropped: got "much"; expected a number of them such as 100');
  else expect(run.stdout).toContain('1 of 3 records dropped');
});

test('a policy file: many policies, each fault with its place and its cure', () => {
  const good = readPolicyFile(`
policies:
  - name: strict
    engine: flink
    window: { kind: tumbling, size: 1m }
    outOfOrderness: 5s
    objective: { maxDropped: 0.1%, maxWindowError: 5% }
  - engine: kafka-streams
    window: { kind: hopping, size: 10s, advance: 5s }
    grace: 30s
    tasks: all
`);
  expect(good.ok && good.value.map(({ name, tasks, objective }) => ({ name, tasks, objective }))).toEqual([
    { name: 'strict', tasks: 'all', objective: { maxDropped: { kind: 'share', share: 0.001 }, maxWindowError: 0.05 } },
    { name: 'kafka-streams hopping 10s/5s grace 30s', tasks: 'all', objective: undefined },
  ]);
  const bad = (yaml: string): unknown => {
    const read = readPolicyFile(yaml, 'p.yaml');
    return read.ok ? read : read.faults.map(({ where, expected }) => `${where}: ${expected}`);
  };
  expect(
    bad('policies:\n  - { engine: beam, window: { kind: tumbling, size: 5 sec }, outOfOrderness: 1s, grce: 1s }'),
  ).toEqual([
    'p.yaml: policies[0].window.size: a duration such as 5s or 1500ms',
    'p.yaml: policies[0].grce: no such field here; known are engine, window, outOfOrderness, allowedLateness',
  ]);
  expect(bad('policies: []\nobjectve: {}')).toEqual([
    expect.stringContaining('p.yaml: policies'),
    'p.yaml: objectve: no such field here; known is policies',
  ]);
  expect(bad('policies:\n  - { engine: plain, objective: { maxDroped: 1% } }')).toEqual([
    'p.yaml: policies[0].objective.maxDroped: no such field here; known are maxDropped, maxWindowsTouched, maxWindowError',
  ]);
  expect(bad('policies: [')).toEqual([expect.stringContaining('YAML')]);
  expect(bad('')).toEqual([expect.stringContaining('p.yaml')]);
});
