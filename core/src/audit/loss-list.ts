import { addRange } from '../offset-ranges.ts';

export const maxListedRanges = 10_000;

/** Which offsets of a partition were lost: inclusive ranges, sorted, bounded; what goes beyond is counted. */
export class LossList {
  readonly ranges: [first: number, last: number][] = [];
  count = 0;
  overflow = 0;
  readonly #maxRanges: number;

  constructor(maxRanges: number = maxListedRanges) {
    this.#maxRanges = maxRanges;
  }

  /** Offsets mostly come ascending. */
  add(offset: number): void {
    this.count++;
    const last = this.ranges[this.ranges.length - 1];
    if (last !== undefined && offset === last[1] + 1) last[1] = offset;
    else if (this.ranges.length < this.#maxRanges) addRange(this.ranges, offset, offset);
    else this.overflow++;
  }
}

/** How many offsets are in `one` and not in `other`; both sorted. */
export function missingIn(
  one: readonly (readonly [number, number])[],
  other: readonly (readonly [number, number])[],
): number {
  let missing = 0;
  let at = 0;
  for (const [first, last] of one) {
    let from = first;
    while (at > 0 && other[at - 1]![1] >= first) at--;
    while (at < other.length && other[at]![1] < from) at++;
    for (let i = at; from <= last; i++) {
      const next = other[i];
      if (next === undefined || next[0] > last) {
        missing += last - from + 1;
        break;
      }
      missing += Math.max(0, next[0] - from);
      from = Math.max(from, next[1] + 1);
    }
  }
  return missing;
}
