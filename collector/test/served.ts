import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp } from '../src/app.ts';
import { type Collector, createCollector } from '../src/collector.ts';
import { serve } from '../src/server.ts';
import { tick } from '../src/tick.ts';

/** A collector behind a real server on a free port, whose clock and ticks are the test's. */
export interface Served extends AsyncDisposable {
  readonly collector: Collector;
  readonly url: string;
  /** Sets the collector's clock. */
  readonly setNow: (nowMs: number) => void;
  /** Sets its clock, then ticks. */
  readonly tickAt: (nowMs: number) => void;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (report: unknown) => Promise<Response>;
  readonly metric: (line: string) => Promise<number | undefined>;
}

export const json = { 'content-type': 'application/json' } as const;

export async function served(
  options: { readonly nowMs?: number; readonly pageDirectory?: string; readonly maxRowsPerMetric?: number } = {},
): Promise<Served> {
  // A folder that is not there: the page is not built.
  const { pageDirectory = join(tmpdir(), 'tidemark-no-page'), maxRowsPerMetric } = options;
  let nowMs = options.nowMs ?? 1_000_000;
  const collector = createCollector({
    nowMs: () => nowMs,
    log: pino({ level: 'silent' }),
    pageDirectory,
    ...(maxRowsPerMetric === undefined ? {} : { maxRowsPerMetric }),
  });
  const { url, close } = await serve(createApp(collector), { host: '127.0.0.1', port: 0 });
  const get = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  return {
    collector,
    url,
    setNow: (atMs) => {
      nowMs = atMs;
    },
    tickAt: (atMs) => {
      nowMs = atMs;
      tick(collector);
    },
    get,
    post: (report) => get('/api/report', { method: 'POST', headers: json, body: JSON.stringify(report) }),
    metric: async (row) => {
      const lines = (await (await get('/metrics')).text()).split('\n');
      const line = lines.find((line) => line.startsWith(`${row} `));
      return line === undefined ? undefined : Number(line.slice(row.length + 1));
    },
    [Symbol.asyncDispose]: async () => {
      collector.streams.endAll();
      await close();
    },
  };
}
