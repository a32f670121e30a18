const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** What to say of a text that is none. */
export const durationExpected = 'a duration such as 5s or 1500ms';

/** `1500ms`, `5s`, `2m`, `1h`, `1d`, also `1.5s`. A number without a unit is refused: nobody can tell which one was meant. */
export function parseDurationMs(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)(ms|s|min|m|h|d)$/.exec(text.trim());
  if (found === null) return undefined;
  const durationMs = Number(found[1]) * unitMs[found[2]!]!;
  return Number.isSafeInteger(durationMs) ? durationMs : undefined;
}

/** In the largest unit that gives a whole number: 5000 → `5s`, 1500 → `1500ms`, 0 → `0s`. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs === 0) return '0s';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (durationMs % unitMs[unit]! === 0) return `${durationMs / unitMs[unit]!}${unit}`;
  }
  return `${durationMs}ms`;
}
