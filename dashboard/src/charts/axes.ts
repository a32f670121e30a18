import type { ChartConfiguration, ScaleOptionsByType } from 'chart.js';
import { formatDuration } from '../format.ts';
import type { Window } from '../series.ts';
import type { Palette } from './palette.ts';

/** Chart.js has no type for a chart of bars and lines together that its own datasets satisfy. */
// biome-ignore lint/suspicious/noExplicitAny: see above; each dataset is checked where it is made.
export type AnyConfiguration = ChartConfiguration<any, any>;

export interface Look {
  readonly palette: Palette;
  readonly widthPx: number;
}

/** The charts stand above each other: with equal margins one second is at one place in all of them. */
export function marginsPx(look: Look): { readonly left: number; readonly right: number } {
  return look.widthPx < 520 ? { left: 50, right: 44 } : { left: 62, right: 92 };
}

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minuteOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const tickStepsMs = [5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000] as const;

type LinearScale = { readonly type: 'linear' } & Partial<Omit<ScaleOptionsByType<'linear'>, 'type'>>;
// biome-ignore lint/suspicious/noExplicitAny: Chart.js's scale options are deeply partial, which its own type name hides.
type Loose = any;

/** Wall time, linear, ending now. Ticks are on round local times and move with them. */
export function timeAxis(window: Window, look: Look): LinearScale {
  const lengthMs = window.toMs - window.fromMs;
  const stepMs = tickStepsMs.find((step) => (look.widthPx * step) / lengthMs >= 84) ?? 600_000;
  const format = stepMs < 60_000 ? timeOfDay : minuteOfDay;
  const axis: Loose = {
    type: 'linear',
    min: window.fromMs,
    max: window.toMs,
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = [];
      for (let at = Math.ceil(window.fromMs / stepMs) * stepMs; at <= window.toMs; at += stepMs)
        scale.ticks.push({ value: at });
    },
    ticks: {
      color: look.palette.faint,
      maxRotation: 0,
      autoSkip: false,
      padding: 7,
      callback: (value: number) => format.format(value),
    },
    // A chart of bars would else move the lines to between the bars.
    grid: { offset: false, color: look.palette.grid, drawTicks: false },
    border: { color: look.palette.grid },
  };
  return axis;
}

export interface ValueAxis {
  readonly min?: number;
  readonly max?: number;
  readonly stepSize?: number;
  readonly reverse?: boolean;
  readonly stacked?: boolean;
  readonly format: (value: number) => string;
}

export function valueAxis(axis: ValueAxis, look: Look): LinearScale {
  const { format, stepSize, ...range } = axis;
  const made: Loose = {
    type: 'linear',
    ...range,
    ...(stepSize === undefined ? {} : { afterBuildTicks: multiplesOf(stepSize) }),
    afterFit: (scale: { width: number }) => {
      scale.width = marginsPx(look).left;
    },
    ticks: {
      color: look.palette.faint,
      // Every second tick might leave out the one that says now.
      autoSkip: stepSize === undefined,
      maxTicksLimit: 7,
      // The lowest value stands beside the first time of day, and would be written over it.
      callback: (value: number) => (value === (axis.reverse ? axis.max : undefined) ? '' : format(value)),
      includeBounds: false,
    },
    grid: { color: look.palette.grid, drawTicks: false },
    border: { display: false },
  };
  return made;
}

/** Ticks on round values, whatever the ends of the axis are. */
function multiplesOf(step: number): (scale: { min: number; max: number; ticks: { value: number }[] }) => void {
  return (scale) => {
    const first = Math.ceil(scale.min / step);
    const count = Math.floor(scale.max / step) - first + 1;
    scale.ticks = Array.from({ length: count }, (_, index) => ({ value: (first + index) * step }));
  };
}

interface BaseOptions {
  readonly animation: false;
  readonly responsive: boolean;
  readonly maintainAspectRatio: boolean;
  readonly normalized: boolean;
  readonly interaction: { readonly mode: 'nearest'; readonly axis: 'x'; readonly intersect: boolean };
  readonly layout: { readonly padding: { readonly right: number; readonly top: number } };
}

/** What all charts share: no animation (they move once a second as it is), room at the right for the names of lines. */
export function baseOptions(look: Look): BaseOptions {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    normalized: true,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    layout: { padding: { right: marginsPx(look).right, top: 6 } },
  };
}

export function tooltipLook(look: Look): Record<string, unknown> {
  const { palette } = look;
  return {
    backgroundColor: palette.ground,
    titleColor: palette.ink,
    bodyColor: palette.ink,
    footerColor: palette.faint,
    borderColor: palette.faint,
    borderWidth: 1,
    padding: 10,
    boxPadding: 5,
    usePointStyle: true,
    footerFont: { weight: 'normal' },
  };
}

/** Words in the middle of a chart that has nothing to draw. */
export function emptyNote(text: string, look: Look): Record<string, unknown> {
  return { type: 'label', content: text, color: look.palette.faint, font: { size: 14 } };
}

/** `now`, `20 s`, `+5 s` for ahead: the ticks of an axis whose values are seconds behind the wall clock. */
export function behindTick(behindS: number): string {
  if (behindS === 0) return 'now';
  return behindS > 0 ? formatDuration(behindS * 1000) : `+${formatDuration(-behindS * 1000)}`;
}

/** `20 s behind`, `5 s ahead`. */
export function behindText(behindS: number): string {
  return behindS >= 0 ? `${formatDuration(behindS * 1000)} behind` : `${formatDuration(-behindS * 1000)} ahead`;
}
