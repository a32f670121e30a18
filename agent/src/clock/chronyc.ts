import { type ChildProcess, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { decodeTrackingLine } from '@tidemark/core';
import { type ChronyAnswer, type ChronyDoor, chronyTimeoutMs } from './chrony-door.ts';

/** Where Debian, Fedora and the others keep chronyd's socket. */
export const chronySocket = '/run/chrony/chronyd.sock';

/** After a `chronyc` that ended by itself; doubled each time. */
const firstPauseMs = 10_000;
const longestPauseMs = 640_000;

/**
 * chronyd's Unix socket, for hosts where its port is closed (`cmdport 0`). The socket speaks datagrams, which Node cannot, so
 * `chronyc` is asked to. To start a process stops its parent for 3 to 30 ms, by the size of its heap: therefore one
 * `chronyc` is started, once, and stays to be asked again. It ends when its standard input does, however we end.
 */
export function createChronyc(socket: string): ChronyDoor {
  const name = `chrony ${socket}`;
  let child: ChildProcess | undefined;
  let settle: ((answer: ChronyAnswer) => void) | undefined;
  let pauseMs = firstPauseMs;
  let notBeforeNs = 0n;
  let lastWords = '';

  const silence = (why: string): ChronyAnswer => ({ kind: 'silence', reason: `${name}: ${why}` });

  /** The present `chronyc` is of no use any more. Another is not started at once, because that is what would cost. */
  const giveUp = (why: string): void => {
    lastWords = why;
    notBeforeNs = process.hrtime.bigint() + BigInt(pauseMs) * 1_000_000n;
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    end();
    settle?.(silence(why));
  };
  const end = (): void => {
    const ending = child;
    child = undefined;
    ending?.stdin?.end();
    ending?.kill();
  };

  const start = (): ChildProcess => {
    const started = spawn('chronyc', ['-h', socket, '-c', '-n'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Nothing of the host's environment concerns it: preloads, proxies, a language of its own.
      env: { PATH: `${process.env.PATH ?? ''}:/usr/bin:/usr/local/bin`, LANG: 'C' },
    });
    let said = 'chronyc has ended';
    const gone = (why: string): void => {
      if (child === started) giveUp(why);
    };
    started.on('error', (error) =>
      gone((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'chronyc is not installed' : error.message),
    );
    started.on('close', () => gone(said));
    started.stdin.on('error', () => undefined);
    createInterface({ input: started.stderr }).on('line', (line) => (said = line));
    createInterface({ input: started.stdout }).on('line', (line) => {
      if (child === started) settle?.(answerOf(name, line));
    });
    // Neither the process nor its pipes keep the host alive.
    started.unref();
    for (const pipe of started.stdio) (pipe as Socket | null)?.unref();
    return started;
  };

  return {
    name,
    async ask() {
      if (child === undefined) {
        if (!(await isThere(socket))) return { kind: 'silence', reason: `no chrony at ${socket}` };
        if (process.hrtime.bigint() < notBeforeNs) return silence(lastWords);
        child = start();
      }
      const { stdin } = child;
      return new Promise<ChronyAnswer>((resolve) => {
        // What it says later would be taken for the answer to the next question, so it may not.
        const timer = setTimeout(() => giveUp('chronyd does not answer'), chronyTimeoutMs).unref();
        settle = (answer) => {
          clearTimeout(timer);
          settle = undefined;
          if (answer.kind === 'tracking') pauseMs = firstPauseMs;
          resolve(answer);
        };
        stdin?.write('tracking\n');
      });
    },
    close() {
      end();
      settle?.(silence('stopped'));
    },
  };
}

function isThere(socket: string): Promise<boolean> {
  return access(socket).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

function answerOf(name: string, line: string): ChronyAnswer {
  const decoded = decodeTrackingLine(line);
  if (decoded.kind === 'tracking') return decoded;
  const kind = decoded.reason === 'refused' ? 'refused' : 'silence';
  return { kind, reason: `${name}: ${line.replace(/^\d+ /, '')}` };
}
