/** How instants are written on the page, in the reader's own time; all else is written as everywhere. */

import { maxDateMs } from '@tidemark/core';

export {
  formatCount,
  formatCounted,
  formatDuration,
  formatOffset,
  formatPartition,
  formatRanges,
  formatUtc,
} from '@tidemark/core';

const clockOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayAndYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

const precise = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

const dayMs = 86_400_000;

/** Local time of day; with the date where it is not within half a day of `nowMs`. */
export function formatTime(atMs: number, nowMs: number): string {
  if (!Number.isFinite(atMs) || Math.abs(atMs) > maxDateMs) return `${atMs} ms`;
  const apartMs = Math.abs(atMs - nowMs);
  if (apartMs < dayMs / 2) return clockOfDay.format(atMs);
  return (apartMs < 180 * dayMs ? dayAndClock : dayAndYear).format(atMs);
}

/** With milliseconds, as evidence has them; the date is left to the UTC behind it. */
export function formatPrecise(atMs: number): string {
  return !Number.isFinite(atMs) || Math.abs(atMs) > maxDateMs ? `${atMs} ms` : precise.format(atMs);
}
