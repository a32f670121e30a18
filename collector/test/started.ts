import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A collector in a process of its own. */
export interface Started extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly out: () => { readonly stdout: string; readonly stderr: string };
  /** Settles with the exit code. */
  readonly ended: Promise<number | null>;
  /** The first line of stdout. */
  readonly firstLine: Promise<string>;
}

export function start(
  flags: readonly string[],
  environment: { readonly [name: string]: string } = {},
  /** A command that is given the collector's as its arguments. */
  under: readonly string[] = [],
): Started {
  const [program, ...args] = [...under, process.execPath, '--conditions=tidemark-source', main, ...flags];
  const child = spawn(program!, args, {
    env: { PATH: process.env.PATH, TIDEMARK_STORE: 'off', ...environment },
  });
  const out = { stdout: '', stderr: '' };
  const { promise: firstLine, resolve } = Promise.withResolvers<string>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out.stdout += chunk;
    if (out.stdout.includes('\n')) resolve(out.stdout.split('\n')[0]!);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    out.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => {
    resolve(out.stdout);
    return code as number | null;
  });
  const dispose = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { child, out: () => out, ended, firstLine, [Symbol.asyncDispose]: dispose };
}
