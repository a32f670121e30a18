/** What the page needs to draw one chart; colours by name, because there are two palettes. */
export interface PlainChart {
  readonly id: string;
  readonly type: 'bar' | 'line';
  readonly labels: readonly string[];
  readonly series: readonly PlainSeries[];
  readonly stacked: boolean;
  readonly horizontal: boolean;
  /** A line over points `{x, y}` on a logarithmic axis, instead of labels. */
  readonly logX: boolean;
  readonly xTitle: string;
  readonly yTitle: string;
}

export interface PlainSeries {
  readonly label: string;
  readonly colour: string;
  readonly values: readonly (number | { readonly x: number; readonly y: number })[];
  /** Only marks, no line between them. */
  readonly marks: boolean;
}

export type Palettes = { readonly [theme in 'light' | 'dark']: { readonly [colour: string]: string } };

interface Drawn {
  destroy(): void;
}

/** As much of a browser as is needed. */
interface Page {
  readonly Chart: new (canvas: unknown, configuration: unknown) => Drawn;
  readonly document: { getElementById(id: string): unknown };
  matchMedia(query: string): { readonly matches: boolean; addEventListener(event: 'change', then: () => void): void };
}

/**
 * Runs in the page: its text is put into it, so it must not refer to anything outside of itself. Draws anew when the
 * reader's system turns dark or light.
 */
export function drawCharts(page: Page, charts: readonly PlainChart[], palettes: Palettes): void {
  const darkness = page.matchMedia('(prefers-color-scheme: dark)');
  let drawn: Drawn[] = [];
  const seconds = (value: number): string => {
    // A logarithmic axis has no 0: it stands at its left end.
    if (value <= 0.001) return '0';
    if (value < 1) return `${Math.round(value * 1000)} ms`;
    if (value < 60) return `${Math.round(value * 10) / 10} s`;
    if (value < 3600) return `${Math.round(value / 6) / 10} min`;
    return value < 86_400 ? `${Math.round(value / 360) / 10} h` : `${Math.round(value / 8640) / 10} d`;
  };
  const draw = (): void => {
    for (const chart of drawn) chart.destroy();
    const palette = palettes[darkness.matches ? 'dark' : 'light'];
    const axis = (title: string, isValue: boolean, stacked: boolean, isCategory = false): object => ({
      stacked,
      title: { display: title !== '', text: title, color: palette.faint },
      ticks: {
        color: palette.faint,
        maxRotation: 0,
        autoSkip: !isCategory,
        autoSkipPadding: 16,
        ...(isValue ? { precision: 0 } : {}),
      },
      grid: { color: palette.grid, drawTicks: false },
      border: { color: palette.grid },
      ...(isValue ? { beginAtZero: true } : {}),
    });
    drawn = charts.map((chart) => {
      const x = chart.logX
        ? {
            ...axis(chart.xTitle, false, false),
            type: 'logarithmic',
            afterBuildTicks: (scale: { ticks: { value: number }[]; min: number; max: number }) => {
              const round = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 21_600, 86_400, 604_800];
              scale.ticks = round.filter((at) => at >= scale.min && at <= scale.max).map((value) => ({ value }));
            },
            ticks: { color: palette.faint, maxRotation: 0, callback: (value: number) => seconds(value) },
          }
        : axis(chart.xTitle, chart.horizontal, chart.stacked);
      return new page.Chart(page.document.getElementById(chart.id), {
        type: chart.type,
        data: {
          labels: chart.logX ? undefined : chart.labels,
          datasets: chart.series.map(({ label, colour, values, marks }) => ({
            label,
            data: values,
            backgroundColor: palette[colour],
            borderColor: palette[colour],
            borderWidth: chart.type === 'line' ? 2 : 0,
            showLine: !marks,
            pointRadius: marks ? 6 : 0,
            pointStyle: chart.type === 'bar' ? 'rect' : marks ? 'rectRot' : 'line',
            pointHitRadius: 8,
            stepped: false,
            maxBarThickness: 28,
          })),
        },
        options: {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          indexAxis: chart.horizontal ? 'y' : 'x',
          interaction: { mode: 'nearest', axis: chart.horizontal ? 'y' : 'x', intersect: false },
          scales: { x, y: axis(chart.yTitle, !chart.horizontal, chart.stacked, chart.horizontal) },
          plugins: {
            legend: {
              display: chart.stacked || chart.series.length > 1,
              position: 'bottom',
              labels: { color: palette.ink, boxWidth: 14, usePointStyle: true },
            },
            tooltip: chart.logX
              ? {
                  callbacks: {
                    title: (items: { parsed: { x: number } }[]) =>
                      items[0] === undefined ? '' : `grace ${seconds(items[0].parsed.x)}`,
                  },
                }
              : {},
          },
        },
      });
    });
  };
  darkness.addEventListener('change', draw);
  draw();
}
