import type { ArrivalModel } from '../habits/arrival-model.ts';
import type { QuietHours } from '../habits/day-rhythm.ts';
import type { PaceKind } from '../habits/pace.ts';
import { formatDuration } from './format.ts';

/** Shorter silences are no news at any time of the day. */
const wordAboveMs = 6_000;

const kindWords: { readonly [K in PaceKind]: (everyMs: number) => string } = {
  steady: () => 'steady',
  periodic: (everyMs) => `every ${formatDuration(everyMs)}`,
  irregular: (everyMs) => `at irregular times, half of them within ${formatDuration(everyMs)}`,
  bursty: (everyMs) => `in bursts, within them every ${formatDuration(everyMs)}`,
};

/** How a source comes, in a few notes: `steady, 12 records/s`; `quiet from about 22:00 to 06:00 UTC`. */
export function arrivalWords({ kind, everyMs, recordsPerSecond, silentUpToMs, quiet }: ArrivalModel): string[] {
  const rate = recordsPerSecond === undefined ? '' : `, ${formatRate(recordsPerSecond)} records/s`;
  return [
    kindWords[kind](everyMs) + rate,
    ...(quiet === undefined ? [] : [quietWords(quiet)]),
    ...(silentUpToMs === undefined || silentUpToMs < wordAboveMs
      ? []
      : [`usually silent for up to ${formatDuration(silentUpToMs)} at this time of day`]),
  ];
}

function quietWords({ fromMs, toMs }: QuietHours): string {
  return `quiet from about ${timeOfDay(fromMs)} to ${timeOfDay(toMs)} UTC`;
}

function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

function formatRate(perSecond: number): string {
  if (perSecond >= 10) return Math.round(perSecond).toLocaleString('en-US');
  return perSecond >= 1 ? perSecond.toFixed(1) : perSecond.toPrecision(1);
}
