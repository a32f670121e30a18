import { connect } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** For kafkajs's `socketFactory`: every connection to every broker goes through the proxy, which is told where to. */
export function throughProxy(proxy: { readonly host: string; readonly port: number }): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host: proxy.host, port: proxy.port }, onConnect);
    // Queued until the connection is there, and before anything that kafkajs writes.
    socket.write(`${host}:${port}\n`);
    return socket;
  };
}
