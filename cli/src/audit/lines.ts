import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { HistoryFault } from './history.ts';

const maxLineBytes = 16 * 1024 * 1024;

export interface Reading {
  /** Its writer may have been killed: what was flushed until then is all there is. */
  readonly mayBeCut?: boolean;
}

/** The bytes of a file, unpacked if they are gzip, whatever its name says; `-` is standard input. */
export async function openBytes(path: string, { mayBeCut = false }: Reading = {}): Promise<Readable> {
  if (path === '-') return process.stdin;
  const isPacked = await isGzip(path);
  const raw = createReadStream(path, { highWaterMark: 1 << 20 });
  if (!isPacked) return raw;
  const unpacked = createGunzip({
    chunkSize: 1 << 20,
    finishFlush: mayBeCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
  });
  raw.on('error', (error: Error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Line by line, without its end; empty lines are passed over. */
export async function eachLine(
  path: string,
  take: (line: string, number: number) => void,
  reading: Reading = {},
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  const say = (bytes: Buffer): void => {
    number++;
    const text = bytes.toString('utf8').trim();
    if (text !== '') take(number === 1 ? text.replace(/^\uFEFF/, '') : text, number);
  };
  try {
    for await (const chunk of await openBytes(path, reading)) {
      let bytes = chunk as Buffer;
      if (rest.length > 0) bytes = Buffer.concat([rest, bytes]);
      let from = 0;
      for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, from)) {
        say(bytes.subarray(from, at));
        from = at + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > maxLineBytes)
        throw new HistoryFault(`${path}: line ${number + 1} is longer than 16 MB; is it text?`);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (rest.length > 0 && reading.mayBeCut !== true) say(rest);
}

export function unreadable(path: string, error: unknown): Error {
  if (error instanceof HistoryFault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new HistoryFault(`${path}: there is no such file`);
  if (code === 'EISDIR') return new HistoryFault(`${path} is a folder; give a file`);
  if (code?.startsWith('Z_') === true)
    return new HistoryFault(`${path}: its gzip is damaged or cut short (${message})`);
  return code === undefined ? (error as Error) : new HistoryFault(`${path}: ${message}`);
}
