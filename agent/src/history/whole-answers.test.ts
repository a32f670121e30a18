import { expect, test } from 'vitest';
import { AnswerBuffers } from './answer-buffers.ts';
import { type Connection, readWhole, type SocketFactory } from './whole-answers.ts';

/** As kafkajs's connection is made; what it is handed is kept. */
class Handed implements Connection {
  authHandlers: unknown = null;
  bytesBuffered = 0;
  chunks: Buffer[] = [];
  readonly answers: string[] = [];
  readonly faults: string[] = [];
  readonly socket = { destroy: (error: Error) => void this.faults.push(error.message) };
  socketFactory: SocketFactory = () => undefined as never;

  processData(bytes: Buffer): void {
    this.answers.push(bytes.toString('latin1', 4));
  }

  connect(): void {
    this.socketFactory({ host: 'kafka', port: 9092, onConnect: () => {} });
  }
}

function answer(text: string): Buffer {
  const bytes = Buffer.alloc(4 + text.length, text);
  bytes.writeInt32BE(text.length);
  bytes.write(text, 4);
  return bytes;
}

function connection(): Handed {
  const made = new Handed();
  readWhole(made, new AnswerBuffers(2));
  made.connect();
  return made;
}

const texts = ['first', 'x'.repeat(100_000), 'last!'];
const bytes = Buffer.concat(texts.map(answer));

test.for([1, 3, 4, 5, 7, 9, 13, 65_536, 100_016, bytes.length])('whole, in pieces of %i bytes', (length) => {
  const { answers, processData } = connection();
  for (let at = 0; at < bytes.length; at += length) processData(bytes.subarray(at, at + length));
  expect(answers).toEqual(texts);
});

test('a connection that broke within an answer: the next begins with one of its own', () => {
  const made = connection();
  made.processData(bytes.subarray(0, 50_000));
  made.connect();
  made.processData(answer('anew'));
  expect(made.answers).toEqual(['first', 'anew']);
});

test('a connection that was left: what still comes of it is not taken for the next one’s', () => {
  const made = new Handed();
  const sockets: { isDestroyed: boolean }[] = [];
  made.socketFactory = () => {
    const socket = { isDestroyed: false, destroy: () => void (socket.isDestroyed = true) };
    sockets.push(socket);
    return socket as never;
  };
  readWhole(made, new AnswerBuffers(2));
  made.connect();
  made.connect();
  expect(sockets.map(({ isDestroyed }) => isDestroyed)).toEqual([true, false]);
});

test('a length that cannot be: the connection is given up', () => {
  const made = connection();
  made.processData(Buffer.from('HTTP/1.1 400'));
  expect(made.faults).toEqual(['an answer of 1213486160 bytes']);
});

test('an empty answer, which there is while it proves who it is', () => {
  const made = connection();
  made.authHandlers = {};
  made.processData(Buffer.alloc(4));
  expect(made.answers).toEqual(['']);
  made.authHandlers = null;
  made.processData(Buffer.alloc(4));
  expect(made.faults).toHaveLength(1);
});

test('buffers come back, as many as may lie about', () => {
  const buffers = new AnswerBuffers(1);
  const [one, other] = [buffers.take(100_000), buffers.take(100_000)];
  buffers.giveBack(one.subarray(8));
  buffers.giveBack(other);
  buffers.giveBack(Buffer.alloc(200_000));
  expect(buffers.take(110_000).buffer).toBe(other.buffer);
  expect([one.buffer, other.buffer]).not.toContain(buffers.take(90_000).buffer);
});
