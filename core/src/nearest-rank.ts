/**
 * The value that `share` of the values do not exceed (nearest rank): a habit that a few odd ones among many do not change.
 * `share` in (0, 1]; there must be values.
 */
export function nearestRank(values: ArrayLike<number>, share: number): number {
  const sorted = new Float64Array(values).sort();
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}
