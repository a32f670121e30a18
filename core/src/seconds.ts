/** How long series go back. */
export const historyMs = 900_000;

export function secondOf(atMs: number): number {
  return Math.floor(atMs / 1000) * 1000;
}
