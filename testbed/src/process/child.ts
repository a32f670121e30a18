import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { bequeath } from './last-will.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** A channel for `send` and `onMessage`. */
  readonly messages?: boolean;
  readonly onLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
  readonly onMessage?: (message: unknown) => void;
}

export interface Child {
  readonly pid: number;
  /** Resolves when it has ended and its output was read to the end. Never rejects. */
  readonly ended: Promise<Ending>;
  /** Undefined while it runs. */
  readonly ending: Ending | undefined;
  send(message: object): void;
  /** Asks it to end; insists after `patienceMs`. */
  stop(patienceMs?: number): Promise<Ending>;
}

export interface Ending {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  /** Its last error lines, at most `maxKeptErrorLines`. */
  readonly lastWords: readonly string[];
}

const maxKeptErrorLines = 20;

/**
 * Starts a process that leads a group of its own, so that Ctrl-C in a terminal reaches only us and we decide in which
 * order things stop, and that never outlives us.
 */
export function startChild(options: ChildOptions): Child {
  const child: ChildProcess = spawn(options.command, options.args, {
    cwd: options.folder,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', options.messages ? 'ipc' : 'ignore'],
    detached: true,
  });
  const pid = child.pid;
  if (pid !== undefined) bequeath({ kill: pid });

  const lastWords: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => options.onLine?.(line));
  createInterface({ input: child.stderr! }).on('line', (line) => {
    lastWords.push(line);
    if (lastWords.length > maxKeptErrorLines) lastWords.shift();
    options.onErrorLine?.(line);
  });
  if (options.onMessage) child.on('message', options.onMessage);

  let ending: Ending | undefined;
  const ended = new Promise<Ending>((resolve) => {
    const end = (code: number | undefined): void => {
      if (pid !== undefined) bequeath({ spare: pid });
      ending ??= { code, lastWords };
      resolve(ending);
    };
    child.on('close', (code) => end(code ?? undefined));
    // It never started: no such program, no memory.
    child.on('error', (error) => {
      lastWords.push(error.message);
      if (pid === undefined) end(undefined);
    });
  });

  return {
    pid: pid ?? -1,
    ended,
    get ending() {
      return ending;
    },
    send: (message) => {
      if (child.connected) child.send(message, () => {});
    },
    stop: async (patienceMs = 5_000) => {
      child.kill('SIGTERM');
      const insist = new AbortController();
      void sleep(patienceMs, undefined, { signal: insist.signal, ref: false }).then(
        () => child.kill('SIGKILL'),
        () => {},
      );
      const how = await ended;
      insist.abort();
      return how;
    },
  };
}
