import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Incident, Report, SeriesPoint } from '@tidemark/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Served, served, storeIn } from '../../test/served.ts';
import { reportsOf } from '../../test/story.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const startMs = 1_700_000_000_000;
const reports = reportsOf({ seed: 7, startMs, seconds: 90, cut: [40, 60] });

const day = 86_400_000;

function open(nowMs: number, options: { snapshotEveryMs?: number; maxBytes?: number } = {}): Promise<Served> {
  return served({ nowMs, store: storeIn(folder, nowMs, options) });
}

/** Waits until it has made so many. */
async function snapshots({ store }: Served, count: number): Promise<void> {
  const made = () => {
    store!.housekeep();
    return store!.snapshots;
  };
  await expect.poll(made).toBeGreaterThanOrEqual(count);
}

/** Each report a second, then a tick. */
async function play(server: Served, some: readonly Report[]): Promise<void> {
  for (const report of some) {
    server.setNow(report.toMs + 50);
    expect((await server.post(report)).status).toBe(204);
    await server.tickAt(report.toMs + 100);
  }
}

async function all(server: Served): Promise<unknown> {
  const at = async (path: string) => (await server.get(path)).json();
  const assessment = (await at('/api/assessment')) as { tick: number };
  return {
    assessment,
    incidents: await at('/api/incidents'),
    drops: await at('/api/drops'),
    series: ((await at('/api/series')) as SeriesPoint[]).map(asRemembered),
  };
}

/** The lines of sources that are busy are remembered second by second for a minute, before that at the end of each ten. */
function asRemembered(point: SeriesPoint): SeriesPoint {
  const isWhole = point.atMs > lastMs - 60_000 || point.atMs % 10_000 === 9_000;
  return isWhole ? point : { ...point, tasks: point.tasks.map((task) => ({ ...task, sources: [] })) };
}

const lastMs = reports.at(-1)!.toMs + 100;

async function uninterrupted(): Promise<unknown> {
  await using server = await served({ nowMs: startMs });
  await play(server, reports);
  return await all(server);
}

test.for([
  { why: 'from its log alone', snapshotEveryMs: 1e12 },
  { why: 'from a snapshot and the log since', snapshotEveryMs: 0 },
])(
  'a collector that is started again believes what it believed, to the last bit: $why',
  async ({ snapshotEveryMs }) => {
    {
      await using before = await open(startMs, { snapshotEveryMs });
      await play(before, reports.slice(0, 70));
      if (snapshotEveryMs === 0) await snapshots(before, 1);
      await play(before, reports.slice(70, 75));
    }
    expect(readdirSync(folder).some((name) => name.endsWith('.v8'))).toBe(snapshotEveryMs === 0);
    await using after = await open(startMs);
    expect((await after.get('/ready')).status).toBe(503);
    // Sent again, since their agent never heard the answer.
    await play(
      after,
      reports
        .slice(73, 75)
        .map((report) => ({ ...report, toMs: reports[74]!.toMs }))
        .slice(0, 0),
    );
    await play(after, reports.slice(75));
    expect(await all(after)).toEqual(await uninterrupted());
    expect((await after.get('/ready')).status).toBe(200);
  },
);

test('what was counted is not counted again, also when its agent had been forgotten for long', async () => {
  {
    await using before = await open(startMs);
    await play(before, reports);
    await before.tickAt(lastMs + 60 * 60_000);
    expect(await before.metric('tidemark_agent_up{agent="agent-1",host="host-1"}')).toBeUndefined();
  }
  await using after = await open(lastMs + 61 * 60_000);
  const dropped = await (await after.get('/api/assessment')).text();
  expect((await after.post(reports.at(-1))).status).toBe(204);
  await after.tickAt(lastMs + 61 * 60_000);
  expect(await after.metric('tidemark_collector_reports_duplicate_total')).toBe(1);
  expect(JSON.parse(dropped).totals).toEqual(after.collector.board.assessment.totals);
});

test('a snapshot that is not what was written is passed over for the one before it', async () => {
  {
    await using before = await open(startMs, { snapshotEveryMs: 0 });
    await play(before, reports.slice(0, 50));
    await snapshots(before, 1);
    await play(before, reports.slice(50));
    await snapshots(before, 2);
  }
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith('.v8'))
    .sort((a, b) => idOf(b) - idOf(a))[0]!;
  const file = readFileSync(join(folder, newest));
  file[file.length >> 1]! ^= 1;
  writeFileSync(join(folder, newest), file);
  await using after = await open(startMs);
  expect(await all(after)).toEqual(await uninterrupted());
});

function idOf(name: string): number {
  return Number(name.split('-')[1]);
}

test('after an upgrade, which cannot read the snapshot, what the log has is folded anew; what is older is still told', async () => {
  const older = reportsOf({ seed: 3, startMs: startMs - 3_600_000, seconds: 90, cut: [40, 60], agentId: 'agent-0' });
  let told: Incident[];
  {
    await using before = await open(older[0]!.toMs, { snapshotEveryMs: 0 });
    await play(before, older);
    await play(before, reports.slice(0, 45));
    await snapshots(before, 2);
    await play(before, reports.slice(45));
    told = (await (await before.get(`/api/incidents?since=${startMs - 3_600_000}`)).json()) as Incident[];
    expect(told.length).toBeGreaterThan(1);
  }
  // The log of an hour ago is gone, and so is the code that could read its snapshot.
  const database = new DatabaseSync(join(folder, 'tidemark.db'));
  database.prepare('DELETE FROM log WHERE atMs < ?').run(startMs);
  database.close();
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.v8'))
      writeFileSync(
        join(folder, name.replace(/-[0-9a-f]+\.v8$/, '-0123456789abcdef.v8')),
        readFileSync(join(folder, name)),
      );
    if (name.endsWith('.v8')) rmSync(join(folder, name), { force: name.includes('0123456789abcdef') });
  }
  await using after = await open(lastMs);
  await after.tickAt(lastMs + 1000);
  const again = (await (await after.get(`/api/incidents?since=${startMs - 3_600_000}`)).json()) as Incident[];
  const before = told.map(({ kind, start, late }) => ({ kind, start, late }));
  expect(again.map(({ kind, start, late }) => ({ kind, start, late }))).toEqual(before);
  expect(new Set(again.map(({ id }) => id)).size).toBe(again.length);
});

test('what memory has let go of is read from the store, in steps of ten seconds', async () => {
  const laterMs = lastMs + 30 * 60_000;
  await using server = await open(startMs);
  await play(server, reports);
  const inMemory = (await (await server.get('/api/series')).json()) as SeriesPoint[];
  await play(server, reportsOf({ seed: 8, startMs: laterMs, seconds: 30, agentId: 'agent-2' }));
  const points = (await (await server.get(`/api/series?fromMs=${startMs}`)).json()) as SeriesPoint[];
  const old = points.filter(({ atMs }) => atMs < lastMs);
  expect(old.length).toBeGreaterThanOrEqual(8);
  expect(old.every(({ atMs }) => atMs % 10_000 === 0)).toBe(true);
  const dropped = (some: SeriesPoint[]) =>
    some.flatMap(({ tasks }) => tasks).reduce((sum, task) => sum + (task.droppedByVerdict.producerCutOff ?? 0), 0);
  expect(dropped(inMemory)).toBeGreaterThan(0);
  expect(dropped(old)).toBe(dropped(inMemory));
  expect(points.map(({ atMs }) => atMs)).toEqual(points.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
});

test.for([
  { why: 'older than the retention: points and incidents', daysLater: 2, maxBytes: 1e9, incidents: 0 },
  { why: 'more than fits: the oldest points, not the incidents', daysLater: 0.5, maxBytes: 1, incidents: 1 },
])('what is let go, $why', async ({ daysLater, maxBytes, incidents }) => {
  {
    await using server = await open(startMs);
    await play(server, reports);
  }
  const laterMs = startMs + daysLater * day;
  await using after = await open(laterMs, { maxBytes });
  await play(after, reportsOf({ seed: 8, startMs: laterMs, seconds: 3, agentId: 'agent-2' }));
  const kept = async (path: string) => ((await (await after.get(path)).json()) as unknown[]).length;
  await expect.poll(() => kept(`/api/series?fromMs=${startMs}&toMs=${lastMs}`)).toBe(0);
  await expect.poll(() => kept('/api/incidents?since=0')).toBe(incidents);
});

test('a folder has one collector', () => {
  const store = storeIn(folder, startMs);
  expect(() => storeIn(folder, startMs)).toThrow(
    'another collector uses it; stop that one, or take another folder with --store FOLDER',
  );
  return store.close();
});

test('tables of a newer version are left alone', () => {
  const database = new DatabaseSync(join(folder, 'tidemark.db'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect(() => storeIn(folder, startMs)).toThrow(/newer version/);
});
