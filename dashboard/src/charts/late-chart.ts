import type { VerdictKind } from '@tidemark/core';
import { verdictClass, verdictWords } from '@tidemark/core';
import type { ChartDataset, TooltipItem } from 'chart.js';
import { formatCount, formatDuration, formatTime, formatUtc } from '../format.ts';
import type { LateBars } from '../late-bars.ts';
import {
  type AnyConfiguration,
  baseOptions,
  emptyNote,
  type Look,
  marginsPx,
  timeAxis,
  tooltipLook,
  valueAxis,
} from './axes.ts';

type Xy = { x: number; y: number };
export type Paint = (verdict: VerdictKind) => CanvasPattern | string;

/** Chart (b): late records by verdict, stacked, and a bar across each stack at the height of what was dropped. */
export function lateChart(
  view: LateBars,
  look: Look & { readonly paint: Paint; readonly isHidden: (verdict: VerdictKind) => boolean },
): AnyConfiguration {
  const { palette } = look;
  const margins = marginsPx(look);
  const binPx = ((look.widthPx - margins.left - margins.right) * view.binMs) / (view.window.toMs - view.window.fromMs);
  const bars = view.stacks.map(
    (stack): ChartDataset<'bar', Xy[]> => ({
      type: 'bar',
      label: `${verdictWords[stack.verdict]} (${verdictClass[stack.verdict]})`,
      data: view.xs.map((x, bin) => ({ x, y: stack.late[bin] ?? 0 })),
      parsing: false,
      backgroundColor: look.paint(stack.verdict),
      borderColor: palette.verdicts[stack.verdict],
      borderWidth: 1,
      stack: 'late',
      barPercentage: 0.86,
      categoryPercentage: 1,
      hidden: look.isHidden(stack.verdict),
      order: 2,
    }),
  );
  const dropped: ChartDataset<'line', Xy[]> = {
    type: 'line',
    label: 'dropped',
    data: view.xs.map((x, bin) => ({ x, y: view.dropped[bin] || Number.NaN })),
    parsing: false,
    showLine: false,
    pointStyle: 'line',
    pointRadius: Math.max(3, binPx / 2),
    pointHoverRadius: Math.max(3, binPx / 2),
    pointBorderWidth: 3,
    borderColor: palette.ink,
    backgroundColor: palette.ink,
    order: 1,
  };
  const nowMs = view.window.toMs;
  const nothingDrawn = view.stacks.every((stack) => stack.lateTotal === 0 || look.isHidden(stack.verdict));
  return {
    type: 'bar',
    data: { datasets: [...bars, dropped] },
    options: {
      ...baseOptions(look),
      scales: {
        x: { ...timeAxis(view.window, look), stacked: true, offset: false } as ReturnType<typeof timeAxis>,
        y: valueAxis({ min: 0, ...(nothingDrawn ? { max: 10 } : {}), stacked: true, format: wholeCount }, look),
      },
      plugins: {
        legend: { display: false },
        annotation: { annotations: nothingDrawn ? { none: emptyNote('no late records in this time', look) } : {} },
        tooltip: {
          ...tooltipLook(look),
          filter: (item: TooltipItem<'bar'>) => (item.parsed.y ?? 0) > 0,
          callbacks: {
            title: (items: TooltipItem<'bar'>[]) =>
              items[0]
                ? `${formatTime((items[0].parsed.x ?? 0) - view.binMs / 2, nowMs)}, ${formatDuration(view.binMs)}`
                : '',
            label: (item: TooltipItem<'bar'>) => ` ${formatCount(item.parsed.y ?? 0)} ${item.dataset.label}`,
            footer: (items: TooltipItem<'bar'>[]) =>
              items[0] ? formatUtc((items[0].parsed.x ?? 0) - view.binMs / 2) : '',
          },
        },
      },
    },
  };
}

/** Between two whole counts there is nothing to name. */
function wholeCount(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : '';
}
