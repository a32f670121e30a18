import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createObservation, type Report, takeReport } from '@tidemark/core';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startReportTaker } from '../test/collector.ts';
import { createExporter, type Exporter, type ExporterOptions } from './exporter.ts';

const observation = createObservation({ id: 'a', host: 'h', processId: 1, startedMs: 0, version: '0', client: 'c' });
const nextReport = (): Report =>
  takeReport(observation, Date.now(), {
    clock: { source: 'none', readings: [], steps: [] },
    health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
  });

/** What was said on stderr; the exporter writes nothing else there. */
let said: string[];
beforeEach(() => {
  said = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text).trim()) > 0);
  return () => spy.mockRestore();
});
afterEach(() => expect(said.every((line) => line.startsWith('tidemark: '))).toBe(true));

const patienceMs = 60_000;

/** A patient one, that has nothing more to send or to say when its test is over: each test must bring its collector back. */
function exporterTo(collectorUrl: string, options: Partial<ExporterOptions> = {}): Exporter {
  const exporter = createExporter({ collectorUrl, maxQueuedReports: 5, postTimeoutMs: patienceMs, ...options });
  onTestFinished(() => exporter.flush(patienceMs));
  return exporter;
}

test('reports arrive in order, each once', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  const exporter = exporterTo(taker.url, { maxQueuedReports: 64 });
  const sent = Array.from({ length: 20 }, nextReport);
  for (const [i, report] of sent.entries()) i % 7 === 6 ? exporter.offerNow(report) : exporter.offer(report);
  await exporter.flush(patienceMs);
  expect(taker.reports.map(({ sequence }) => sequence)).toEqual(sent.map(({ sequence }) => sequence));
  expect(taker.accepted).toBe(20);
  expect(exporter).toMatchObject({ queuedReports: 0, droppedReports: 0 });
  expect(said).toEqual([]);
});

test('a collector that is down: said once, the oldest reports are lost and counted, and the rest arrive when it is back', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = 'hang up';
  const exporter = exporterTo(taker.url.replace('//', '//user:secret@'));
  const sent = Array.from({ length: 12 }, nextReport);
  for (const report of sent) exporter.offer(report);
  await expect.poll(() => exporter.droppedReports).toBe(7);
  expect(exporter.queuedReports).toBeLessThanOrEqual(5);
  taker.answer = { status: 202, body: '' };
  await expect.poll(() => said).toHaveLength(2);
  await exporter.flush(patienceMs);
  expect(taker.reports.map(({ sequence }) => sequence)).toEqual(sent.slice(7).map(({ sequence }) => sequence));
  expect(said[0]).toMatch(/^tidemark: the collector at http:\/\/127\.0\.0\.1:\d+ cannot be reached \(.*hang up/);
  expect(said[1]).toMatch(/^tidemark: the collector at http:\/\/127\.0\.0\.1:\d+ is back; 7 reports were lost$/);
});

test('what a collector refuses is not sent again: said once with its reason, and counted', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = { status: 400, body: JSON.stringify({ error: 'version 99 is not known\n here' }) };
  const exporter = exporterTo(taker.url);
  for (let i = 0; i < 3; i++) exporter.offer(nextReport());
  await exporter.flush(patienceMs);
  expect(exporter.droppedReports).toBe(3);
  taker.answer = { status: 202, body: '' };
  exporter.offer(nextReport());
  await exporter.flush(patienceMs);
  expect(taker.reports).toHaveLength(1);
  expect(said).toEqual([
    `tidemark: the collector at ${taker.url} refuses reports (400): version 99 is not known here; ` +
      'they are counted as dropped, and this is said once',
  ]);
});

test('what takes everything and is no collector is told of: reports would vanish there', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = { status: 200, body: '<!doctype html>\n<title>Welcome</title>' };
  const exporter = exporterTo(taker.url);
  exporter.offer(nextReport());
  await exporter.flush(patienceMs);
  expect(exporter.droppedReports).toBe(1);
  expect(said).toEqual([
    `tidemark: the collector at ${taker.url} refuses reports (200): what answers there is no Tidemark collector: ` +
      '<!doctype html> <title>Welcome</title>; they are counted as dropped, and this is said once',
  ]);
});

test('an answer without end is not read to its end', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = 'without end';
  const exporter = exporterTo(taker.url);
  exporter.offer(nextReport());
  await exporter.flush(patienceMs);
  expect(exporter.droppedReports).toBe(1);
  expect(said[0]).toContain('refuses reports (400): xxxx');
});

test('a collector in trouble (5xx) is tried again with the same report', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = { status: 503, body: 'starting' };
  const exporter = exporterTo(taker.url);
  exporter.offer(nextReport());
  await expect.poll(() => said).toHaveLength(1);
  expect(said[0]).toContain('it answered 503 starting');
  taker.answer = { status: 202, body: '' };
  await expect.poll(() => said).toHaveLength(2);
  expect(said[1]).toContain('is back; no report was lost');
  expect(taker.reports).toHaveLength(1);
  expect(exporter).toMatchObject({ queuedReports: 0, droppedReports: 0 });
});

test('an answer that never comes is given up', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = 'silence';
  const exporter = exporterTo(taker.url, { postTimeoutMs: 500 });
  exporter.offer(nextReport());
  await expect.poll(() => said).toHaveLength(1);
  expect(said[0]).toContain('no answer within 500 ms');
  // It is known to be away: a process that ends does not wait for it, not even for one turn of the loop.
  const flushed = exporter.flush(patienceMs).then(() => 'at once');
  expect(await Promise.race([flushed, new Promise((resolve) => setImmediate(resolve))])).toBe('at once');
  taker.answer = { status: 202, body: '' };
  await expect.poll(() => said).toHaveLength(2);
  expect(said[1]).toContain('is back; no report was lost');
  expect(taker.reports).toHaveLength(1);
});

test.for([
  { why: 'a process that ends takes nothing down with it that was flushed', flush: true },
  { why: 'and without that waits for nothing', flush: false },
])('$why', async ({ flush }) => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  // Whoever waited for this one's answer would wait for ever.
  if (!flush) taker.answer = 'silence';
  const script = `
    const { createExporter } = await import(${JSON.stringify(new URL('./exporter.ts', import.meta.url).href)});
    const options = { maxQueuedReports: 5, postTimeoutMs: 3_600_000 };
    const exporter = createExporter({ collectorUrl: ${JSON.stringify(taker.url)}, ...options });
    for (const sequence of [1, 2]) exporter.offerNow({ agent: { id: 'a' }, sequence });
    if (${flush}) process.once('beforeExit', () => exporter.flush(${patienceMs}));`;
  const node = spawn(process.execPath, ['--conditions=tidemark-source', '--input-type=module', '-e', script]);
  onTestFinished(() => void node.kill('SIGKILL'));
  expect(await once(node, 'close')).toEqual([0, null]);
  expect(taker.reports).toHaveLength(flush ? 2 : 0);
});
