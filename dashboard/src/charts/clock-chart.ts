import type { BoundEnd } from '@tidemark/core';
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { ClockBand } from '../clocks/clock-bands.ts';
import { offScale, offsetMark, onScale, reachMs, scaleMarks } from '../clocks/offset-scale.ts';
import { formatOffset, formatTime, formatUtc } from '../format.ts';
import type { Window } from '../series.ts';
import { baseOptions, type Look, timeAxis, tooltipLook, valueAxis } from './axes.ts';
import type { LineName } from './line-names.ts';

type Xy = { x: number; y: number; basis: BoundEnd['basis'] };
export interface ClockView {
  readonly window: Window;
  readonly bands: readonly ClockBand[];
}

const assumedDash = [4, 4];

/** Chart (c): between which two values each clock is. The true one is in its band, which is open where an end is not known. */
export function clockChart({ window, bands }: ClockView, look: Look): ChartConfiguration<'line', Xy[]> {
  const { palette } = look;
  const reach = reachMs(
    bands.flatMap(({ points }) => points.flatMap(({ low, high }) => [...known(low), ...known(high)])),
  );
  const datasets = bands.flatMap((band, index): ChartDataset<'line', Xy[]>[] => {
    const color = colorOf(index, look);
    const line = (end: 'low' | 'high', name: string): ChartDataset<'line', Xy[]> => ({
      label: `${band.name} at ${name}`,
      data: band.points.map((point) => at(point.x, point[end])),
      parsing: false,
      pointRadius: band.points.length === 1 ? 2 : 0,
      pointHitRadius: 0,
      borderColor: color,
      borderWidth: 1.5,
      segment: {
        borderDash: (context) =>
          (context.p1 as unknown as { raw?: Xy }).raw?.basis === 'assumed' ? assumedDash : undefined,
      },
    });
    return [
      line('high', 'most'),
      { ...line('low', 'least'), fill: { target: '-1', above: `${color}33`, below: `${color}33` } },
    ];
  });
  const nowMs = window.toMs;
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...baseOptions(look),
      scales: {
        x: timeAxis(window, look),
        y: {
          ...valueAxis(
            { min: -onScale(reach), max: onScale(reach), format: (y) => offsetMark(round(offScale(y))) },
            look,
          ),
          afterBuildTicks: (scale) => {
            scale.ticks = scaleMarks(reach).map((markMs) => ({ value: onScale(markMs) }));
          },
        },
      },
      plugins: {
        legend: { display: false },
        annotation: {
          annotations: {
            good: {
              type: 'box',
              yMin: onScale(-1),
              yMax: onScale(1),
              backgroundColor: `${palette.faint}22`,
              borderWidth: 0,
              drawTime: 'beforeDatasetsDraw',
            },
          },
        },
        tooltip: {
          ...tooltipLook(look),
          callbacks: {
            title: (items) => (items[0] ? formatTime(items[0].parsed.x ?? 0, nowMs) : ''),
            label: (item) =>
              ` ${item.dataset.label} ${formatOffset(offScale(item.parsed.y ?? 0))}, ${(item.raw as Xy).basis}`,
            footer: (items) => (items[0] ? formatUtc(items[0].parsed.x ?? 0) : ''),
          },
        },
      },
    },
  };
}

function at(x: number, end: BoundEnd): Xy {
  return { x, y: end.basis === 'unknown' ? Number.NaN : onScale(end.ms), basis: end.basis };
}

function known(end: BoundEnd): number[] {
  return end.basis === 'unknown' ? [] : [end.ms];
}

/** What the logarithm made of a round offset. */
function round(offsetMs: number): number {
  return Number(offsetMs.toPrecision(6));
}

function colorOf(index: number, look: Look): string {
  return look.palette.sources[index % look.palette.sources.length] ?? look.palette.ink;
}

export function clockNames({ bands }: ClockView, look: Look): LineName[] {
  return bands.flatMap((band, index) => {
    const last = band.points.at(-1);
    if (last === undefined) return [];
    const ends = [...known(last.low), ...known(last.high)].map(onScale);
    if (ends.length === 0) return [];
    const y = ends.reduce((sum, end) => sum + end, 0) / ends.length;
    return [{ text: band.name, color: colorOf(index, look), y }];
  });
}
