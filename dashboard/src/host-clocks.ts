import type { Assessment, HostClock, Interval, SeriesPoint } from '@tidemark/core';
import { formatDuration, formatOffset } from './format.ts';
import { pointsIn, type Window } from './series.ts';
import { firstOf, maxShown, type Shown } from './view.ts';

export interface HostRow {
  readonly host: string;
  readonly bounded: boolean;
  /** `+0.31 ms … +0.93 ms`, or `unbounded: <why>`. */
  readonly offset: string;
  /** What is within one's right to know besides: width, steps, where the readings come from. */
  readonly notes: readonly string[];
}

export interface HostBand {
  readonly host: string;
  readonly points: readonly { readonly x: number; readonly lowMs: number; readonly highMs: number }[];
}

export interface ClockView {
  readonly window: Window;
  readonly hosts: Shown<HostRow>;
  readonly bands: readonly HostBand[];
}

/** Host clocks: bounded ones as bands over time, the others in words. The widest bounds come first. */
export function clocksOf(assessment: Assessment, points: readonly SeriesPoint[], window: Window): ClockView {
  const hosts = [...assessment.hosts].sort((a, b) => width(b.offset) - width(a.offset) || a.host.localeCompare(b.host));
  const bounded = hosts.filter((host) => host.offset !== undefined).slice(0, maxBands);
  const bands = new Map(bounded.map((host) => [host.host, [] as { x: number; lowMs: number; highMs: number }[]]));
  for (const point of pointsIn(points, window)) {
    for (const { host, lowMs, highMs } of point.hosts) {
      if (lowMs !== undefined && highMs !== undefined) bands.get(host)?.push({ x: point.atMs, lowMs, highMs });
    }
  }
  return {
    window,
    hosts: firstOf(
      hosts.map((host) => hostRow(host, assessment.nowMs)),
      maxShown.hosts,
    ),
    bands: bounded
      .map(({ host }) => ({ host, points: bands.get(host) ?? [] }))
      .filter((band) => band.points.length > 0)
      .sort((a, b) => a.host.localeCompare(b.host)),
  };
}

/** An agent without a clock source says `none (no chrony on …)`: the reason is what one wants to read. */
function whyUnbounded(source: string): string {
  return /^none \((.+)\)$/.exec(source)?.[1] ?? (source === '' ? 'nothing says how wrong it may be' : source);
}

/** More bands than colours would not be told apart. */
const maxBands = 5;

function width(offset: Interval | undefined): number {
  return offset === undefined ? Number.POSITIVE_INFINITY : offset.highMs - offset.lowMs;
}

function hostRow(clock: HostClock, nowMs: number): HostRow {
  const lastStep = clock.steps.at(-1);
  const step =
    lastStep && `stepped by ${formatOffset(lastStep.byMs)} ${formatDuration(Math.max(0, nowMs - lastStep.atMs))} ago`;
  if (clock.offset === undefined) {
    return {
      host: clock.host,
      bounded: false,
      offset: `unbounded: ${whyUnbounded(clock.source)}`,
      notes: step ? [step] : [],
    };
  }
  const { lowMs, highMs } = clock.offset;
  const notes = [`known to ±${formatDuration((highMs - lowMs) / 2)} by ${clock.source}`];
  if (step) notes.push(step);
  return { host: clock.host, bounded: true, offset: `${formatOffset(lowMs)} to ${formatOffset(highMs)}`, notes };
}
