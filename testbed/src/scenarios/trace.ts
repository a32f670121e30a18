import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What a trace file holds, line by line: `README.md` of the scenarios says what each is. Times are ms since `epochMs`. */
export interface Header {
  readonly scenario: string;
  readonly epochMs: number;
  readonly durationMs: number;
  readonly topics: readonly { readonly name: string; readonly timestampType: 'CreateTime' | 'LogAppendTime' }[];
  readonly partitions: readonly {
    readonly id: number;
    readonly topic: number;
    readonly number: number;
    readonly broker: number;
  }[];
  readonly tasks: readonly { readonly id: number; readonly order: string; readonly pollMs: number }[];
  readonly policy: { readonly windowMs: number; readonly graceMs: number };
}

export type Line =
  | readonly [
      'r',
      p: number,
      task: number,
      partition: number,
      offset: number,
      baseOffset: number,
      e: number,
      b: number | null,
      c: number,
      pid: number,
      seq: number,
    ]
  | readonly [
      'f',
      c: number,
      q: number,
      task: number,
      answers: readonly (readonly [partition: number, highWaterOffset: number, first: number, count: number])[],
    ]
  | readonly ['n', t: number, task: number, offsetUs: number, errorUs: number]
  | readonly ['a', t: number, task: number, partitions: readonly number[]];

export interface Trace {
  readonly header: Header;
  readonly lines: readonly Line[];
}

/** A file may end after any line, also in the middle of one: what is whole is read. */
export function readTrace(path: string): Trace {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const rows = text.split('\n');
  if (rows.at(-1) !== '') rows.pop();
  const [first, ...rest] = rows.filter((row) => row !== '');
  if (first === undefined) throw new Error(`${path}: empty; expected a header line`);
  const header = JSON.parse(first) as Header & { format?: number };
  if (header.format !== 1) throw new Error(`${path}: format ${header.format}; expected 1`);
  return { header, lines: rest.map((row) => JSON.parse(row) as Line) };
}

export function partitionId(
  { partitions, topics }: Header,
  place: { readonly topic: string; readonly partition: number },
): number {
  return partitions.find((p) => topics[p.topic]!.name === place.topic && p.number === place.partition)!.id;
}
