import { basename } from 'node:path';
import { isObject } from './compare.ts';
import { readVector } from './files.ts';
import type { Mismatch } from './mismatch.ts';
import { judgeOracle } from './oracles/judge.ts';

const clockKinds = new Set(['bounds', 'liar', 'drift', 'step', 'attribute', 'use']);
/** Clock files without a kind are known by their names, with whatever stands around them. */
const clockNames = /ntp-packets|chrony-tracking|host-clock|real-kafka/;

/** What is wrong with a vector file; nothing means it has passed. A judge that throws has not passed it. */
export async function judgeFile(path: string): Promise<readonly Mismatch[]> {
  let content: unknown;
  try {
    content = readVector(path);
  } catch (error) {
    return [{ where: 'file', want: 'readable JSON', got: String(error) }];
  }
  try {
    if (isObject(content) && content.format === 'tidemark-oracle/1') return judgeOracle(content);
    if (isClockFile(path, content)) {
      const { judgeClockFile } = await import('./clocks/judge.ts');
      return judgeClockFile(path, content);
    }
  } catch (error) {
    return [{ where: 'judge', want: 'an answer', got: String(error) }];
  }
  const got = isObject(content) ? { format: content.format, kind: content.kind } : typeof content;
  return [{ where: 'kind', want: 'a kind of oracle or clock file', got }];
}

function isClockFile(path: string, content: unknown): boolean {
  if (isObject(content) && content.kind !== undefined) return clockKinds.has(String(content.kind));
  return clockNames.test(basename(path));
}
