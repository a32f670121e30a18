import {
  type Assessment,
  type DropsByGroup,
  type Finding,
  type Incident,
  quantile,
  type SeriesPoint,
} from '@tidemark/core';
import { hc } from 'hono/client';
import { describe, expect, test } from 'vitest';
import { type Served, served } from '../test/served.ts';
import { reportsOf, type Story } from '../test/story.ts';
import type { App } from './api.ts';

const startMs = 1_700_000_000_000;
const story: Story = { seed: 11, startMs, seconds: 60, cut: [15, 35] };

/** A collector that has been told the whole story, a tick after each report. */
async function told(options: Partial<Story> = {}): Promise<Served> {
  const server = await served({ nowMs: startMs });
  for (const report of reportsOf({ ...story, ...options })) {
    await server.post(report);
    server.tickAt(report.toMs + 50);
  }
  return server;
}

async function read<T>(server: Served, path: string): Promise<T> {
  const answer = await server.get(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  return (await answer.json()) as T;
}

describe('a cut, as the API tells it', () => {
  test('the assessment has the task, its agent, its host and one incident', async () => {
    await using server = await told();
    const assessment = await read<Assessment>(server, '/api/assessment');
    expect(assessment.agents).toMatchObject([{ identity: { id: 'agent-1' }, lost: false, missedReports: 0 }]);
    expect(assessment.hosts).toMatchObject([{ host: 'host-1', offset: { lowMs: expect.any(Number) } }]);
    expect(assessment.tasks).toHaveLength(1);
    expect(assessment.incidents).toMatchObject([{ kind: 'producerCutOff', source: { kind: 'named', name: 'B' } }]);
  });

  test('clocks are an interval each, and come with the series each 10 s', async () => {
    await using server = await told();
    const { clocks } = await read<Assessment>(server, '/api/assessment');
    expect(clocks.find(({ role }) => role === 'host')).toMatchObject({
      name: 'host-1',
      low: { basis: 'proved' },
      high: { basis: 'proved' },
      grade: { oneMs: 'unknown', grace: { graceMs: 2_000, within: 'yes' } },
    });
    const points = await read<SeriesPoint[]>(server, '/api/series');
    const withClocks = points.filter((point) => point.clocks !== undefined);
    expect(withClocks.length).toBeGreaterThanOrEqual(5);
    expect(
      withClocks.every(({ atMs, clocks }) => atMs % 10_000 === 0 && clocks!.some(({ name }) => name === 'host-1')),
    ).toBe(true);
  });

  test('a finding by its id; another id is told that there is none', async () => {
    await using server = await told({ clockLostFrom: 20 });
    const [finding] = await read<Finding[]>(server, '/api/findings');
    expect(finding).toMatchObject({ kind: 'clockSourceLost', status: 'open', subject: { name: 'host-1' } });
    expect(await read<Finding>(server, `/api/findings/${finding!.id}`)).toEqual(finding);
    expect((await server.get('/api/findings/no')).status).toBe(404);
  });

  test('nothing in it is null: JSON would write NaN and Infinity so', async () => {
    await using server = await told();
    for (const path of ['/api/assessment', '/api/series', '/api/incidents', '/api/findings', '/api/drops']) {
      expect(await (await server.get(path)).text(), path).not.toMatch(/[:,[]null\b/);
    }
  });

  test('an incident by its id; another id is told that there is none', async () => {
    await using server = await told();
    const [incident] = await read<Incident[]>(server, '/api/incidents');
    expect(await read<Incident>(server, `/api/incidents/${encodeURIComponent(incident!.id)}`)).toEqual(incident);
    const answer = await server.get('/api/incidents/no%2Fsuch');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: 'no incident no/such' });
  });

  test('the drops are those that the reports named, merged', async () => {
    await using server = await told();
    const drops = await read<DropsByGroup>(server, '/api/drops');
    const ranges = Object.values(drops['orders-counter']!['tumbling 5s grace 2s']!.orders!).flat();
    const dropped = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    const inReports = reportsOf(story).flatMap((report) =>
      report.tasks[0]!.cells.flatMap((cell) => cell.late?.dropped ?? []),
    );
    expect(dropped).toBe(inReports.reduce((sum, { count }) => sum + count, 0));
    expect(dropped).toBeGreaterThanOrEqual(100);
  });

  test('the series has a point each second, oldest first, and is cut to the range asked for', async () => {
    await using server = await told();
    const all = await read<SeriesPoint[]>(server, '/api/series');
    expect(all.length).toBeGreaterThan(55);
    expect(all.every((point, i) => i === 0 || point.atMs === all[i - 1]!.atMs + 1000)).toBe(true);
    const [fromMs, toMs] = [all[10]!.atMs, all[20]!.atMs];
    expect(await read<SeriesPoint[]>(server, `/api/series?fromMs=${fromMs}&toMs=${toMs}`)).toEqual(all.slice(10, 21));
    expect(await read<SeriesPoint[]>(server, `/api/series?fromMs=${toMs + 1e9}`)).toEqual([]);
  });

  test.for(['fromMs=now', 'fromMs=', 'toMs=NaN', 'fromMs=2&toMs=1'])('a range that is none: %s', async (query) => {
    await using server = await served();
    const answer = await server.get(`/api/series?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/fromMs and toMs: expected/) });
  });

  test('every late record is in one total, whatever its verdict', async () => {
    await using server = await told();
    const { tasks, totals } = await read<Assessment>(server, '/api/assessment');
    expect(totals.reduce((sum, { late }) => sum + late, 0)).toBe(tasks[0]!.late);
    const sketches = reportsOf(story).flatMap((report) =>
      report.tasks[0]!.cells.flatMap((cell) => cell.late?.latenessMs ?? []),
    );
    expect(Math.max(...sketches.map((sketch) => quantile(sketch, 1)!))).toBeGreaterThan(19_000);
  });
});

test("hono's client reads it by type alone", async () => {
  await using server = await told();
  const client = hc<App>(server.url);
  const assessment: Assessment = await (await client.api.assessment.$get()).json();
  const series = await client.api.series.$get({ query: { toMs: '0' } });
  const incident = await client.api.incidents[':id'].$get({ param: { id: assessment.incidents[0]!.id } });
  expect(await series.json()).toEqual([]);
  expect(await incident.json()).toEqual(assessment.incidents[0]);
});

describe('before and after the first tick', () => {
  test('alive from the start, ready when the first tick is done', async () => {
    await using server = await served();
    expect((await server.get('/healthz')).status).toBe(200);
    expect((await server.get('/ready')).status).toBe(503);
    expect(await server.metric('tidemark_collector_ready')).toBe(0);
    server.tickAt(startMs);
    expect((await server.get('/ready')).status).toBe(200);
    expect(await server.metric('tidemark_collector_ready')).toBe(1);
  });

  test('what nobody has reported to is empty, not an error', async () => {
    await using server = await served();
    expect(await read<Assessment>(server, '/api/assessment')).toMatchObject({ tasks: [], incidents: [] });
    expect(await read<SeriesPoint[]>(server, '/api/series')).toEqual([]);
    expect(await read<DropsByGroup>(server, '/api/drops')).toEqual({});
  });
});

test.for([
  { why: 'an unknown path of the API', method: 'GET', path: '/api/nothing', status: 404 },
  { why: 'a method that a path does not know', method: 'DELETE', path: '/api/assessment', status: 404 },
  { why: 'reading where one reports', method: 'GET', path: '/api/report', status: 404 },
])('$why is answered as JSON', async ({ method, path, status }) => {
  await using server = await served();
  const answer = await server.get(path, { method });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ error: `nothing at ${method} ${path}; docs/api.md lists what there is` });
});

test('names that objects have of their own do no harm', async () => {
  await using server = await told({ seconds: 45 });
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const reports = reportsOf({ ...story, agentId: name, group: name, topic: name });
    for (const report of reports) expect((await server.post(report)).status).toBe(204);
  }
  server.tickAt(startMs + 60_000);
  const drops = JSON.parse(await (await server.get('/api/drops')).text()) as object;
  expect(Object.keys(drops).sort()).toEqual(['__proto__', 'constructor', 'orders-counter', 'toString']);
  expect(({} as { orders?: unknown }).orders).toBeUndefined();
  expect((await server.get('/metrics')).status).toBe(200);
});
