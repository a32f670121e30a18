import { startChild } from '../process/child.ts';

export interface MavenFailure {
  readonly output: readonly string[];
  /** Its first error, else its last line. */
  readonly reason: string;
}

/** Runs Maven in `folder`, quietly; undefined if it succeeded. */
export async function runMaven(
  maven: string,
  folder: string,
  args: readonly string[],
): Promise<MavenFailure | undefined> {
  const output: string[] = [];
  const keep = (line: string): void => void output.push(line);
  const { code } = await startChild({
    command: maven,
    args: ['-B', '-q', ...args],
    folder,
    onLine: keep,
    onErrorLine: keep,
  }).ended;
  if (code === 0) return undefined;
  // Maven may colour its lines even when nobody looks.
  const [reason] = output.flatMap((line) => /\[ERROR\] (\S.*)/.exec(line)?.[1] ?? []);
  return { output, reason: reason ?? output.at(-1) ?? 'no output' };
}
