import { root } from '../testbed/src/demo/run-flags.ts';
import { startChild } from '../testbed/src/process/child.ts';

/** A command line in a shell of its own, from the repository's folder, as somebody has typed it. */
export interface Typed {
  /** What it has printed so far, on both streams. */
  readonly text: () => string;
  /** Resolves when it has ended; with its exit code, undefined after a signal. */
  readonly ended: Promise<number | undefined>;
  /** As Ctrl-C does: to every process of it. */
  interrupt(): Promise<number | undefined>;
}

export function type(line: string, env: { readonly [name: string]: string } = {}): Typed {
  const lines: string[] = [];
  const keep = (text: string) => void lines.push(text);
  const child = startChild({
    command: 'sh',
    args: ['-c', line],
    folder: root,
    env,
    onLine: keep,
    onErrorLine: keep,
  });
  const ended = child.ended.then(({ code }) => code);
  return {
    text: () => lines.join('\n'),
    ended,
    interrupt: () => {
      if (child.ending === undefined) process.kill(-child.pid, 'SIGINT');
      return ended;
    },
  };
}
