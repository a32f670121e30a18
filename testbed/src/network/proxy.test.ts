import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CuttableProxy, startProxy } from './proxy.ts';
import { throughProxy } from './through-proxy.ts';

let echo: Server;
let brokerSide: Socket[];
let proxy: CuttableProxy;
let clients: Socket[];

beforeEach(async () => {
  brokerSide = [];
  clients = [];
  echo = createServer((socket) => {
    brokerSide.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  proxy = await startProxy();
});

afterEach(async () => {
  for (const socket of [...clients, ...brokerSide]) socket.destroy();
  await proxy.close();
  echo.close();
});

function dial(): Socket {
  const { port } = echo.address() as AddressInfo;
  const socket = throughProxy(proxy)({ host: '127.0.0.1', port, onConnect: () => {} } as never) as Socket;
  socket.on('error', () => {});
  clients.push(socket);
  return socket;
}

/** Reset or ended: both are a close (`once` would reject on the reset). */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.on('close', () => resolve()));
}

async function say(socket: Socket, word: string): Promise<string> {
  socket.write(word);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

test('bytes reach the target that the client named, and come back', async () => {
  expect(await say(dial(), 'hello')).toBe('hello');
  expect(proxy.open).toBe(1);
});

test('a cut ends both sides of every connection', async () => {
  const [one, two] = [dial(), dial()];
  await say(one, '1');
  await say(two, '2');
  const ended = Promise.all([...clients, ...brokerSide].map((socket) => closed(socket)));
  const beforeMs = Date.now();
  const cutMs = proxy.cut();
  await ended;
  expect(cutMs).toBeGreaterThanOrEqual(beforeMs);
  expect(brokerSide.length).toBe(2);
  await expect.poll(() => proxy.open).toBe(0);
});

test('while it is cut no byte reaches the target, and the attempts are counted', async () => {
  proxy.cut();
  const socket = dial();
  socket.write('lost');
  await closed(socket);
  expect(brokerSide).toEqual([]);
  expect(proxy.refusedMs.length).toBe(1);
});

test('after it is restored the same address serves again', async () => {
  await say(dial(), 'before');
  proxy.cut();
  proxy.restore();
  expect(await say(dial(), 'after')).toBe('after');
});

test('a client that names nobody is turned away', async () => {
  const socket = connect({ host: proxy.host, port: proxy.port });
  socket.on('error', () => {});
  clients.push(socket);
  socket.write(`${'x'.repeat(600)}`);
  await closed(socket);
  expect(brokerSide).toEqual([]);
});
