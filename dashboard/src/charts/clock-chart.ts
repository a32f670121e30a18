import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { formatOffset, formatTime, formatUtc } from '../format.ts';
import type { ClockView } from '../host-clocks.ts';
import { baseOptions, type Look, timeAxis, tooltipLook, valueAxis } from './axes.ts';
import type { LineName } from './line-names.ts';
import { dashes } from './palette.ts';

type Xy = { x: number; y: number };

/** Chart (c): between which two values each host's clock offset is. The true one is somewhere in its band. */
export function clockChart(view: ClockView, look: Look): ChartConfiguration<'line', Xy[]> {
  const { palette } = look;
  const datasets = view.bands.flatMap((band, index): ChartDataset<'line', Xy[]>[] => {
    const color = palette.sources[index % palette.sources.length] ?? palette.ink;
    const base = {
      parsing: false as const,
      pointRadius: 0,
      pointHitRadius: 0,
      borderColor: color,
      borderWidth: 1.5,
      borderDash: [...(dashes[index % dashes.length] ?? [])],
    };
    return [
      { ...base, label: `${band.host} at most`, data: band.points.map(({ x, highMs }) => ({ x, y: highMs })) },
      {
        ...base,
        label: `${band.host} at least`,
        data: band.points.map(({ x, lowMs }) => ({ x, y: lowMs })),
        fill: { target: '-1', above: `${color}33`, below: `${color}33` },
      },
    ];
  });
  const nowMs = view.window.toMs;
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...baseOptions(look),
      scales: { x: timeAxis(view.window, look), y: valueAxis({ ...spread(view), format: shortOffset }, look) },
      plugins: {
        legend: { display: false },
        annotation: {
          annotations: {
            zero: {
              type: 'line',
              yMin: 0,
              yMax: 0,
              borderColor: palette.faint,
              borderWidth: 1,
              drawTime: 'beforeDatasetsDraw',
            },
          },
        },
        tooltip: {
          ...tooltipLook(look),
          callbacks: {
            title: (items) => (items[0] ? formatTime(items[0].parsed.x ?? 0, nowMs) : ''),
            label: (item) => ` ${item.dataset.label} ${formatOffset(item.parsed.y ?? 0)}`,
            footer: (items) => (items[0] ? formatUtc(items[0].parsed.x ?? 0) : ''),
          },
        },
      },
    },
  };
}

/** Zero is always in the picture: the question is how far from it a clock is. */
function spread(view: ClockView): { readonly min: number; readonly max: number } {
  let min = 0;
  let max = 0;
  for (const { points } of view.bands) {
    for (const { lowMs, highMs } of points) {
      min = Math.min(min, lowMs);
      max = Math.max(max, highMs);
    }
  }
  const room = Math.max(1, max - min) * 0.12;
  return { min: min - room, max: max + room };
}

function shortOffset(offsetMs: number): string {
  if (offsetMs === 0) return 'true';
  const sign = offsetMs > 0 ? '+' : '−';
  const ms = Math.abs(offsetMs);
  return ms < 1000 ? `${sign}${Number(ms.toPrecision(2))} ms` : `${sign}${Number((ms / 1000).toPrecision(3))} s`;
}

export function clockNames(view: ClockView, look: Look): LineName[] {
  return view.bands.flatMap((band, index) => {
    const last = band.points.at(-1);
    if (last === undefined) return [];
    const color = look.palette.sources[index % look.palette.sources.length] ?? look.palette.ink;
    return [{ text: band.host, color, y: (last.lowMs + last.highMs) / 2 }];
  });
}
