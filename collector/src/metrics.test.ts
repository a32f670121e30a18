import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { producerReport } from '../test/producer-report.ts';
import { type Served, served, storeIn } from '../test/served.ts';
import { reportsOf, type Story } from '../test/story.ts';

const startMs = 1_700_000_000_000;
const cut: Story = { seed: 5, startMs, seconds: 60, cut: [15, 35] };
const ahead: Story = {
  seed: 6,
  startMs,
  seconds: 60,
  aheadMs: 5_000,
  agentId: 'agent-2',
  group: 'ahead',
  topic: 'clicks',
};
/** B is away and does not come back. */
const away: Story = {
  seed: 7,
  startMs,
  seconds: 100,
  cut: [60, 200],
  agentId: 'agent-3',
  group: 'away',
  topic: 'views',
};

async function told(server: Served, ...stories: readonly Story[]): Promise<void> {
  for (const report of stories.flatMap(reportsOf)) await sent(server, report);
  await server.tickAt(startMs + 60_000);
}

async function sent(server: Served, report: Report): Promise<void> {
  server.setNow(report.toMs);
  await server.post(report);
}

interface Family {
  readonly name: string;
  readonly kind: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** What `/metrics` says, row by row, as a scraper reads it. */
function familiesOf(text: string): Map<string, Family & { readonly rows: number }> {
  const found = new Map<string, { name: string; kind: string; help: string; labels: string[]; rows: number }>();
  for (const line of text.split('\n')) {
    const [, comment, of = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (comment === 'HELP') found.set(of, { name: of, kind: '', help: rest, labels: [], rows: 0 });
    if (comment === 'TYPE') found.get(of)!.kind = rest;
    const [, name, labels] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const family = found.get(name) ?? found.get(name.replace(/_(bucket|sum|count)$/, ''))!;
    family.rows++;
    const names = [...(labels ?? '').matchAll(/([a-z_]+)="/g)]
      .map(([, label]) => label!)
      .filter((label) => label !== 'le');
    if (names.length > 0) family.labels = names;
  }
  return found;
}

/** The rows of the tables in `docs/metrics.md`: | `name` | kind | labels | help |. */
function documented(): Family[] {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| `((?:tidemark|kafka)_\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm)].map(
    ([, name, kind, labels, help]) => ({
      name: name!,
      kind: kind!,
      help: help!,
      labels: labels === '' ? [] : [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!),
    }),
  );
}

test('docs/metrics.md and /metrics name the same metrics, with the same kind, labels and words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-metrics-'));
  await using server = await served({ nowMs: startMs, store: storeIn(folder, startMs) });
  // Drift takes more than a minute.
  await sent(server, producerReport(startMs + 58_000));
  await told(server, { ...cut, seconds: 100 }, ahead, away);
  const live = familiesOf(await (await server.get('/metrics')).text());
  const said = documented();
  expect(said.map(({ name }) => name).sort()).toEqual([...live.keys()].sort());
  for (const family of said) {
    const { rows, ...is } = live.get(family.name)!;
    expect(rows, `${family.name} has rows in this story`).toBeGreaterThan(0);
    expect(is).toEqual(family);
  }
  rmSync(folder, { recursive: true });
});

describe('names follow the rules', async () => {
  test.for(documented())('$name', ({ name, kind, labels }) => {
    // Those of kafka-lag-exporter are its own.
    expect(name).toMatch(/^(tidemark|kafka_(consumergroup|partition))_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    for (const no of ['offset', 'key', 'epoch']) expect(labels).not.toContain(no);
  });
});

test('a producer by its own agent: what got in, what waits, whether it is cut off now', async () => {
  await using server = await served({ nowMs: startMs });
  await sent(server, producerReport(startMs));
  const row = (name: string) =>
    server.metric(`tidemark_producer_${name}{cluster="",agent="agent-4",host="host-2",producer="0"}`);
  await server.tickAt(startMs + 2_000);
  expect(await row('acknowledged_records_total')).toBe(40);
  expect(await row('waiting_records')).toBe(500);
  expect(await row('given_up_records')).toBe(3);
  expect(Math.abs((await row('oldest_waiting_timestamp_seconds'))! - (startMs / 1000 - 10))).toBeLessThan(1);
  expect([await row('cut_off'), await row('refused')]).toEqual([1, 0]);
  expect(await row('in_incident')).toBe(0);
  await server.tickAt(startMs + 60_000);
  expect([await row('cut_off'), await row('waiting_records')]).toEqual([undefined, 500]);
});

describe('a cut, in numbers', () => {
  const place = 'group="orders-counter",topic="orders",partition="0"';

  test('times are seconds, late records have a verdict, one incident', async () => {
    await using server = await served({ nowMs: startMs });
    await told(server, cut);
    const task = 'cluster="",group="orders-counter",task="orders-counter/member-1"';
    const streamTime = await server.metric(`tidemark_stream_time_timestamp_seconds{${task}}`);
    expect(Math.abs(streamTime! - (startMs / 1000 + 60))).toBeLessThan(2);
    const late = await server.metric(`tidemark_late_records_total{${place}}`);
    const cutOff = `verdict="producerCutOff",class="falsely late"`;
    expect(late).toBeGreaterThan(50);
    expect(await server.metric(`tidemark_late_records_by_verdict{${place},${cutOff}}`)).toBeGreaterThan(50);
    const dropped = await server.metric(`tidemark_dropped_records_total{${place}}`);
    expect(dropped).toBeGreaterThan(40);
    expect(dropped).toBeLessThanOrEqual(late!);
    expect(await server.metric('tidemark_agent_up{agent="agent-1",host="host-1"}')).toBe(1);
    const clock = 'cluster="",role="host",clock="host-1",basis="proved"';
    expect(await server.metric(`tidemark_clock_offset_high_seconds{${clock}}`)).toBeCloseTo(0.0013, 3);
  });

  test('an agent that stops reporting is down, and the rest of what it said stays', async () => {
    await using server = await served({ nowMs: startMs });
    await told(server, cut);
    server.tickAt(startMs + 90_000);
    expect(await server.metric('tidemark_agent_up{agent="agent-1",host="host-1"}')).toBe(0);
    expect(await server.metric(`tidemark_late_records_total{${place}}`)).toBeGreaterThan(50);
  });

  test('counters never go down and no scrape changes what the next one says', async () => {
    await using server = await served({ nowMs: startMs });
    let before = new Map<string, number>();
    for (const report of reportsOf(cut)) {
      await server.post(report);
      server.tickAt(report.toMs);
      const text = await (await server.get('/metrics')).text();
      const counters = [...text.matchAll(/^(\S+_total(?:\{.*\})?) (\S+)$/gm)].map(
        ([, row, n]) => [row!, Number(n)] as const,
      );
      for (const [row, value] of counters) expect(value, row).toBeGreaterThanOrEqual(before.get(row) ?? 0);
      before = new Map(counters);
    }
    const quiet = async () =>
      (await (await server.get('/metrics')).text()).replace(/^tidemark_collector_resident.*$/m, '');
    expect(await quiet()).toEqual(await quiet());
  });

  test('more rows than there may be are put into one', async () => {
    await using server = await served({ nowMs: startMs, maxRowsPerMetric: 1 });
    await told(server, cut);
    const text = await (await server.get('/metrics')).text();
    const rows = text.split('\n').filter((line) => line.startsWith('tidemark_late_records_total{'));
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatch(/\{group="other",topic="other",partition="other"\} \d+$/);
    const late = server.collector.board.assessment.tasks[0]!.late;
    expect(rows.reduce((sum, row) => sum + Number(row.split(' ')[1]), 0)).toBe(late);
  });

  test('a label value with quotes and newlines does not break the text', async () => {
    await using server = await served({ nowMs: startMs });
    await told(server, { ...cut, group: 'a"b\\c\nd' });
    expect(await (await server.get('/metrics')).text()).toContain('group="a\\"b\\\\c\\nd"');
  });
});
