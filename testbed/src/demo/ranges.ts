/** Inclusive, sorted, merged. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** By partition. */
export type OffsetSet = { readonly [partition: string]: Ranges };

/** The same set written in one way only, whatever the order and overlap it came in; empty partitions are left out. */
export function toOffsetSet(parts: Iterable<{ partition: number; first: number; last: number }>): OffsetSet {
  const byPartition = new Map<number, [number, number][]>();
  for (const { partition, first, last } of parts) {
    const ranges = byPartition.get(partition) ?? [];
    ranges.push([first, last]);
    byPartition.set(partition, ranges);
  }
  const partitions = [...byPartition.keys()].sort((a, b) => a - b);
  return Object.fromEntries(partitions.map((partition) => [partition, merge(byPartition.get(partition) ?? [])]));
}

export function countOf(offsets: OffsetSet): number {
  return Object.values(offsets)
    .flat()
    .reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

function merge(ranges: [number, number][]): Ranges {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
