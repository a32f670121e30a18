export interface Median {
  readonly median: number;
  /** The order statistics that hold the median with 95 %. */
  readonly low: number;
  readonly high: number;
}

export function medianOf(values: readonly number[]): Median {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const reach = Math.ceil(0.98 * Math.sqrt(sorted.length));
  return {
    median: sorted[middle]!,
    low: sorted[Math.max(0, middle - reach)]!,
    high: sorted[Math.min(sorted.length - 1, middle + reach)]!,
  };
}
