import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';

/** What came back for one datagram; `goneReason` says in words why nothing did. */
export type Answer =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array; readonly receivedNs: bigint }
  | { readonly kind: 'silence'; readonly refused: boolean };

/** A connected UDP socket, so that only the asked peer is heard and a closed port is noticed. Never keeps a process alive. */
export interface Peer {
  /** Sends, then waits for the first datagram that `accepts` takes; the others are left to time out with the wait. */
  ask(bytes: Uint8Array, options: { timeoutMs: number; accepts: (reply: Uint8Array) => boolean }): Promise<Answer>;
  close(): void;
}

/** Undefined when the name cannot be resolved or no socket can be had. */
export async function connectPeer(address: Address): Promise<Peer | undefined> {
  try {
    const { address: ip, family } = await lookup(address.host);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.unref();
    await connected(socket, { host: ip, port: address.port });
    return peer(socket);
  } catch {
    return undefined;
  }
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host`, `host:port`, `[ipv6]:port` or a bare IPv6 address. */
export function parseAddress(text: string, defaultPort: number): Address {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  const plain = /^([^:]+)(?::(\d+))?$/.exec(text);
  const parts = bracketed ?? plain;
  if (parts === null) return { host: text, port: defaultPort };
  return { host: parts[1]!, port: parts[2] === undefined ? defaultPort : Number(parts[2]) };
}

function connected(socket: Socket, to: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.connect(to.port, to.host, () => {
      socket.removeAllListeners('error');
      resolve();
    });
  });
}

function peer(socket: Socket): Peer {
  let open = true;
  let settle: ((answer: Answer) => void) | undefined;
  let accepts: (reply: Uint8Array) => boolean = () => false;
  const silence = (refused: boolean): void => settle?.({ kind: 'silence', refused });
  socket.on('message', (bytes) => {
    const receivedNs = process.hrtime.bigint();
    if (accepts(bytes)) settle?.({ kind: 'answer', bytes, receivedNs });
  });
  // ICMP's "port unreachable" arrives here, as an error of the socket.
  socket.on('error', () => silence(true));
  const close = (): void => {
    if (!open) return;
    open = false;
    socket.close();
    silence(false);
  };
  return {
    ask(bytes, options) {
      return new Promise<Answer>((resolve) => {
        if (!open) return resolve({ kind: 'silence', refused: false });
        const timer = setTimeout(() => silence(false), options.timeoutMs).unref();
        settle = (answer) => {
          clearTimeout(timer);
          settle = undefined;
          resolve(answer);
        };
        accepts = options.accepts;
        socket.send(bytes, (error) => {
          if (error !== null) silence(true);
        });
      });
    },
    close,
  };
}
