/** A clock in a few words, as the page and the terminal have them. */
import type { BoundEnd } from '../clock/bound.ts';
import type { ClockReadings, KnownClock, KnownDrift } from '../clocks/known-clock.ts';
import { formatDuration, formatOffset } from './format.ts';

/** Each end by itself where they rest on different grounds. */
export function offsetWords({ low, high }: Pick<KnownClock, 'low' | 'high'>): string {
  if (low.basis === 'unknown' && high.basis === 'unknown') return 'unknown: nothing bounds it';
  if (low.basis === high.basis && low.basis !== 'unknown' && high.basis !== 'unknown')
    return `${formatOffset(low.ms)} to ${formatOffset(high.ms)}, ${low.basis}`;
  return `at least ${endText(low)}, at most ${endText(high)}`;
}

function endText(end: BoundEnd): string {
  return end.basis === 'unknown' ? 'unknown' : `${formatOffset(end.ms)} (${end.basis})`;
}

/** `12.5 ± 2 ppm fast (1.1 s a day), over 5 min`. */
export function driftWords({ ppm, errorPpm, spanMs, against }: KnownDrift): string {
  const figures = `${figure(Math.abs(ppm))} ± ${figure(errorPpm)} ppm`;
  const than = against === undefined ? '' : ` against ${against}`;
  if (Math.abs(ppm) <= errorPpm) return `drift not told from none: ${figures}${than}, over ${formatDuration(spanMs)}`;
  const pace = ppm > 0 ? 'fast' : 'slow';
  return `${figures} ${pace}${than} (${formatDuration(Math.abs(ppm) * 86.4)} a day), over ${formatDuration(spanMs)}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** `read from chrony 127.0.0.1:323 4 s ago`, or since when it is not, and why. */
export function readingWords({ source, readFrom, ageMs }: ClockReadings): string {
  const none = /^none \((.+)\)$/.exec(source)?.[1];
  if (ageMs === undefined) return `not read: ${none ?? (source === '' ? 'nothing says how wrong it may be' : source)}`;
  const ago = `${formatDuration(ageMs)} ago`;
  return none === undefined
    ? `read from ${source} ${ago}`
    : `last read ${ago}${readFrom === undefined ? '' : `, from ${readFrom}`}; now not: ${none}`;
}
