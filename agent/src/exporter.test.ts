import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { createObservation, type Report, takeReport } from '@tidemark/core';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startReportTaker } from '../test/collector.ts';
import { createExporter } from './exporter.ts';

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

async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('reports arrive in order, each once', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  const exporter = createExporter({ collectorUrl: taker.url, maxQueuedReports: 64 });
  const sent = Array.from({ length: 20 }, nextReport);
  for (const [i, report] of sent.entries()) i % 7 === 6 ? exporter.offerNow(report) : exporter.offer(report);
  await vi.waitFor(() => expect(taker.reports).toHaveLength(20));
  expect(taker.reports.map(({ sequence }) => sequence)).toEqual(sent.map(({ sequence }) => sequence));
  expect(exporter).toMatchObject({ queuedReports: 0, droppedReports: 0 });
  expect(said).toEqual([]);
});

test('a collector that is down: said once, the oldest reports are lost and counted, and the rest arrive when it is back', async () => {
  const port = await freePort();
  const exporter = createExporter({ collectorUrl: `http://user:secret@127.0.0.1:${port}`, maxQueuedReports: 5 });
  const sent = Array.from({ length: 12 }, nextReport);
  for (const report of sent) exporter.offer(report);
  await vi.waitFor(() => expect(exporter.droppedReports).toBe(7));
  expect(exporter.queuedReports).toBeLessThanOrEqual(5);
  const taker = await startReportTaker(port);
  onTestFinished(() => taker.stop());
  await vi.waitFor(() => expect(taker.reports).toHaveLength(5), { timeout: 20_000 });
  expect(taker.reports.map(({ sequence }) => sequence)).toEqual(sent.slice(7).map(({ sequence }) => sequence));
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(said[0]).toMatch(/^tidemark: the collector at http:\/\/127\.0\.0\.1:\d+ cannot be reached \(.*ECONNREFUSED/);
  expect(said[1]).toMatch(/^tidemark: the collector at http:\/\/127\.0\.0\.1:\d+ is back; 7 reports were lost$/);
});

test('what a collector refuses is not sent again: said once with its reason, and counted', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = { status: 400, body: JSON.stringify({ error: 'version 99 is not known\n here' }) };
  const exporter = createExporter({ collectorUrl: taker.url, maxQueuedReports: 5 });
  for (let i = 0; i < 3; i++) exporter.offer(nextReport());
  await vi.waitFor(() => expect(exporter.droppedReports).toBe(3));
  expect(said).toEqual([
    `tidemark: the collector at ${taker.url} refuses reports (400): version 99 is not known here; ` +
      'they are counted as dropped, and this is said once',
  ]);
  taker.answer = { status: 202, body: '' };
  exporter.offer(nextReport());
  await vi.waitFor(() => expect(taker.reports).toHaveLength(1));
});

test('a collector in trouble (5xx) is tried again with the same report', async () => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  taker.answer = { status: 503, body: 'starting' };
  const exporter = createExporter({ collectorUrl: taker.url, maxQueuedReports: 5 });
  exporter.offer(nextReport());
  await vi.waitFor(() => expect(said).toHaveLength(1));
  expect(said[0]).toContain('it answered 503 starting');
  taker.answer = { status: 202, body: '' };
  await vi.waitFor(() => expect(taker.reports).toHaveLength(1), { timeout: 20_000 });
  expect(exporter).toMatchObject({ queuedReports: 0, droppedReports: 0 });
});

test('an answer that never comes is given up', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const exporter = createExporter({
    collectorUrl: `http://127.0.0.1:${port}`,
    maxQueuedReports: 5,
    postTimeoutMs: 200,
  });
  exporter.offer(nextReport());
  await vi.waitFor(() => expect(said).toHaveLength(1));
  expect(said[0]).toContain('no answer within 200 ms');
  expect(exporter.queuedReports).toBe(1);
  const startedMs = performance.now();
  // It is known to be away: a process that ends does not wait for it.
  await exporter.flush(10_000);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test.for([
  { why: 'a process that ends takes nothing down with it that was flushed', flush: true },
  { why: 'and without that waits for nothing', flush: false },
])('$why', async ({ flush }) => {
  const taker = await startReportTaker();
  onTestFinished(() => taker.stop());
  const script = `
    const { createExporter } = await import(${JSON.stringify(new URL('./exporter.ts', import.meta.url).href)});
    const exporter = createExporter({ collectorUrl: ${JSON.stringify(taker.url)}, maxQueuedReports: 5 });
    exporter.offerNow({});
    exporter.offerNow({});
    if (${flush}) process.once('beforeExit', () => exporter.flush(5000));`;
  const node = spawn(process.execPath, ['--conditions=tidemark-source', '--input-type=module', '-e', script]);
  await new Promise((resolve) => node.on('close', resolve));
  expect(node.exitCode).toBe(0);
  // The first is on its way to the kernel either way; whether it arrives is not ours to say.
  if (flush) expect(taker.reports).toHaveLength(2);
  else expect(taker.reports.length).toBeLessThan(2);
});
