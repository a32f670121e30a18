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
