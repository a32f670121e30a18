import { prng } from '../story/prng.ts';
import type { Header, Line, Trace } from './trace.ts';

/**
 * Copies of a world that are harder to read than it: its truth stays what it was, but less of it is seen. Nobody may be accused
 * of what is no longer shown, and what still shows must still be found.
 */
export interface Perturbed {
  readonly trace: Trace;
  /** Of each record that is left, its number in the world. */
  readonly kept: readonly number[];
  /** Before this, nothing was seen. */
  readonly fromMs: number;
  /** Time in which no reports arrived. */
  readonly hole?: readonly [fromMs: number, toMs: number];
  readonly isLost?: (task: number, atMs: number) => boolean;
}

type RecordLine = Line & readonly ['r', ...unknown[]];
export interface Perturbation {
  readonly what: string;
  readonly change: (trace: Trace, random: () => number) => Perturbed;
}

export const perturbations: { readonly [name: string]: Perturbation } = {
  attachedLate: {
    what: 'agents attach when a third of it is over',
    change: (trace) => attachedAfter(trace, 1 / 3),
  },
  attachedHalfway: {
    what: 'agents attach when half of it is over',
    change: (trace) => attachedAfter(trace, 1 / 2),
  },
  thinned: {
    what: 'two of three records are not there',
    change: (trace, random) => chosen(trace, () => random() < 1 / 3),
  },
  uneven: {
    what: 'every other producer has four of five records missing',
    change: (trace, random) => chosen(trace, ({ 9: pid }) => pid % 2 === 0 || random() < 0.2),
  },
  noAppendTimes: {
    what: 'topics have create time only',
    change: ({ header, lines }) =>
      whole({
        header: { ...header, topics: header.topics.map(({ name }) => ({ name, timestampType: 'CreateTime' })) },
        lines: lines.map((line) => (line[0] === 'r' ? changed(line, 7, null) : line)),
      }),
  },
  deaf: {
    what: 'no report arrives for a tenth of the time',
    change: (trace) => {
      const { durationMs } = trace.header;
      return { ...whole(trace), hole: [0.45 * durationMs, 0.55 * durationMs] };
    },
  },
  lossy: {
    what: 'those of every other consumer are lost for 30 s in five minutes',
    change: (trace) => ({
      ...whole(trace),
      isLost: (task, atMs) => task % 2 === 0 && atMs % 300_000 < 30_000,
    }),
  },
  sluggish: {
    what: 'every other consumer processes two seconds after it fetched',
    change: ({ header, lines }) =>
      whole({
        header,
        lines: lines
          .map((line) => (line[0] === 'r' && line[2] % 2 === 0 ? changed(line, 1, line[1] + 2_000) : line))
          .toSorted((x, y) => (x[1] as number) - (y[1] as number)),
      }),
  },
  nameless: {
    what: 'no producer has an id: each partition counts as one source',
    change: ({ header, lines }) =>
      whole({ header, lines: lines.map((line) => (line[0] === 'r' ? changed(changed(line, 9, -1), 10, -1) : line)) }),
  },
};

export function perturb(trace: Trace, name: string): Perturbed {
  const random = prng([...`${name} ${trace.header.scenario}`].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7));
  return perturbations[name]!.change(trace, random);
}

function attachedAfter(trace: Trace, share: number): Perturbed {
  const fromMs = share * trace.header.durationMs;
  const latest = new Map<string, Line>();
  for (const line of trace.lines) {
    if (line[1] < fromMs && (line[0] === 'a' || line[0] === 'n')) latest.set(`${line[0]} ${line[2]}`, line);
  }
  const known = new Set(latest.values());
  const { trace: cut, kept } = only(trace, (line) => line[1] >= fromMs || known.has(line));
  // What an agent asks for when it attaches, it is told then.
  const lines = cut.lines.map((line) => (known.has(line) ? (changed(line, 1, Math.ceil(fromMs)) as Line) : line));
  return { trace: { header: cut.header, lines }, kept, fromMs };
}

function chosen(trace: Trace, isKept: (record: RecordLine) => boolean): Perturbed {
  return only(trace, (line) => line[0] !== 'r' || isKept(line as RecordLine));
}

function only({ header, lines }: Trace, isKept: (line: Line) => boolean): Perturbed {
  const kept: number[] = [];
  const rest: Line[] = [];
  let index = 0;
  for (const line of lines) {
    const isIn = isKept(line);
    if (line[0] === 'r') {
      if (isIn) kept.push(index);
      index++;
    }
    if (isIn) rest.push(line);
  }
  return { trace: { header, lines: rest }, kept, fromMs: 0 };
}

function whole(trace: { readonly header: Header; readonly lines: readonly (readonly unknown[])[] }): Perturbed {
  return only(trace as Trace, () => true);
}

function changed(line: readonly unknown[], at: number, value: unknown): readonly unknown[] {
  return line.map((field, i) => (i === at ? value : field));
}
