import { connect } from 'node:net';
import type { Assessment, SeriesPoint } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { type Served, served } from '../test/served.ts';
import { reportsOf } from '../test/story.ts';
import type { TickEvent } from './board.ts';
import { streamLimits } from './streams.ts';

const startMs = 1_700_000_000_000;
const reports = reportsOf({ seed: 3, startMs, seconds: 40, cut: [10, 25] });

interface Page extends AsyncDisposable {
  readonly next: () => Promise<{ readonly event: string; readonly data: TickEvent } | undefined>;
  readonly leave: () => void;
}

/** What a browser's EventSource does. */
async function open(server: Served): Promise<Page> {
  const leaving = new AbortController();
  const answer = await server.get('/api/events', { signal: leaving.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next: Page['next'] = async () => {
    while (!text.includes('\n\n')) {
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
    const [block, ...rest] = text.split('\n\n');
    text = rest.join('\n\n');
    if (block!.startsWith(':')) return next();
    const [event, data] = block!.split('\n');
    return { event: event!.slice('event: '.length), data: JSON.parse(data!.slice('data: '.length)) };
  };
  const leave = () => leaving.abort();
  return { next, leave, [Symbol.asyncDispose]: async () => leave() };
}

function merged(points: readonly SeriesPoint[], changed: readonly SeriesPoint[]): SeriesPoint[] {
  const bySecond = new Map([...points, ...changed].map((point) => [point.atMs, point]));
  return [...bySecond.values()].sort((a, b) => a.atMs - b.atMs);
}

describe('a page that stays', () => {
  test('gets all that there is, then what changes; put together, that is what the API says', async () => {
    await using server = await served({ nowMs: startMs });
    for (const report of reports.slice(0, 20)) {
      await server.post(report);
      server.tickAt(report.toMs);
    }
    await using page = await open(server);
    const hello = await page.next();
    expect(hello!.event).toBe('hello');
    expect(hello!.data.points.length).toBeGreaterThanOrEqual(19);
    let { points } = hello!.data;
    let assessment: Assessment | undefined;
    for (const report of reports.slice(20)) {
      await server.post(report);
      server.tickAt(report.toMs);
      const tick = await page.next();
      expect(tick!.event).toBe('tick');
      points = merged(points, tick!.data.points);
      assessment = tick!.data.assessment;
    }
    expect(points).toEqual(await (await server.get('/api/series')).json());
    expect(assessment).toEqual(await (await server.get('/api/assessment')).json());
    expect(assessment!.incidents).toHaveLength(1);
  });

  test('two pages are sent the same, and the stream ends when the collector closes', async () => {
    const server = await served({ nowMs: startMs });
    const pages = [await open(server), await open(server)];
    server.tickAt(startMs + 1000);
    const seen = await Promise.all(pages.map(async (page) => [await page.next(), await page.next()]));
    expect(seen[0]).toEqual(seen[1]);
    await server[Symbol.asyncDispose]();
    expect(await Promise.all(pages.map((page) => page.next()))).toEqual([undefined, undefined]);
  });
});

describe('a page that goes', () => {
  test('leaves no open stream behind', async () => {
    await using server = await served({ nowMs: startMs });
    const pages = await Promise.all(Array.from({ length: 5 }, () => open(server)));
    expect(server.collector.streams.size).toBe(5);
    expect(await server.metric('tidemark_collector_streams')).toBe(5);
    for (const page of pages) page.leave();
    await expect.poll(() => server.collector.streams.size).toBe(0);
    server.tickAt(startMs + 1000);
    expect(await server.metric('tidemark_collector_streams')).toBe(0);
  });

  test('asking for the head alone opens none', async () => {
    await using server = await served({ nowMs: startMs });
    expect((await server.get('/api/events', { method: 'HEAD' })).status).toBe(200);
    expect(server.collector.streams.size).toBe(0);
  });

  test('one page more than there may be is told so and let go', async () => {
    await using server = await served({ nowMs: startMs });
    const pages = await Promise.all(Array.from({ length: streamLimits.maxStreams }, () => open(server)));
    const answer = await server.get('/api/events');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      error: `${streamLimits.maxStreams} pages are open; close one and load again`,
    });
    expect(server.collector.streams.size).toBe(streamLimits.maxStreams);
    expect(await server.metric('tidemark_collector_streams_turned_away_total')).toBe(1);
    for (const page of pages) page.leave();
  });

  test('one that does not read is cut off after a few frames, and costs no other page a frame', async () => {
    await using server = await served({ nowMs: startMs });
    for (const report of reports) await server.post(report);
    const { hostname, port } = new URL(server.url);
    const deaf = connect(Number(port), hostname);
    deaf.pause();
    deaf.write(`GET /api/events HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
    await expect.poll(() => server.collector.streams.size).toBe(1);
    await using page = await open(server);
    expect((await page.next())!.event).toBe('hello');
    let ticks = 0;
    // The kernel takes some megabytes for the deaf one before anything is left unsent here.
    while (server.collector.streams.size === 2 && ticks < 5_000) {
      server.tickAt(startMs + 60_000 + ++ticks);
      expect((await page.next())!.event).toBe('tick');
    }
    expect(server.collector.streams.size).toBe(1);
    expect(await server.metric('tidemark_collector_streams_cut_off_total')).toBe(1);
    deaf.destroy();
  });
});
