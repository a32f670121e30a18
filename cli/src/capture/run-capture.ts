import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { checkReport } from '@tidemark/collector';
import { type CaptureSettings, faultLine, readCaptureSettings } from '@tidemark/config';
import { reportLimits } from '@tidemark/core';
import { requestOf } from '../ask-collector.ts';
import { CaptureWriter } from './capture-file.ts';

/**
 * `tidemark capture`: stands where agents send their reports, writes down each that a collector would take, and hands it on
 * to the collector behind it, whose answer is the answer. Without one it answers itself.
 */
export async function runCapture(flags: readonly string[]): Promise<void> {
  const read = readCaptureSettings(flags);
  if (!read.ok) {
    for (const fault of read.faults) process.stderr.write(`tidemark capture: ${faultLine(fault)}\n`);
    process.exitCode = 2;
    return;
  }
  let started: Awaited<ReturnType<typeof startCapture>>;
  try {
    started = await startCapture(read.value, () => Date.now());
  } catch (error) {
    process.stderr.write(`tidemark capture: ${(error as Error).message}; see --out and --listen\n`);
    process.exitCode = 2;
    return;
  }
  const { url, stop } = started;
  process.stdout.write(`tidemark capture: listening at ${url}, writing ${read.value.out}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void stop().then((reports) =>
        process.stdout.write(`tidemark capture: ${reports} reports in ${read.value.out}\n`),
      );
    });
  }
}

/** How often a collector looks, unless it is told otherwise. */
const usualTickMs = 1_000;

export async function startCapture(
  settings: CaptureSettings,
  nowMs: () => number,
  tickMs: number = usualTickMs,
): Promise<{ readonly url: string; stop(): Promise<number> }> {
  const writer = new CaptureWriter(settings.out, nowMs());
  const server = createServer((request, response) => {
    void answer(request, response, { settings, writer, nowMs }).catch((error: unknown) => {
      response.writeHead(502, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: `the collector cannot be reached: ${(error as Error).message}` }));
    });
  });
  const { host, port } = settings.listen;
  // Nothing is taken that cannot be written down.
  await writer.opened();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const ticking = setInterval(() => {
    writer.tick(nowMs());
    writer.flush();
  }, tickMs);
  const address = server.address() as { readonly port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    stop: async () => {
      clearInterval(ticking);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      writer.tick(nowMs());
      await writer.end();
      return writer.reports;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {
    settings,
    writer,
    nowMs,
  }: { readonly settings: CaptureSettings; readonly writer: CaptureWriter; readonly nowMs: () => number },
): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) {
    response.writeHead(413).end();
    return;
  }
  const isReport = request.method === 'POST' && request.url === '/api/report';
  if (settings.collectorUrl !== undefined) {
    const { url, headers } = requestOf(settings.collectorUrl, request.url ?? '/');
    const passed = await fetch(url, {
      method: request.method ?? 'GET',
      headers: { ...forwarded(request), ...headers },
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    // Only what the collector took is part of what it saw.
    if (isReport && passed.ok) note(request, body, writer, nowMs());
    response.writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await passed.arrayBuffer()));
    return;
  }
  const isTaken = isReport && note(request, body, writer, nowMs());
  response.writeHead(isTaken ? 204 : isReport ? 400 : 404).end();
}

function note(request: IncomingMessage, body: Buffer, writer: CaptureWriter, receivedMs: number): boolean {
  try {
    const isPacked = request.headers['content-encoding'] === 'gzip';
    const bytes = isPacked ? gunzipSync(body, { maxOutputLength: reportLimits.maxBytes }) : body;
    const checked = checkReport(JSON.parse(bytes.toString('utf8')));
    if (checked.ok) writer.report(checked.report, receivedMs);
    return checked.ok;
  } catch {
    return false;
  }
}

/** Undefined: more than a report may have. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > reportLimits.maxBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function forwarded({ headers }: IncomingMessage): Record<string, string> {
  const kept = ['content-type', 'content-encoding', 'accept', 'authorization'];
  return Object.fromEntries(kept.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));
}
