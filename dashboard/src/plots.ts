import type { Assessment, SeriesPoint } from '@tidemark/core';
import { clockChart, clockNames } from './charts/clock-chart.ts';
import { lateChart } from './charts/late-chart.ts';
import { LiveChart } from './charts/live-chart.ts';
import { dashes, type Palette } from './charts/palette.ts';
import { paintFor } from './charts/patterns.ts';
import { streamTimeKey, trueTimeKey, watermarkKey } from './charts/progress-annotations.ts';
import { progressChart, progressNames } from './charts/progress-chart.ts';
import { watermarkChart, watermarkLegend, watermarkNames, watermarksInWords } from './charts/watermark-chart.ts';
import { bandsOf } from './clocks/clock-bands.ts';
import { clockRows } from './clocks/clock-rows.ts';
import { findingRows } from './clocks/finding-rows.ts';
import { byId } from './element.ts';
import { formatCounted, formatDuration } from './format.ts';
import { binFor, type LateBars, lateBarsOf } from './late-bars.ts';
import { morph } from './morph.ts';
import { clocksPanel, findingsPanel } from './panels/clocks.ts';
import { type LegendLine, lineLegend, verdictKey, verdictLegend } from './panels/legend.ts';
import { lateTable, progressTable } from './panels/tables.ts';
import { type ProgressView, progressOf } from './progress.ts';
import type { Window } from './series.ts';
import { watermarkLines } from './topology/watermark-lines.ts';
import { moreText } from './view.ts';

export interface PlotInput {
  readonly assessment: Assessment;
  readonly points: readonly SeriesPoint[];
  /** Undefined: none is watched, and clocks are all there is to draw. */
  readonly taskId: string | undefined;
  readonly window: Window;
  readonly sourceFilter: string;
  readonly palette: Palette;
}

type TaskPlotInput = PlotInput & { readonly taskId: string };

/** The charts with their legends and tables. It remembers which lines are hidden and which colour is whose. */
export class Plots {
  readonly #progress = new LiveChart(byId<HTMLCanvasElement>('progress'));
  readonly #late = new LiveChart(byId<HTMLCanvasElement>('late'));
  readonly #watermarks = new LiveChart(byId<HTMLCanvasElement>('watermarks'));
  readonly #clocks = new LiveChart(byId<HTMLCanvasElement>('clocks'));
  // Turns of partitions and polls are late by milliseconds all day long: they are counted, and drawn when asked for.
  readonly #hidden = new Set<string>([verdictKey('ordinary')]);
  readonly #colors = new Map<string, number>();
  #paint: { readonly palette: Palette; readonly paint: ReturnType<typeof paintFor> } | undefined;

  toggle(line: string): void {
    if (!this.#hidden.delete(line)) this.#hidden.add(line);
  }

  show(input: PlotInput): void {
    const { taskId } = input;
    if (taskId !== undefined) {
      this.#showProgress({ ...input, taskId });
      this.#showLate({ ...input, taskId });
    }
    this.#showWatermarks(input);
    this.#showClocks(input);
  }

  #showProgress(input: TaskPlotInput): void {
    const { palette } = input;
    const view = progressOf(input.assessment, input.points, {
      taskId: input.taskId,
      window: input.window,
      filter: input.sourceFilter,
    });
    const colorOf = this.#colorsFor(view);
    const look = { palette, widthPx: this.#progress.widthPx, hidden: this.#hidden, colorOf };
    this.#progress.show(progressChart(view, look), progressNames(view, look));
    const lines: LegendLine[] = [
      {
        key: streamTimeKey,
        name: 'stream time',
        color: palette.streamTime,
        dash: [],
        width: 2.5,
        shown: !this.#hidden.has(streamTimeKey),
      },
      {
        key: trueTimeKey,
        name: 'true stream time',
        color: palette.trueTime,
        dash: [],
        width: 4,
        shown: !this.#hidden.has(trueTimeKey),
      },
      ...(view.watermark.length === 0 ? [] : [watermarkLine(palette, !this.#hidden.has(watermarkKey))]),
      ...view.sources.map((line) => ({
        key: line.key,
        name: line.name,
        color: palette.sources[colorOf(line.key) % palette.sources.length] ?? palette.ink,
        dash: dashes[colorOf(line.key) % dashes.length] ?? [],
        width: 2,
        shown: !this.#hidden.has(line.key),
      })),
    ];
    const more = moreText({ rows: [], more: view.moreSources });
    const { bound, boundEdge } = palette;
    const band =
      view.trueLow.length === 0 ? undefined : { name: 'where the true time can be', fill: bound, edge: boundEdge };
    morph(byId('progress-legend'), elements(lineLegend(lines, more, band)));
    byId('progress').setAttribute('aria-label', progressInWords(view));
    fillOpen('progress-table', () => progressTable(view));
  }

  #showLate(input: TaskPlotInput): void {
    const { palette, taskId, window } = input;
    const look = { palette, widthPx: this.#late.widthPx };
    const bars = lateBarsOf(input.points, { taskId, window, binMs: binFor(window, look.widthPx) });
    if (this.#paint?.palette !== palette) this.#paint = { palette, paint: paintFor(palette) };
    this.#late.show(
      lateChart(bars, {
        ...look,
        paint: this.#paint.paint,
        isHidden: (verdict) => this.#hidden.has(verdictKey(verdict)),
      }),
    );
    byId('late-title').textContent =
      `Late records per ${bars.binMs === 1000 ? 'second' : formatDuration(bars.binMs)}, by verdict`;
    morph(byId('late-legend'), verdictLegend(bars, palette, this.#hidden));
    byId('late').setAttribute('aria-label', lateInWords(bars));
    fillOpen('late-table', () => lateTable(bars, input.assessment));
  }

  #showWatermarks({ assessment, points, window, palette }: PlotInput): void {
    const view = watermarkLines(assessment.topology, points, window);
    for (const id of ['watermarks-plot', 'watermarks-legend']) byId(id).hidden = view.lines.length === 0;
    if (view.lines.length === 0) return;
    const look = { palette, widthPx: this.#watermarks.widthPx, hidden: this.#hidden };
    this.#watermarks.show(watermarkChart(view, look), watermarkNames(view, look));
    morph(byId('watermarks-legend'), elements(lineLegend(watermarkLegend(view, look), '')));
    byId('watermarks').setAttribute('aria-label', watermarksInWords(view.lines));
  }

  #showClocks(input: PlotInput): void {
    const { assessment, window } = input;
    const clocks = clockRows(assessment);
    const view = { window, bands: bandsOf(clocks.rows, input.points, window) };
    const plot = byId('clocks-plot');
    plot.hidden = view.bands.length === 0;
    if (!plot.hidden) {
      const look = { palette: input.palette, widthPx: this.#clocks.widthPx };
      this.#clocks.show(clockChart(view, look), clockNames(view, look));
    }
    byId('clocks').setAttribute('aria-label', clocks.rows.map((clock) => `${clock.name}: ${clock.offset}`).join('; '));
    const isOpen = document.getElementById('clocks-rest')?.hasAttribute('open') ?? false;
    morph(byId('clocks-rows'), clocksPanel(clocks, isOpen));
    morph(byId('findings'), findingsPanel(findingRows(assessment.findings, assessment.nowMs), assessment.nowMs));
  }

  /** A source keeps its colour as long as it is among the lines; a new one takes the first that is free. */
  #colorsFor(view: ProgressView): (key: string) => number {
    const shown = new Set(view.sources.map((line) => line.key));
    for (const key of this.#colors.keys()) if (!shown.has(key)) this.#colors.delete(key);
    const taken = new Set(this.#colors.values());
    for (const key of shown) {
      if (this.#colors.has(key)) continue;
      let color = 0;
      while (taken.has(color)) color += 1;
      taken.add(color);
      this.#colors.set(key, color);
    }
    return (key) => this.#colors.get(key) ?? 0;
  }
}

function watermarkLine(palette: Palette, shown: boolean): LegendLine {
  return { key: watermarkKey, name: 'watermark', color: palette.watermark, dash: [], width: 2, shown };
}

function fillOpen(id: string, content: () => HTMLElement): void {
  const details = byId<HTMLDetailsElement>(id);
  const place = details.querySelector('div');
  if (details.open && place !== null) morph(place, [content()]);
}

function elements(children: ReturnType<typeof lineLegend>): (Node | string)[] {
  return children.filter((child) => child !== false && child !== undefined);
}

function progressInWords(view: ProgressView): string {
  const last = view.streamTime.at(-1);
  const truth = view.trueTime.at(-1);
  const now =
    last && truth
      ? `Stream time is ${formatDuration(last.y * 1000)} behind now, the true stream time ${formatDuration(truth.y * 1000)}.`
      : 'Stream time is not known yet.';
  return [now, ...view.spans.map((span) => `${span.label}.`)].join(' ');
}

function lateInWords(bars: LateBars): string {
  if (bars.late === 0) return 'No late records in this time.';
  return `${formatCounted(bars.late, 'late record')}, ${formatCounted(bars.droppedTotal, 'dropped', 'dropped')}.`;
}
