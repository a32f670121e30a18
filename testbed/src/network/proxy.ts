/**
 * A network path that can be cut. Clients connect to one address and say in a first line whom they want to reach, so
 * one proxy carries the connections to every broker and the target's own address stays what the client believes in.
 *
 * A cut is what a pulled router does to open connections once TCP has given up on them: both sides of each are reset and
 * new ones are refused. Swallowing bytes instead would measure the client's request timeout, not the network.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface CuttableProxy {
  readonly host: string;
  readonly port: number;
  /** How many connections pass through it now. */
  readonly open: number;
  /** Resets all connections and refuses new ones. Returns when, by `Date.now()`. */
  cut(): number;
  /** Returns when, by `Date.now()`. */
  restore(): number;
  /** Attempts to connect that were refused since the last cut, by `Date.now()`: how eagerly the client tries. */
  readonly refusedMs: readonly number[];
  close(): Promise<void>;
}

const maxPreambleBytes = 512;
const maxRefused = 10_000;

export async function startProxy(): Promise<CuttableProxy> {
  const links = new Set<Socket>();
  let isCut = false;
  let refusedMs: number[] = [];

  const server = createServer((client) => {
    if (isCut) {
      if (refusedMs.length < maxRefused) refusedMs.push(Date.now());
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    track(client, links);
    readPreamble(client, (target) => link(client, target, links));
  });
  const port = await listen(server);

  return {
    host: '127.0.0.1',
    port,
    get open() {
      return links.size / 2;
    },
    get refusedMs() {
      return refusedMs;
    },
    cut: () => {
      isCut = true;
      refusedMs = [];
      const atMs = Date.now();
      for (const socket of links) socket.resetAndDestroy();
      return atMs;
    },
    restore: () => {
      isCut = false;
      return Date.now();
    },
    close: () => {
      for (const socket of links) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Target {
  readonly host: string;
  readonly port: number;
  /** What came behind the preamble in the same packet. */
  readonly rest: Buffer;
}

function readPreamble(client: Socket, onTarget: (target: Target) => void): void {
  let seen = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf('\n');
    if (end < 0 && seen.length <= maxPreambleBytes) return;
    client.off('data', onData);
    client.pause();
    const line = seen.subarray(0, Math.max(end, 0)).toString();
    const colon = line.lastIndexOf(':');
    const port = Number(line.slice(colon + 1));
    if (colon < 1 || !(port > 0 && port < 65_536)) client.destroy();
    else onTarget({ host: line.slice(0, colon), port, rest: seen.subarray(end + 1) });
  };
  client.on('data', onData);
}

function link(client: Socket, target: Target, links: Set<Socket>): void {
  const broker = connect({ host: target.host, port: target.port });
  track(broker, links);
  broker.setNoDelay(true);
  client.setNoDelay(true);
  if (target.rest.length > 0) broker.write(target.rest);
  client.pipe(broker);
  broker.pipe(client);
  client.on('close', () => broker.destroy());
  broker.on('close', () => client.destroy());
}

function track(socket: Socket, links: Set<Socket>): void {
  links.add(socket);
  // An error is followed by a close, and what to do then is said there.
  socket.on('error', () => {});
  socket.on('close', () => links.delete(socket));
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
      resolve(address.port);
    });
  });
}
