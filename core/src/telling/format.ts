/** How numbers, durations and instants are written, on the page and in the terminal. */

const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** What a `Date` can hold; an event time beyond it is a broken stamp, and is shown as the number that it is. */
export const maxDateMs = 8.64e15;

export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 record`, `1,234 records`. */
export function formatCounted(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Two parts at most, as a person says it: `340 ms`, `1.2 s`, `47 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const sign = durationMs < 0 ? '−' : '';
  const ms = Math.abs(durationMs);
  if (ms < 999.5) return `${sign}${ms < 10 && ms % 1 !== 0 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 9_950) return `${sign}${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  if (ms < 59_500) return `${sign}${Math.round(ms / 1000)} s`;
  if (ms < hourMs - 500) return sign + twoParts(Math.round(ms / 1000), 60, 'min', 's');
  if (ms < dayMs - minuteMs / 2) return sign + twoParts(Math.round(ms / minuteMs), 60, 'h', 'min');
  return sign + twoParts(Math.round(ms / hourMs), 24, 'd', 'h');
}

function twoParts(inSmall: number, perBig: number, big: string, small: string): string {
  const rest = inSmall % perBig;
  const whole = formatCount(Math.floor(inSmall / perBig));
  return rest === 0 ? `${whole} ${big}` : `${whole} ${big} ${rest} ${small}`;
}

/** An offset keeps its sign and the digits that matter to clocks: `+0.42 ms`, `−5.01 s`. */
export function formatOffset(offsetMs: number): string {
  const sign = offsetMs > 0 ? '+' : offsetMs < 0 ? '−' : '';
  const ms = Math.abs(offsetMs);
  if (ms < 1000) return `${sign}${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < minuteMs) return `${sign}${(ms / 1000).toFixed(2)} s`;
  return sign + formatDuration(ms);
}

/** `2026-03-01 12:00:00.123 UTC`: what one compares with a log. */
export function formatUtc(atMs: number): string {
  if (!Number.isFinite(atMs) || Math.abs(atMs) > maxDateMs) return `${atMs} ms since 1970`;
  return `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** `12, 15–19, 40 and 3 more`. */
export function formatRanges(ranges: readonly (readonly [number, number])[], max: number): string {
  const shown = ranges.slice(0, max).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  const more = ranges.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
}

export function formatPartition(at: { readonly topic: string; readonly partition: number }): string {
  return `${at.topic}-${at.partition}`;
}

/** A grace that one would type in: never less than needed. */
export function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}
