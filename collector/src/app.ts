import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ApiError, App } from './api.ts';
import type { Collector } from './collector.ts';
import type { History } from './history.ts';
import { page } from './page.ts';
import { type RefusalReason, readReport } from './read-report.ts';
import { type Stream, streamLimits } from './streams.ts';

type Env = { Bindings: HttpBindings };

const refusalStatus: { readonly [R in RefusalReason]: 400 | 413 | 415 } = {
  mediaType: 415,
  encoding: 415,
  tooLarge: 413,
  notJson: 400,
  version: 400,
  shape: 400,
  aborted: 400,
};

/** The collector's door, API and page. It has no clock and keeps nothing: all that it needs is handed in. */
export function createApp(collector: Collector): App {
  const { board, history, metrics, pageDirectory, log } = collector;
  const app = new Hono<Env>();

  app.post('/api/report', (c) => takeReport(c, collector));
  app.get('/api/assessment', (c) => json(c, board.assessmentJson));
  app.get('/api/topology', (c) => c.json(board.assessment.topology, 200, noStore));
  app.get('/api/series', (c) => series(c, history));
  app.get('/api/incidents', (c) => incidents(c, history));
  app.get('/api/incidents/:id', async (c) => {
    const id = c.req.param('id');
    const incident = await history.incident(id);
    return incident === undefined ? refuse(c, 404, `no incident ${id}`) : json(c, incident);
  });
  app.get('/api/findings', (c) => c.json(board.assessment.findings, 200, noStore));
  app.get('/api/findings/:id', (c) => {
    const id = c.req.param('id');
    const finding = board.assessment.findings.find((finding) => finding.id === id);
    return finding === undefined ? refuse(c, 404, `no finding ${id}`) : c.json(finding, 200, noStore);
  });
  app.get('/api/drops', (c) => json(c, board.dropsJson));
  app.get('/api/events', (c) => events(c, collector));
  app.all('/api/*', (c) => refuse(c, 404, `nothing at ${c.req.method} ${c.req.path}; docs/api.md lists what there is`));

  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  app.get('/healthz', (c) => c.text('alive\n'));
  app.get('/ready', (c) => (board.ready ? c.text('ready\n') : c.text('not ready: the first tick is not done\n', 503)));
  app.get('/*', page(pageDirectory));

  app.notFound((c) => c.text(`nothing at ${c.req.path}\n`, 404));
  app.onError((error, c) => {
    log.error({ err: error }, 'a request failed');
    metrics.health.failed('request');
    return refuse(c, 500, 'the collector failed; its log says why');
  });
  return app as unknown as App;
}

async function takeReport(c: Context<Env>, { intake, metrics, nowMs, log }: Collector): Promise<Response> {
  const read = await readReport(c.req.raw);
  if (read.ok) {
    const outcome = await intake.report(read.report, read.raw, nowMs());
    metrics.health[outcome]();
    if (outcome !== 'notKept') return c.body(null, 204);
    c.header('retry-after', '5');
    return refuse(c, 503, 'the report cannot be kept now; keep it and send it again');
  }
  const { reason, error, faults } = read.refusal;
  metrics.health.refused(reason);
  log.warn({ reason }, `report refused: ${error}`);
  return c.json({ error, faults } satisfies ApiError, refusalStatus[reason]);
}

async function series(c: Context<Env>, history: History): Promise<Response> {
  const fromMs = instant(c.req.query('fromMs'), Number.NEGATIVE_INFINITY);
  const toMs = instant(c.req.query('toMs'), Number.POSITIVE_INFINITY);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs) || fromMs > toMs) {
    return refuse(c, 400, 'fromMs and toMs: expected milliseconds since 1970, fromMs at most toMs');
  }
  return json(c, await history.points(fromMs, toMs));
}

async function incidents(c: Context<Env>, history: History): Promise<Response> {
  const given = c.req.query('since');
  if (given === undefined) return json(c, history.latestIncidents());
  const sinceMs = instant(given, 0);
  if (Number.isNaN(sinceMs)) return refuse(c, 400, 'since: expected milliseconds since 1970');
  return json(c, await history.incidents(sinceMs));
}

function instant(text: string | undefined, unless: number): number {
  if (text === undefined) return unless;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function events(c: Context<Env>, { board, streams }: Collector): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
  if (streams.full) {
    streams.turnedAway++;
    return refuse(c, 503, `${streamLimits.maxStreams} pages are open; close one and load again`);
  }
  return streamSSE(c, async (sse) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const cut = () => {
      c.env.outgoing.destroy();
      end();
    };
    const stream: Stream = { write: (bytes) => sse.write(bytes), cut, end };
    sse.onAbort(end);
    streams.add(stream, board.helloFrame);
    // The stream is closed when this returns.
    await ended;
    streams.remove(stream);
  });
}

const noStore = { 'cache-control': 'no-store' } as const;

/** For what was serialised before. */
function json(c: Context<Env>, text: string): Response {
  return c.body(text, 200, { 'content-type': 'application/json', ...noStore });
}

function refuse(c: Context<Env>, status: 400 | 404 | 500 | 503, error: string): Response {
  return c.json({ error } satisfies ApiError, status, noStore);
}
