import type { Interval } from '../interval.ts';
import { type WindowGrid, windowsClosed } from './windows.ts';

/** A record of one partition and when its task can have taken it: not before it was appended, not after its offset was committed. */
export interface PossiblyTaken {
  readonly eventMs: number;
  readonly takenMs: Interval;
}

/**
 * How many (record, window) pairs a task of Kafka Streams has refused, seen from outside, where the order in which it took
 * the records of its partitions is not visible. Within a partition the order is fixed; across partitions `x` surely came
 * before `y` only if `x` was taken before `y` can have been:
 *
 *     A   ├─x─┤                     x surely before y: its time is in the O that judges y in every order
 *     B          ├────y────┤
 *     A            ├─z─┤            z may be either: its time is only in the most
 *
 * Drops grow with `O`, so each record is judged by the least and by the most that can have come before it. The sum of the
 * extremes contains every order that is possible, and may be wider than they are: no order need have all extremes at once.
 */
export function dropInterval(
  partitions: readonly (readonly PossiblyTaken[])[],
  { grid, graceMs }: { readonly grid: WindowGrid; readonly graceMs: number },
): { readonly least: number; readonly most: number } {
  const seen = partitions.map((records) => new SeenPartition(records));
  let least = 0;
  let most = 0;
  for (const own of seen) {
    const others = seen.filter((one) => one !== own).map((other) => ({ other, surely: 0, possibly: 0 }));
    for (let i = 0; i < own.length; i++) {
      let leastMs = own.highestMs(i + 1);
      let mostMs = leastMs;
      for (const place of others) {
        const { other } = place;
        while (place.surely < other.length && other.highMs[place.surely]! < own.lowMs[i]!) place.surely++;
        while (place.possibly < other.length && other.lowMs[place.possibly]! <= own.highMs[i]!) place.possibly++;
        leastMs = Math.max(leastMs, other.highestMs(place.surely));
        mostMs = Math.max(mostMs, other.highestMs(place.possibly));
      }
      least += windowsClosed(grid, own.eventMs(i), leastMs - graceMs);
      most += windowsClosed(grid, own.eventMs(i), mostMs - graceMs);
    }
  }
  return { least, most };
}

/** A partition whose bounds respect its order: no record is taken before its predecessor, or after its successor. */
class SeenPartition {
  readonly lowMs: number[];
  readonly highMs: number[];
  readonly #records: readonly PossiblyTaken[];
  readonly #highest: number[] = [Number.NEGATIVE_INFINITY];

  constructor(records: readonly PossiblyTaken[]) {
    this.#records = records;
    this.lowMs = records.map(({ takenMs }) => takenMs.lowMs);
    this.highMs = records.map(({ takenMs }) => takenMs.highMs);
    for (let i = 1; i < records.length; i++) this.lowMs[i] = Math.max(this.lowMs[i]!, this.lowMs[i - 1]!);
    for (let i = records.length - 2; i >= 0; i--) this.highMs[i] = Math.min(this.highMs[i]!, this.highMs[i + 1]!);
    for (const { eventMs } of records) this.#highest.push(Math.max(eventMs, this.#highest.at(-1)!));
  }

  get length(): number {
    return this.#records.length;
  }

  eventMs(i: number): number {
    return this.#records[i]!.eventMs;
  }

  /** Of the first so many records. */
  highestMs(records: number): number {
    return this.#highest[records]!;
  }
}
