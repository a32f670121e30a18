import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Assessment, SeriesPoint } from '@tidemark/core';

export interface Update {
  readonly assessment: Assessment;
  readonly points: readonly SeriesPoint[];
}

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The collector's outside, scripted: the same addresses and headers, and events when the test says so. */
export class PageServer {
  readonly #folder: string;
  #hello: Update;
  #server: Server | undefined;
  #port = 0;
  readonly #streams = new Set<ServerResponse>();

  constructor(folder: string, hello: Update) {
    this.#folder = folder;
    this.#hello = hello;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** On the same port as before, as a collector that is started again. */
  async start(hello: Update = this.#hello): Promise<void> {
    this.#hello = hello;
    const server = createServer((request, response) => {
      response.setHeader('content-security-policy', "default-src 'self'");
      const path = new URL(request.url ?? '/', 'http://page').pathname;
      if (path === '/api/events') this.#stream(response);
      else void serveFile(join(this.#folder, normalize(path === '/' ? '/index.html' : path)), response);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  tick(update: Update): void {
    for (const stream of this.#streams) send(stream, 'tick', update);
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    send(response, 'hello', this.#hello);
  }
}

function send(stream: ServerResponse, event: string, update: Update): void {
  stream.write(`event: ${event}\ndata: ${JSON.stringify(update)}\n\n`);
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  try {
    const content = await readFile(path);
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}
