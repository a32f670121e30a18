import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes whatever an agent, an exporter or a tracer sends, and says that it was fine. */
export async function startSink(): Promise<{ readonly url: string; readonly requests: () => number; stop(): void }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
