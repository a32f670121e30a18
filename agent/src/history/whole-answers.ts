import net from 'node:net';
import tls from 'node:tls';
import type { AnswerBuffers } from './answer-buffers.ts';

/**
 * kafkajs collects the pieces of an answer as the network hands them over, 64 KB each, and joins them when they are complete:
 * each byte is copied into memory that is fresh, and the pieces are garbage by then. For answers of a megabyte that costs more
 * than reading the records. Here the kernel writes each answer where it is to be, in buffers that are used again, and kafkajs
 * gets it whole: then it joins nothing.
 */
export interface Connection {
  readonly authHandlers: unknown;
  readonly bytesBuffered: number;
  chunks: Buffer[];
  readonly socket?: { destroy(error: Error): void };
  socketFactory: SocketFactory;
  processData(bytes: Buffer): void;
}

export type SocketFactory = (place: {
  readonly host: string;
  readonly port: number;
  readonly ssl?: tls.ConnectionOptions | null;
  readonly onConnect: () => void;
}) => net.Socket;

/** Far more than we ask for; a broker's answer is larger only if a single batch is. */
const maxAnswerBytes = 512 * 1024 * 1024;
const sizeBytes = 4;
const keepAliveAfterMs = 60_000;

const wholes = new WeakMap<Connection, Whole>();

/** `grown` is told how much of an answer has come, each time that is more, but not when it is complete. Undefined: nobody is. */
export function watchAnswers(connection: Connection, grown: Whole['grown']): void {
  const whole = wholes.get(connection);
  if (whole !== undefined) whole.grown = grown;
}

/** From now on `connection` hands whole answers to kafkajs, in `buffers`. */
export function readWhole(connection: Connection, buffers: AnswerBuffers): void {
  const { processData, socketFactory } = connection;
  const whole = new Whole(buffers, {
    fault(length) {
      // While it proves who it is, an answer may be empty.
      if (length >= (connection.authHandlers ? 0 : sizeBytes) && length <= maxAnswerBytes) return false;
      connection.socket?.destroy(new Error(`an answer of ${length} bytes`));
      return true;
    },
    complete(answer) {
      // It would be joined to what is left of the last one, which is nothing.
      if (connection.bytesBuffered === 0) connection.chunks = [];
      processData.call(connection, answer);
    },
  });
  wholes.set(connection, whole);
  connection.processData = (bytes) => whole.copy(bytes);
  let socket: net.Socket | undefined;
  connection.socketFactory = (place) => {
    // kafkajs ends a socket and does not wait for it: what still comes from there must not be taken for the next one's.
    socket?.destroy();
    whole.restart();
    socket = isKafkajsOwn(socketFactory) ? connectInto(whole, place) : socketFactory(place);
    return socket;
  };
}

/**
 * What kafkajs does when the user has given no way of connecting. It keeps that function to itself, so it is known by its text;
 * any other, and one of another version, is called as it is and what it reads is copied.
 */
function isKafkajsOwn(factory: SocketFactory): boolean {
  const text = String(factory).replace(/\s+/g, '');
  return (
    text.includes('net.connect({host,port},onConnect)') &&
    text.includes('tls.connect(Object.assign({host,port},!net.isIP(host)?{servername:host}:{},ssl),onConnect)')
  );
}

function connectInto(whole: Whole, { host, port, ssl, onConnect }: Parameters<SocketFactory>[0]): net.Socket {
  const onread = {
    buffer: () => whole.room(),
    callback: (length: number) => {
      whole.filled(length);
      return true;
    },
  };
  const socket = ssl
    ? tls.connect({ host, port, ...(net.isIP(host) ? {} : { servername: host }), ...ssl, onread } as object, onConnect)
    : net.connect({ host, port, onread }, onConnect);
  return socket.setKeepAlive(true, keepAliveAfterMs);
}

/** An answer as it comes: first four bytes that say how long it is, then so many. */
class Whole {
  grown: ((answer: Buffer, filled: number) => void) | undefined;
  readonly #buffers: AnswerBuffers;
  readonly #then: { fault(length: number): boolean; complete(answer: Buffer): void };
  readonly #size = Buffer.alloc(sizeBytes);
  #answer: Buffer | undefined;
  #at = 0;
  /** What comes is not what we understand, and nothing more is made of it. */
  #isBroken = false;

  constructor(buffers: AnswerBuffers, then: { fault(length: number): boolean; complete(answer: Buffer): void }) {
    this.#buffers = buffers;
    this.#then = then;
  }

  /** Another connection: what the last one left unfinished will not come. */
  restart(): void {
    if (this.#answer !== undefined) this.#buffers.giveBack(this.#answer);
    this.#answer = undefined;
    this.#at = 0;
    this.#isBroken = false;
  }

  /** Where the next bytes belong; never empty. */
  room(): Buffer {
    return this.#isBroken ? this.#size : (this.#answer ?? this.#size).subarray(this.#at);
  }

  filled(length: number): void {
    if (this.#isBroken) return;
    this.#at += length;
    if (this.#answer === undefined) {
      if (this.#at < sizeBytes) return;
      const answerLength = this.#size.readInt32BE(0);
      this.#isBroken = this.#then.fault(answerLength);
      if (this.#isBroken) return;
      this.#answer = this.#buffers.take(sizeBytes + answerLength);
      this.#size.copy(this.#answer);
    }
    if (this.#at < this.#answer.length) {
      this.grown?.(this.#answer, this.#at);
      return;
    }
    const answer = this.#answer;
    this.#answer = undefined;
    this.#at = 0;
    this.#then.complete(answer);
  }

  copy(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.#isBroken; ) {
      const taken = bytes.copy(this.room(), 0, at);
      at += taken;
      this.filled(taken);
    }
  }
}
