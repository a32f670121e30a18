import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { formatTime, formatUtc } from '../format.ts';
import type { At, ProgressView } from '../progress.ts';
import { baseOptions, behindText, behindTick, type Look, timeAxis, tooltipLook, valueAxis } from './axes.ts';
import type { LineName } from './line-names.ts';
import { dashes, type Palette } from './palette.ts';
import { annotationsOf, type Hidden, streamTimeKey, trueTimeKey, watermarkKey } from './progress-annotations.ts';

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
      label: trueTimeLabel,
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
    ...watermarkLine(view, { palette, base, isHidden: look.hidden.has(watermarkKey) }),
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
  // Last, so that what a line is filled to keeps its place.
  datasets.push(...boundBand(view, { palette, base, isHidden: look.hidden.has(trueTimeKey) }));
  const ends = new Map(view.trueLow.map(({ x, y }, i) => [x, { lowS: y, highS: view.trueHigh[i]!.y }]));
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
          filter: (item) => item.dataset.label !== boundLabel,
          callbacks: {
            title: (items) => (items[0] ? formatTime(items[0].parsed.x ?? 0, nowMs) : ''),
            label: (item) => {
              const { x, y } = item.parsed;
              if (x === null || y === null) return '';
              const said = ` ${item.dataset.label}: ${behindText(y)} (event time ${formatTime(x - y * 1000, nowMs)})`;
              const bound = item.dataset.label === trueTimeLabel ? ends.get(x) : undefined;
              return bound === undefined ? said : [said, `   it lies between ${betweenText(bound)}`];
            },
            footer: (items) => (items[0] ? formatUtc(items[0].parsed.x ?? 0) : ''),
          },
        },
        annotation: { annotations: annotationsOf(view, look) },
      },
    },
  };
}

const trueTimeLabel = 'true stream time T';
const boundLabel = 'bound of the true stream time';

interface LineLook {
  readonly palette: Palette;
  readonly base: Partial<ChartDataset<'line', At[]>>;
  readonly isHidden: boolean;
}

function watermarkLine(
  { watermark }: ProgressView,
  { palette, base, isHidden }: LineLook,
): ChartDataset<'line', At[]>[] {
  if (watermark.length === 0) return [];
  const color = { borderColor: palette.watermark, backgroundColor: palette.watermark };
  return [
    { ...base, ...color, label: 'watermark W', data: [...watermark], borderWidth: 2, hidden: isHidden, order: 2 },
  ];
}

/** A band from the low end of what the true stream time lies in to the high end. */
function boundBand(
  { trueLow, trueHigh }: ProgressView,
  { palette, base, isHidden }: LineLook,
): ChartDataset<'line', At[]>[] {
  const end = {
    ...base,
    label: boundLabel,
    borderColor: palette.boundEdge,
    borderWidth: 1,
    pointHoverRadius: 0,
    hidden: isHidden,
    order: 4,
  };
  return [
    { ...end, data: [...trueLow], fill: { target: '+1', above: palette.bound, below: palette.bound } },
    { ...end, data: [...trueHigh], borderWidth: 0 },
  ];
}

function betweenText({ lowS, highS }: { readonly lowS: number; readonly highS: number }): string {
  return `${highS <= 0 ? 'now' : behindText(highS)} and ${behindText(lowS)}`;
}

export function progressNames(
  view: ProgressView,
  look: Look & { readonly hidden: Hidden; readonly colorOf: (key: string) => number },
): LineName[] {
  const { palette } = look;
  const lines: { key: string; name: string; points: readonly At[]; color: string; bold: boolean }[] = [
    { key: streamTimeKey, name: 'stream time', points: view.streamTime, color: palette.streamTime, bold: true },
    { key: trueTimeKey, name: 'true time', points: view.trueTime, color: palette.trueTime, bold: true },
    { key: watermarkKey, name: 'watermark', points: view.watermark, color: palette.watermark, bold: false },
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
  return names;
}

function shortName(line: { readonly key: string; readonly name: string }): string {
  return [streamTimeKey, trueTimeKey, watermarkKey].includes(line.key) ? line.key : line.name;
}
