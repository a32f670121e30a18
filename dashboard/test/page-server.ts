import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Assessment, SeriesPoint } from '@tidemark/core';
import { mergePoints } from '../src/series.ts';

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
  #isAway = false;
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

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (this.#isAway) {
        request.socket.destroy();
        return;
      }
      response.setHeader('content-security-policy', "default-src 'self'");
      const path = new URL(request.url ?? '/', 'http://page').pathname;
      if (path === '/api/events') this.#stream(response);
      else void serveFile(join(this.#folder, normalize(path === '/' ? '/index.html' : path)), response);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.goAway();
    await new Promise((resolve) => server.close(resolve));
  }

  /** As a collector that has ended; nobody else can take its port meanwhile. */
  goAway(): void {
    this.#isAway = true;
    this.#streams.clear();
    this.#server?.closeAllConnections();
  }

  /** As one that is started again, and knows nothing but this. */
  comeBack(hello: Update): void {
    this.#hello = hello;
    this.#isAway = false;
  }

  /** Whoever comes later is greeted with all of it: a page that heard nothing for some seconds connects anew. */
  tick(update: Update): void {
    this.#hello = { assessment: update.assessment, points: mergePoints(this.#hello.points, update.points) };
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
