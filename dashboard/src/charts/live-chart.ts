import {
  BarController,
  BarElement,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import annotation from 'chartjs-plugin-annotation';
import type { AnyConfiguration } from './axes.ts';
import { type LineName, lineNamesPlugin, setLineNames } from './line-names.ts';

Chart.register(
  BarController,
  BarElement,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  annotation,
);

/** A chart on a canvas of its own that is given new contents each second instead of being made anew. */
export class LiveChart {
  readonly #canvas: HTMLCanvasElement;
  #chart: Chart | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  get widthPx(): number {
    return this.#canvas.parentElement?.clientWidth ?? this.#canvas.clientWidth;
  }

  show(configuration: AnyConfiguration, names: readonly LineName[] = []): void {
    if (this.#chart === undefined) {
      Chart.defaults.font.family = getComputedStyle(this.#canvas).fontFamily;
      this.#chart = new Chart(this.#canvas, { ...configuration, plugins: [lineNamesPlugin] });
    } else {
      this.#chart.data = configuration.data;
      this.#chart.options = configuration.options ?? {};
    }
    setLineNames(this.#chart, { names });
    this.#chart.update('none');
  }
}
