/** Inclusive ranges of offsets, sorted, merged where they touch. */
export type OffsetRange = readonly [first: number, last: number];

/** Adds a range; returns the same array, changed in place. Ranges mostly come in order, so the search starts at the end. */
export function addRange(ranges: [first: number, last: number][], first: number, last: number): void {
  let at = ranges.length;
  while (at > 0 && ranges[at - 1]![0] > first) at--;
  ranges.splice(at, 0, [first, last]);
  if (at > 0 && ranges[at - 1]![1] + 1 >= first) at--;
  let reach = ranges[at]![1];
  let end = at + 1;
  while (end < ranges.length && ranges[end]![0] <= reach + 1) {
    reach = Math.max(reach, ranges[end]![1]);
    end++;
  }
  ranges[at]![1] = reach;
  ranges.splice(at + 1, end - at - 1);
}
