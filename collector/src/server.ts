import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Address } from '@tidemark/config';
import type { App } from './api.ts';

export interface Serving {
  /** Such as `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Answers what was asked and frees the port. */
  readonly close: () => Promise<void>;
}

/**
 * How long what is being answered may take when the server is told to close. Browsers also open connections ahead of any
 * request, which node does not count as idle: those wait this long for nothing.
 */
const closeWithinMs = 500;

/** Rejects, with node's own error, if it cannot listen. */
export function serve(app: App, { host, port }: Address): Promise<Serving> {
  const server = createAdaptorServer({ fetch: app.fetch });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({ url: urlOf(server.address() as AddressInfo), close: () => close(server) });
    });
  });
}

type Server = ReturnType<typeof createAdaptorServer>;

function close(server: Server): Promise<void> {
  if (!('closeIdleConnections' in server)) throw new Error('not an HTTP/1 server');
  // One whose answer ends only now stays open for the next request: `close` alone would wait for it to give up.
  const idling = setInterval(() => server.closeIdleConnections(), 20);
  const cutting = setTimeout(() => server.closeAllConnections(), closeWithinMs);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(idling);
      clearTimeout(cutting);
      resolve();
    });
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}/`;
}
