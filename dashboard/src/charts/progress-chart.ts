import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { formatTime, formatUtc } from '../format.ts';
import type { At, ProgressView } from '../progress.ts';
import { baseOptions, behindText, behindTick, type Look, timeAxis, tooltipLook, valueAxis } from './axes.ts';
import type { LineName } from './line-names.ts';
import { dashes } from './palette.ts';
import { annotationsOf, type Hidden, streamTimeKey, trueTimeKey } from './progress-annotations.ts';

/** Chart (a): all but its canvas. `colorOf` gives a source the same colour for as long as the page is open. */
export function progressChart(
  view: ProgressView,
  look: Look & { readonly hidden: Hidden; readonly colorOf: (key: string) => number },
): ChartConfiguration<'line', At[]> {
  const { palette } = look;
  const base = { parsing: false as const, pointRadius: 0, pointHitRadius: 0, pointHoverRadius: 4, spanGaps: false };
  const datasets: ChartDataset<'line', At[]>[] = [
    {
      ...base,
      label: 'stream time S',
      data: [...view.streamTime],
      borderColor: palette.streamTime,
      backgroundColor: palette.streamTime,
      borderWidth: 2.5,
      hidden: look.hidden.has(streamTimeKey),
      order: 1,
    },
    {
      ...base,
      label: 'true stream time T',
      data: [...view.trueTime],
      borderColor: palette.trueTime,
      backgroundColor: palette.lead,
      pointBackgroundColor: palette.trueTime,
      borderWidth: 4,
      borderJoinStyle: 'round',
      // What is only an estimate so far is dotted: hindsight may still move it.
      segment: { borderDash: (segment) => ((segment.p1 as unknown as { raw: At }).raw.estimate ? [2, 4] : undefined) },
      fill: look.hidden.has(streamTimeKey) ? false : { target: 0, above: palette.lead, below: palette.lead },
      hidden: look.hidden.has(trueTimeKey),
      order: 3,
    },
    ...view.sources.map((line): ChartDataset<'line', At[]> => {
      const color = palette.sources[look.colorOf(line.key) % palette.sources.length] ?? palette.ink;
      return {
        ...base,
        label: line.name,
        data: [...line.points],
        borderColor: color,
        backgroundColor: color,
        borderWidth: 2,
        borderDash: [...(dashes[look.colorOf(line.key) % dashes.length] ?? [])],
        hidden: look.hidden.has(line.key),
        order: 2,
      };
    }),
  ];
  const nowMs = view.window.toMs;
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...baseOptions(look),
      scales: {
        x: timeAxis(view.window, look),
        y: valueAxis(
          { min: view.scale.minS, max: view.scale.maxS, stepSize: view.scale.stepS, reverse: true, format: behindTick },
          look,
        ),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipLook(look),
          callbacks: {
            title: (items) => (items[0] ? formatTime(items[0].parsed.x ?? 0, nowMs) : ''),
            label: (item) => {
              const { x, y } = item.parsed;
              if (x === null || y === null) return '';
              return ` ${item.dataset.label}: ${behindText(y)} (event time ${formatTime(x - y * 1000, nowMs)})`;
            },
            footer: (items) => (items[0] ? formatUtc(items[0].parsed.x ?? 0) : ''),
          },
        },
        annotation: { annotations: annotationsOf(view, look) },
      },
    },
  };
}

export function progressNames(
  view: ProgressView,
  look: Look & { readonly hidden: Hidden; readonly colorOf: (key: string) => number },
): LineName[] {
  const { palette } = look;
  const lines: { key: string; name: string; points: readonly At[]; color: string; bold: boolean }[] = [
    { key: streamTimeKey, name: 'stream time', points: view.streamTime, color: palette.streamTime, bold: true },
    { key: trueTimeKey, name: 'true time', points: view.trueTime, color: palette.trueTime, bold: true },
    ...view.sources.map((line) => ({
      ...line,
      color: palette.sources[look.colorOf(line.key) % palette.sources.length] ?? palette.ink,
      bold: false,
    })),
  ];
  const names: LineName[] = [];
  for (const line of lines) {
    const last = line.points.findLast((at) => !Number.isNaN(at.y));
    // A line that ended long ago is not named at the right edge, where it no longer is.
    if (last === undefined || look.hidden.has(line.key) || view.window.toMs - last.x > 5_000) continue;
    names.push({
      text: look.widthPx < 520 ? shortName(line) : line.name,
      color: line.color,
      y: last.y,
      bold: line.bold,
    });
  }
  if (view.watermarkS !== undefined) {
    names.push({ text: look.widthPx < 520 ? 'W' : 'watermark', color: palette.ink, y: view.watermarkS });
  }
  return names;
}

function shortName(line: { readonly key: string; readonly name: string }): string {
  return line.key === streamTimeKey || line.key === trueTimeKey ? line.key : line.name;
}
