import type { ChartConfiguration } from 'chart.js';
import { formatTime, formatUtc } from '../format.ts';
import type { LegendLine } from '../panels/legend.ts';
import type { At, Line } from '../progress.ts';
import type { WatermarkView } from '../topology/watermark-lines.ts';
import { baseOptions, behindText, behindTick, type Look, timeAxis, tooltipLook, valueAxis } from './axes.ts';
import type { LineName } from './line-names.ts';
import { dashes } from './palette.ts';
import type { Hidden } from './progress-annotations.ts';

type WatermarkLook = Look & { readonly hidden: Hidden };

/** Chart (d): the watermarks of all nodes, behind the wall clock as in chart (a). */
export function watermarkChart(
  { window, lines, scale }: WatermarkView,
  look: WatermarkLook,
): ChartConfiguration<'line', At[]> {
  const datasets = lines.map((line, index) => ({
    label: line.name,
    data: [...line.points],
    parsing: false as const,
    pointRadius: 0,
    pointHitRadius: 0,
    pointHoverRadius: 4,
    borderColor: colorOf(index, look),
    backgroundColor: colorOf(index, look),
    borderWidth: 2,
    hidden: look.hidden.has(line.key),
    borderDash: [...(dashes[index % dashes.length] ?? [])],
  }));
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...baseOptions(look),
      scales: {
        x: timeAxis(window, look),
        y: valueAxis(
          { min: scale.minS, max: scale.maxS, stepSize: scale.stepS, reverse: true, format: behindTick },
          look,
        ),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipLook(look),
          callbacks: {
            title: (items) => (items[0] ? formatTime(items[0].parsed.x ?? 0, window.toMs) : ''),
            label: ({ dataset, parsed: { x, y } }) =>
              x === null || y === null
                ? ''
                : ` ${dataset.label}: ${behindText(y)} (event time ${formatTime(x - y * 1000, window.toMs)})`,
            footer: (items) => (items[0] ? formatUtc(items[0].parsed.x ?? 0) : ''),
          },
        },
      },
    },
  };
}

/** Beside the ends of the lines, where there is room for them. */
export function watermarkNames({ lines }: WatermarkView, look: WatermarkLook): LineName[] {
  if (look.widthPx < 520) return [];
  return lines.flatMap((line, index) => {
    const last = line.points.at(-1);
    if (last === undefined || look.hidden.has(line.key)) return [];
    return [{ text: line.name, color: colorOf(index, look), y: last.y }];
  });
}

export function watermarkLegend({ lines }: WatermarkView, look: WatermarkLook): LegendLine[] {
  return lines.map(({ key, name }, index) => ({
    key,
    name,
    color: colorOf(index, look),
    dash: dashes[index % dashes.length] ?? [],
    width: 2,
    shown: !look.hidden.has(key),
  }));
}

/** What is drawn, for who cannot see it. */
export function watermarksInWords(lines: readonly Line[]): string {
  return lines.map(({ name, points }) => `${name}: ${behindText(points.at(-1)?.y ?? 0)}`).join('; ');
}

function colorOf(index: number, look: Look): string {
  return look.palette.sources[index % look.palette.sources.length] ?? look.palette.ink;
}
