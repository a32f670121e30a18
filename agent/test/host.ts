import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a host ended, and what it said. */
export interface HostRun {
  readonly code: number | null;
  /** Its own lines, each a JSON value. */
  readonly said: readonly Record<string, unknown>[];
  /** Our lines, without the prefix. */
  readonly ours: readonly string[];
  /** What else came on stderr. */
  readonly errors: readonly string[];
}

export interface HostOptions {
  /** A file in `agent/test/hosts`, or an absolute path. */
  readonly file: string;
  /** For Node itself, before the file. */
  readonly nodeArguments?: readonly string[];
  /** Another Node than the one that runs the tests. */
  readonly node?: string;
  readonly folder?: string;
  /** Handed to the host as one JSON argument. */
  readonly options?: object;
  readonly environment?: { readonly [name: string]: string | undefined };
  readonly killAfterMs?: number;
}

/** The preload from its sources, as a user has it from the package. */
export const preload: readonly string[] = ['--conditions=tidemark-source', '--import', 'tidemark/register'];

/** Runs an application of a user to its end. It is killed when it takes too long: a host that hangs is a failure. */
export function runHost(options: HostOptions): Promise<HostRun> {
  const file = fileURLToPath(new URL(options.file, new URL('hosts/', import.meta.url)));
  const child = spawn(
    options.node ?? process.execPath,
    [
      '--disable-warning=TimeoutNegativeWarning',
      ...(options.nodeArguments ?? preload),
      file,
      JSON.stringify(options.options ?? {}),
    ],
    {
      cwd: options.folder,
      env: { ...process.env, TIDEMARK_CHRONY: 'off', ...options.environment },
      timeout: options.killAfterMs ?? 60_000,
      killSignal: 'SIGKILL',
    },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = err.split('\n').filter((line) => line !== '');
      resolve({
        code,
        said: out
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Record<string, unknown>),
        ours: lines.filter((line) => line.startsWith('tidemark: ')).map((line) => line.slice('tidemark: '.length)),
        errors: lines.filter((line) => !line.startsWith('tidemark: ')),
      });
    });
  });
}
