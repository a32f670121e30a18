import type { Chance } from './chance.ts';

/** A record as the oracle files write it. */
export interface DrawnRecord {
  readonly i: number;
  readonly topic?: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly ts: number;
  readonly arrival: number;
  readonly value?: null;
}

export interface TraceOptions {
  /** The lengths that matter to the windows in question: sizes, graces and their sums. Edges are drawn around them. */
  readonly lengthsMs: readonly number[];
  readonly partitions: number;
  readonly negativeTimes: boolean;
  readonly nullKeys: boolean;
  readonly nullValues: boolean;
}

const patterns = ['inOrder', 'shuffled', 'heavyTail', 'edges', 'outage', 'jumps'] as const;

/** Records in order of arrival, of one of the courses that make engines differ. */
export function drawTrace(chance: Chance, options: TraceOptions): DrawnRecord[] {
  const pattern = chance.oneOf(patterns);
  const eventMs = course(chance, pattern, options);
  const keys = chance.between(1, 4);
  const nextOffset: number[] = Array.from({ length: options.partitions }, () => 0);
  let arrivalMs = 1_700_000_000_000;
  return eventMs.map((ts, i) => {
    const partition = chance.between(0, options.partitions - 1);
    arrivalMs += chance.isTrue(0.03) ? chance.between(1_000, 5_000) : chance.between(0, 150);
    const key = options.nullKeys && chance.isTrue(0.06) ? null : `k${chance.between(0, keys - 1)}`;
    const value = options.nullValues && chance.isTrue(0.06) ? { value: null } : {};
    return { i, partition, offset: nextOffset[partition]!++, key, ts, arrival: arrivalMs, ...value };
  });
}

function course(chance: Chance, pattern: (typeof patterns)[number], options: TraceOptions): number[] {
  const { lengthsMs } = options;
  const unitMs = Math.max(1, lengthsMs[0]!);
  const stepMs = Math.max(1, Math.ceil(unitMs / chance.oneOf([2, 5, 10])));
  const count = chance.between(30, 120);
  const startMs = chance.oneOf([0, 0, chance.between(0, 3 * unitMs), 1_700_000_000_000]);
  const leastMs = options.negativeTimes ? Number.NEGATIVE_INFINITY : 0;
  let nowMs = options.negativeTimes && startMs === 0 ? -4 * unitMs : startMs;
  let highestMs = nowMs;
  let backlog: number[] = [];
  const events: number[] = [];
  const say = (ms: number): void => {
    const told = Math.max(leastMs, Math.trunc(ms));
    highestMs = Math.max(highestMs, told);
    events.push(told);
  };
  while (events.length < count) {
    nowMs += chance.between(0, stepMs);
    switch (pattern) {
      case 'inOrder':
        say(nowMs);
        break;
      case 'shuffled':
        say(nowMs - chance.between(0, chance.oneOf(lengthsMs)));
        break;
      case 'heavyTail':
        say(nowMs - chance.heavyTail(unitMs / 3));
        break;
      case 'jumps':
        if (chance.isTrue(0.05)) nowMs += chance.oneOf(lengthsMs) * chance.between(1, 6) + chance.between(-1, 1);
        say(chance.isTrue(0.3) ? nowMs - chance.between(0, 3 * unitMs) : nowMs);
        break;
      case 'edges':
        // Exactly where something closes, seen from the highest time so far, and one to either side.
        if (chance.isTrue(0.4)) say(nowMs);
        else say(edge(chance, highestMs, lengthsMs));
        break;
      case 'outage':
        // One producer of two is cut off for a third of the time, then delivers what it has.
        if (events.length > count / 3 && backlog.length < count / 3) {
          if (chance.isTrue(0.5)) backlog.push(nowMs);
          else say(nowMs);
        } else {
          for (const late of backlog) say(late);
          backlog = [];
          say(nowMs);
        }
        break;
    }
    if (chance.isTrue(0.1) && events.length > 0) say(events.at(-1)!);
  }
  return events;
}

function edge(chance: Chance, highestMs: number, lengthsMs: readonly number[]): number {
  const unitMs = Math.max(1, lengthsMs[0]!);
  const from = chance.isTrue(0.5) ? highestMs : Math.floor(highestMs / unitMs) * unitMs;
  let ms = from + chance.between(-1, 1);
  for (let i = chance.between(0, 3); i > 0; i--) ms -= chance.oneOf(lengthsMs);
  return ms;
}
