import { gzipSync } from 'node:zlib';
import { type Report, reportLimits } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { json, served } from '../test/served.ts';
import { reportsOf } from '../test/story.ts';

const story = { seed: 7, startMs: 1_000_000_000, seconds: 12, cut: [2, 10] } as const;
const reports = reportsOf(story);
/** The one with the most in it: B's backlog, late and dropped. */
const full = reports.find((report) =>
  report.tasks.some((task) => task.cells.some((cell) => cell.late?.dropped.length)),
)!;
const gzipped = { ...json, 'content-encoding': 'gzip' } as const;
const tooMuch = reportLimits.maxBytes + 1;

/** A copy of a good report with the value at a path replaced. */
function but(path: string, value: unknown): Report {
  const copy = structuredClone(full);
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce(
    (at, key) => at[key] as { [key: string]: unknown },
    copy as unknown as { [key: string]: unknown },
  );
  parent[last] = value;
  return copy;
}

test('the story that these tests rest on has a cell with a late, dropped record', () => expect(full).toBeDefined());

describe('what agents send is taken', () => {
  test.for([1, 2, 3, 4, 5])('every report of a cut, plain or gzipped, seed %i', async (seed) => {
    await using server = await served();
    for (const [i, report] of reportsOf({ ...story, seed }).entries()) {
      const text = JSON.stringify(report);
      const sent = i % 2 === 0 ? { headers: json, body: text } : { headers: gzipped, body: gzipSync(text) };
      const answer = await server.get('/api/report', { method: 'POST', ...sent });
      expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 204, text: '' });
    }
    expect(await server.metric('tidemark_collector_reports_accepted_total')).toBe(story.seconds);
  });

  test('a report that comes twice is acknowledged and counted once', async () => {
    await using server = await served({ nowMs: full.toMs });
    for (const report of [full, full]) expect((await server.post(report)).status).toBe(204);
    server.tickAt(full.toMs + 1000);
    expect(await server.metric('tidemark_collector_reports_accepted_total')).toBe(1);
    expect(await server.metric('tidemark_collector_reports_duplicate_total')).toBe(1);
    const { count } = full.tasks[0]!.cells.find((cell) => cell.late)!.late!;
    const late = full.tasks[0]!.cells.reduce((sum, cell) => sum + (cell.late?.count ?? 0), 0);
    expect(late).toBeGreaterThanOrEqual(count);
    expect(server.collector.board.assessment.tasks[0]!.late).toBe(late);
  });
});

describe('what is not a report is refused with its reason and place, and counted', () => {
  const lateAt = full.tasks[0]!.cells.findIndex((cell) => (cell.late?.dropped.length ?? 0) > 0);
  const cell = `tasks.0.cells.${lateAt}`;
  const inText = `tasks[0].cells[${lateAt}]`;
  const { version: _, ...versionless } = full;
  test.for([
    { why: 'not JSON', body: '{"version":1,', status: 400, reason: 'notJson', path: '' },
    { why: 'empty', body: '', status: 400, reason: 'notJson', path: '' },
    { why: 'JSON, but null', body: 'null', status: 400, reason: 'version', path: 'version' },
    { why: 'of a newer version', body: { ...full, version: 2 }, status: 400, reason: 'version', path: 'version' },
    { why: 'of no version', body: versionless, status: 400, reason: 'version', path: 'version' },
    { why: 'an unknown field', body: but(`${cell}.cuont`, 1), status: 400, reason: 'shape', path: inText },
    {
      why: 'a missing field',
      body: but(`${cell}.count`, undefined),
      status: 400,
      reason: 'shape',
      path: `${inText}.count`,
    },
    { why: 'half a record', body: but(`${cell}.count`, 1.5), status: 400, reason: 'shape', path: `${inText}.count` },
    {
      why: 'NaN, which JSON writes as null',
      body: but('fromMs', Number.NaN),
      status: 400,
      reason: 'shape',
      path: 'fromMs',
    },
    { why: 'an instant that no calendar has', body: but('toMs', 1e18), status: 400, reason: 'shape', path: 'toMs' },
    {
      why: 'an unknown kind of source',
      body: but(`${cell}.source`, { kind: 'who' }),
      status: 400,
      reason: 'shape',
      path: `${inText}.source.kind`,
    },
    {
      why: 'a sketch of another scale',
      body: but(`${cell}.late.latenessMs.scale`, 4),
      status: 400,
      reason: 'shape',
      path: `${inText}.late.latenessMs.scale`,
    },
    {
      why: 'a sketch whose count is not its sum',
      body: but(`${cell}.late.latenessMs.count`, 9_999),
      status: 400,
      reason: 'shape',
      path: `${inText}.late.latenessMs`,
    },
    {
      why: 'a bucket so far off that a merge would allocate gigabytes',
      body: but(`${cell}.late.latenessMs.positive.offset`, 1e9),
      status: 400,
      reason: 'shape',
      path: `${inText}.late.latenessMs.positive`,
    },
    {
      why: 'ranges that overlap',
      body: but(`${cell}.late.dropped.0.offsets`, [
        [1, 5],
        [5, 6],
      ]),
      status: 400,
      reason: 'shape',
      path: `${inText}.late.dropped[0].offsets`,
    },
    {
      why: 'a name without end',
      body: but('agent.host', 'h'.repeat(257)),
      status: 400,
      reason: 'shape',
      path: 'agent.host',
    },
    {
      why: 'too many tasks',
      body: but('tasks', Array(257).fill(full.tasks[0])),
      status: 400,
      reason: 'shape',
      path: 'tasks',
    },
    {
      why: 'another media type',
      body: full,
      headers: { 'content-type': 'text/plain' },
      status: 415,
      reason: 'mediaType',
    },
    {
      why: 'another encoding',
      body: full,
      headers: { ...json, 'content-encoding': 'br' },
      status: 415,
      reason: 'encoding',
    },
    { why: 'said to be gzip, and is not', body: full, headers: gzipped, status: 415, reason: 'encoding' },
    {
      why: 'gzip cut short',
      body: gzipSync(JSON.stringify(full)).subarray(0, 300),
      headers: gzipped,
      status: 415,
      reason: 'encoding',
    },
    { why: 'not UTF-8', body: Buffer.from([0x22, 0xff, 0x22]), status: 400, reason: 'notJson' },
    { why: 'too large', body: ' '.repeat(tooMuch), status: 413, reason: 'tooLarge' },
    {
      why: 'small when packed, too large unpacked',
      body: gzipSync(Buffer.alloc(tooMuch, ' ')),
      headers: gzipped,
      status: 413,
      reason: 'tooLarge',
    },
  ])('$why', async ({ body, headers = json, status, reason, path }) => {
    await using server = await served();
    const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const answer = await server.get('/api/report', { method: 'POST', headers, body: sent as BodyInit });
    const said = (await answer.json()) as { error: string; faults: { path: string; message: string }[] };
    expect(answer.status, JSON.stringify(said)).toBe(status);
    expect(said.error).toMatch(/\w/);
    if (path !== undefined) expect(said.faults.map((fault) => fault.path)).toContain(path);
    expect(await server.metric(`tidemark_collector_reports_refused_total{reason="${reason}"}`)).toBe(1);
    expect(await server.metric('tidemark_collector_reports_accepted_total')).toBe(0);
    expect((await server.post(full)).status, 'and the next good one is taken').toBe(204);
  });

  test('a version that is not spoken: says which is', async () => {
    await using server = await served();
    const { error } = (await (await server.post({ ...full, version: 2 })).json()) as { error: string };
    expect(error).toBe('a report of version 2; this collector speaks version 1');
  });

  test('the sentence tells the first fault: it is all that the log of an agent shows', async () => {
    await using server = await served();
    const { error } = (await (await server.post(but(`${cell}.count`, 1.5))).json()) as { error: string };
    expect(error).toBe(
      `not a version 1 report: 1 fault, first at ${inText}.count: Invalid input: expected int, received number`,
    );
  });

  const many = (value: string, times: number) => `[${Array(times).fill(value).join(',')}]`;
  const counts = `{${Array.from({ length: 300_000 }, (_, i) => `"${i}":-1`)}}`;
  test.for([
    { why: 'cells', at: 'tasks.0.cells', faults: many('{}', 10_000), tasks: 100 },
    {
      why: 'partitions',
      at: 'tasks.0.assignments',
      faults: many(`{"atMs":1,"partitions":${many('{}', 10_000)}}`, 100),
    },
    { why: 'buckets', at: `${cell}.late.latenessMs.positive.counts`, faults: many('-1', 2_000) },
    { why: 'reasons', at: 'health.overflow', faults: counts },
    { why: 'unknown fields', at: 'health', faults: counts },
  ])('megabytes of faulty $why are told by the first few, and fill no memory', async ({ at, faults, tasks = 1 }) => {
    await using server = await served();
    const faulty = but(at, 'HERE');
    const text = JSON.stringify({ ...faulty, tasks: Array(tasks).fill({ ...faulty.tasks[0], fetches: [] }) });
    const before = process.memoryUsage.rss();
    const body = text.replaceAll('"HERE"', faults);
    const answer = await server.get('/api/report', { method: 'POST', headers: json, body });
    const said = (await answer.json()) as { faults: unknown[] };
    expect(answer.status).toBe(400);
    expect(said.faults.length).toBeGreaterThan(0);
    expect(said.faults.length).toBeLessThanOrEqual(32);
    expect(JSON.stringify(said).length).toBeLessThan(32 * 1_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300e6);
  });
});

describe('what streams without end', () => {
  test('256 MB packed into a few hundred kB are dropped long before they are unpacked', async () => {
    await using server = await served();
    const bomb = gzipSync(Buffer.alloc(1 << 28), { level: 9 });
    expect(bomb.byteLength).toBeLessThan(reportLimits.maxBytes);
    const before = process.memoryUsage.rss();
    const answer = await server.get('/api/report', { method: 'POST', headers: gzipped, body: bomb });
    expect(answer.status).toBe(413);
    // Unpacking all of it would take 256 MB at least.
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
  });

  test('a body of no stated length is refused as soon as it is too large', async () => {
    await using server = await served();
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
        if (sent > 100 * reportLimits.maxBytes) controller.close();
      },
    });
    const request = { method: 'POST', headers: json, body: endless, duplex: 'half' } as RequestInit;
    // The answer may come before the body is sent, or the connection may be cut: it is not read to its end either way.
    const status = await server.get('/api/report', request).then(
      (answer) => answer.status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(status);
    expect(sent).toBeLessThan(50 * reportLimits.maxBytes);
    expect(await server.metric('tidemark_collector_reports_refused_total{reason="tooLarge"}')).toBe(1);
  });
});
