/** UTC, to the second; of a time beyond what a calendar holds, the bare number. */
export function utc(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return String(ms);
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** To the millisecond, as it is to be typed in. */
export function exactly(ms: number): string {
  return ms >= 1_000 || ms === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
