const highestMs = 30 * 86_400_000;
const count = 1_000;

const secondsToTry = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200,
  86_400, 604_800,
];
/** What a person would try. */
export const plainSlacksMs: readonly number[] = [0, ...secondsToTry.map((seconds) => seconds * 1_000)];

/** The graces of a curve: none, and from a millisecond to thirty days about a thousand, each some 2 % longer than the last. */
export function usualSlacksMs(also: Iterable<number> = []): number[] {
  const ratio = highestMs ** (1 / (count - 1));
  const all = new Set<number>([...plainSlacksMs, ...also]);
  for (let i = 0; i < count; i++) all.add(Math.round(ratio ** i));
  return [...all].sort((one, other) => one - other);
}
