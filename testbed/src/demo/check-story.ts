import { startChild } from '../process/child.ts';
import type { CheckResult } from './check.ts';
import { root } from './run-flags.ts';

export interface CheckedStory {
  readonly exitCode: number | undefined;
  /** Undefined when it did not come to a result; `notes` say why. */
  readonly result: CheckResult | undefined;
  readonly notes: string;
}

/** `npm run demo -- --check …` as a user types it, on a broker that is there already. */
export async function checkStory(brokers: readonly string[], args: readonly string[]): Promise<CheckedStory> {
  const output: string[] = [];
  const notes: string[] = [];
  const { code } = await startChild({
    command: 'npm',
    args: ['run', '-s', 'demo', '--', '--check', ...args],
    folder: root,
    env: { KAFKA_BROKERS: brokers.join(',') },
    onLine: (line) => output.push(line),
    onErrorLine: (line) => notes.push(line),
  }).ended;
  return { exitCode: code, result: parse(output.at(-1)), notes: notes.join('\n') };
}

function parse(line: string | undefined): CheckResult | undefined {
  return line?.startsWith('{') ? (JSON.parse(line) as CheckResult) : undefined;
}
