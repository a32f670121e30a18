import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreSettings } from '@tidemark/config';
import { pino } from 'pino';
import { createApp } from '../src/app.ts';
import { type Collector, createCollector } from '../src/collector.ts';
import { serve } from '../src/server.ts';
import { Store } from '../src/store/store.ts';

/** A collector behind a real server on a free port, whose clock and ticks are the test's. */
export interface Served extends AsyncDisposable {
  readonly collector: Collector;
  readonly store: Store | undefined;
  readonly url: string;
  /** Sets the collector's clock. */
  readonly setNow: (nowMs: number) => void;
  /** Sets its clock, then ticks. */
  readonly tickAt: (nowMs: number) => Promise<void>;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (report: unknown) => Promise<Response>;
  readonly metric: (line: string) => Promise<number | undefined>;
}

export const json = { 'content-type': 'application/json' } as const;

export async function served(
  options: {
    readonly nowMs?: number;
    readonly pageDirectory?: string;
    readonly maxRowsPerMetric?: number;
    readonly store?: Store;
  } = {},
): Promise<Served> {
  // A folder that is not there: the page is not built.
  const { pageDirectory = join(tmpdir(), 'tidemark-no-page'), maxRowsPerMetric, store } = options;
  let nowMs = options.nowMs ?? 1_000_000;
  const collector = createCollector({
    nowMs: () => nowMs,
    log: pino({ level: 'silent' }),
    pageDirectory,
    store,
    ...(maxRowsPerMetric === undefined ? {} : { maxRowsPerMetric }),
  });
  const { url, close } = await serve(createApp(collector), { host: '127.0.0.1', port: 0 });
  const get = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  return {
    collector,
    store,
    url,
    setNow: (atMs) => {
      nowMs = atMs;
    },
    tickAt: (atMs) => {
      nowMs = atMs;
      return collector.intake.tick(nowMs);
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
      await store?.close();
    },
  };
}

/** A store that makes no snapshot on its own, and whose clock stands still. */
export function storeIn(folder: string, nowMs: number, options: Partial<StoreSettings> = {}): Store {
  const settings = { folder, retentionMs: 86_400_000, maxBytes: 1e9, snapshotEveryMs: 1e12, ...options };
  return new Store(settings, { log: pino({ level: 'silent' }), nowMs: () => nowMs, topology: undefined });
}
