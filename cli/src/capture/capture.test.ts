import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startCollector } from '@tidemark/collector';
import { readCaptureSettings } from '@tidemark/config';
import type { Assessment } from '@tidemark/core';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { reportsOf } from '../../../collector/test/story.ts';
import { auditCapture, captureText } from './capture-audit.ts';
import { readCapture } from './capture-file.ts';
import { startCapture } from './run-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-capture-'));
afterAll(() => rmSync(folder, { recursive: true }));

const post = (url: string, report: unknown, packed = true): Promise<Response> =>
  fetch(`${url}/api/report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(packed ? { 'content-encoding': 'gzip' } : {}) },
    body: packed ? new Uint8Array(gzipSync(JSON.stringify(report))) : JSON.stringify(report),
  });

test('what stands between agents and a collector gives the verdicts again, offline', async () => {
  const listen = { host: '127.0.0.1', port: 0 };
  const settings = { listen, tickMs: 60_000, logLevel: 'silent', dashboard: undefined } as const;
  const collector = await startCollector(settings as never, pino({ level: 'silent' }));
  const out = join(folder, 'story.jsonl.gz');
  const startMs = Date.now() - 120_000;
  let nowMs = startMs;
  const capture = await startCapture({ listen, collectorUrl: collector.url, out }, () => nowMs);
  try {
    const story = { seed: 5, startMs, seconds: 100, cut: [30, 60] } as const;
    const reports = reportsOf(story);
    for (const report of reports) {
      nowMs = report.toMs + 5;
      expect((await post(capture.url, report)).status).toBe(204);
    }
    // What the collector refuses is no part of what it saw, and its answer is the answer.
    const refused = await post(capture.url, { version: 99 }, false);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('version 99') });
    const live = (await (await fetch(`${capture.url}/api/assessment`)).json()) as Assessment;
    expect(live.agents.length).toBeLessThanOrEqual(1);
    expect(await capture.stop()).toBe(reports.length);

    const again = await auditCapture(out);
    expect(again).toMatchObject({ reports: reports.length, duplicates: 0, refused: 0 });
    expect(again.drops).toEqual([
      { group: 'orders-counter', policy: 'tumbling 5s grace 2s', dropped: expect.any(Number) },
    ]);
    expect(again.drops[0]!.dropped).toBeGreaterThan(100);
    const causes = new Set(again.totals.filter(({ dropped }) => dropped > 0).map(({ verdict }) => verdict));
    expect([...causes]).toEqual(['producerCutOff']);
    expect(captureText(again)).toMatch(/of B .*, falsely late: it was cut off from the broker for \d+ s/);
    // It is a fold without a clock: the same file, the same answer.
    expect(await auditCapture(out)).toEqual(again);
  } finally {
    await collector.close();
  }
});

test('what it says is what the collector said of the same run, live', async () => {
  const listen = { host: '127.0.0.1', port: 0 };
  const settings = { listen, tickMs: 10, logLevel: 'silent', dashboard: undefined } as const;
  const collector = await startCollector(settings as never, pino({ level: 'silent' }));
  const out = join(folder, 'live.jsonl.gz');
  const capture = await startCapture({ listen, collectorUrl: collector.url, out }, () => Date.now(), 5);
  try {
    // Two groups, a cut in one and a clock ahead in the other: several causes, several rows.
    const startMs = Date.now() - 100_000;
    const reports = [
      ...reportsOf({ seed: 5, startMs, seconds: 60, cut: [20, 40] }),
      ...reportsOf({
        seed: 6,
        startMs,
        seconds: 60,
        aheadMs: 4_000,
        agentId: 'agent-2',
        group: 'billing',
        topic: 'bills',
      }),
    ].toSorted((one, other) => one.toMs - other.toMs);
    const assessment = async (): Promise<Assessment> =>
      (await (await fetch(new URL('/api/assessment', collector.url))).json()) as Assessment;
    // What evidence there is when it looks decides a verdict: both look after each report.
    for (const report of reports) {
      expect((await post(capture.url, report)).status).toBe(204);
      const { tick } = await assessment();
      await expect.poll(async () => (await assessment()).tick, { interval: 5 }).toBeGreaterThan(tick + 1);
    }
    const live = await assessment();
    expect(await capture.stop()).toBe(reports.length);

    const again = await auditCapture(out);
    const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
    expect(sorted(again.totals)).toEqual(sorted(live.totals));
    expect(live.totals.reduce((sum, { late }) => sum + late, 0)).toBeGreaterThan(200);
    expect(new Set(live.totals.map(({ verdict }) => verdict)).size).toBeGreaterThan(1);
    const dropped = live.tasks.flatMap(({ group, dropped }) =>
      dropped.map(({ policy, count }) => ({ group, policy, dropped: count })),
    );
    expect(sorted(again.drops)).toEqual(sorted(dropped));
    const told = (incidents: Assessment['incidents']): string[] =>
      sorted(
        incidents.map(({ kind, sentence, start, end, late, dropped }) => ({
          kind,
          sentence,
          start,
          end,
          late,
          dropped,
        })),
      );
    expect(told(again.incidents)).toEqual(told(live.incidents));
    expect(live.incidents.length).toBeGreaterThan(0);
  } finally {
    await collector.close();
  }
});

test.for([
  { why: 'another file', text: '{"time":1}\n', says: /not a capture; tidemark capture makes one/ },
  { why: 'nothing in it', text: '', says: /it is empty/ },
  {
    why: 'a line that is neither',
    text: '{"tidemark":"capture/1","startedMs":0}\n{"x":1}\n',
    says: /line 2: neither a report nor a tick/,
  },
])('no capture: $why', async ({ text, says }) => {
  const path = join(folder, 'other.jsonl');
  writeFileSync(path, text);
  await expect(auditCapture(path)).rejects.toThrow(says);
});

test('faults of its settings', () => {
  const read = readCaptureSettings(['--listen', 'here', '--collector', 'ftp://x', '--oot', 'f']);
  expect(read.ok ? [] : read.faults.map(({ where }) => where)).toEqual(['--oot', '--out', '--listen', '--collector']);
});

test.for([
  { why: 'no such folder', out: join(folder, 'none', 'a.gz'), fault: /ENOENT/ },
  { why: 'a folder', out: folder, fault: /EISDIR/ },
])('a file that cannot be written is said before a report is taken: $why', async ({ out, fault }) => {
  const listen = { host: '127.0.0.1', port: 0 };
  await expect(startCapture({ listen, collectorUrl: undefined, out }, () => 0)).rejects.toThrow(fault);
});

test('of a capture whose process was killed, what it had flushed is read', async () => {
  const text = ['{"tidemark":"capture/1","startedMs":0}', '{"t":1000}', '{"t":2000}'].join('\n');
  const path = join(folder, 'killed.jsonl.gz');
  // Without the end of gzip, and with half a line.
  const end = 8;
  writeFileSync(path, gzipSync(`${text}\n{"t":30`).subarray(0, -end));
  const ticks: number[] = [];
  const read = await readCapture(path, { report: () => {}, tick: (ms) => void ticks.push(ms) });
  expect({ ...read, ticks }).toEqual({ startedMs: 0, refused: 0, ticks: [1_000, 2_000] });
});
