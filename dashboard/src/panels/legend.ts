import { type VerdictKind, verdictClass, verdictWords } from '@tidemark/core';
import type { Palette } from '../charts/palette.ts';
import { patternOf } from '../charts/patterns.ts';
import { type Child, el, svg } from '../element.ts';
import { formatCount } from '../format.ts';
import type { LateBars } from '../late-bars.ts';
import { verdictClasses } from '../words.ts';

export interface LegendLine {
  readonly key: string;
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly width: number;
  readonly shown: boolean;
}

export interface LegendBand {
  readonly name: string;
  readonly fill: string;
  readonly edge: string;
}

/** Buttons that show and hide their lines, and what a band means. */
export function lineLegend(lines: readonly LegendLine[], more: string, band?: LegendBand): Child[] {
  return [
    ...lines.map((line) =>
      el(
        'button',
        {
          type: 'button',
          class: 'legend-item',
          'data-key': line.key,
          'data-line': line.key,
          'aria-pressed': line.shown ? 'true' : 'false',
        },
        lineSwatch(line),
        line.name,
      ),
    ),
    band !== undefined && el('span', { class: 'legend-item', 'data-key': 'band' }, bandSwatch(band), band.name),
    more !== '' && el('span', { class: 'more' }, more),
  ];
}

function bandSwatch({ fill, edge }: LegendBand): SVGElement {
  return svg(
    'svg',
    { width: 30, height: 14, 'aria-hidden': 'true' },
    svg('rect', { x: 1, y: 1, width: 28, height: 12, fill, stroke: edge }),
  );
}

function lineSwatch(line: LegendLine): SVGElement {
  return svg(
    'svg',
    { width: 30, height: 12, 'aria-hidden': 'true' },
    svg('line', {
      x1: 1,
      x2: 29,
      y1: 6,
      y2: 6,
      stroke: line.color,
      'stroke-width': line.width,
      'stroke-dasharray': line.dash.join(' '),
    }),
  );
}

export const verdictKey = (verdict: VerdictKind): string => `verdict:${verdict}`;

/** Verdicts of the window, by class, with their counts, as buttons; the classes are named even when they have none. */
export function verdictLegend(bars: LateBars, palette: Palette, hidden: { has(key: string): boolean }): HTMLElement[] {
  const groups = verdictClasses.map((verdictClassName) => {
    const stacks = bars.stacks.filter((stack) => verdictClass[stack.verdict] === verdictClassName);
    return el(
      'span',
      { class: 'legend-group', 'data-key': verdictClassName },
      el('b', {}, verdictClassName),
      ...(stacks.length === 0
        ? [el('span', { class: 'more' }, 'none')]
        : stacks.map((stack) =>
            el(
              'button',
              {
                type: 'button',
                class: 'legend-item',
                'data-line': verdictKey(stack.verdict),
                'aria-pressed': hidden.has(verdictKey(stack.verdict)) ? 'false' : 'true',
              },
              verdictSwatch(stack.verdict, palette),
              `${verdictWords[stack.verdict]} ${formatCount(stack.lateTotal)}`,
            ),
          )),
    );
  });
  const dropped = el(
    'span',
    { class: 'legend-item', 'data-key': 'dropped' },
    svg(
      'svg',
      { width: 22, height: 14, 'aria-hidden': 'true' },
      svg('line', { x1: 2, x2: 20, y1: 7, y2: 7, stroke: palette.ink, 'stroke-width': 3.5 }),
    ),
    `of these dropped ${formatCount(bars.droppedTotal)}`,
  );
  return [...groups, dropped];
}

export function verdictSwatch(verdict: VerdictKind, palette: Palette): SVGElement {
  const color = palette.verdicts[verdict];
  const pattern = patternOf[verdictClass[verdict]];
  const id = `swatch-${verdict}`;
  const fill = pattern === 'solid' ? color : `url(#${id})`;
  const mark =
    pattern === 'stripes'
      ? svg('path', { d: 'M-1 7L7 -1M-1 1L1 -1M5 7L7 5', stroke: color, 'stroke-width': 2 })
      : svg('circle', { cx: 3, cy: 3, r: 1.4, fill: color });
  return svg(
    'svg',
    { width: 22, height: 14, 'aria-hidden': 'true' },
    pattern !== 'solid' &&
      svg(
        'pattern',
        { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse' },
        svg('rect', { width: 6, height: 6, fill: color, 'fill-opacity': 0.25 }),
        mark,
      ),
    svg('rect', { x: 0.75, y: 0.75, width: 20.5, height: 12.5, rx: 2, fill, stroke: color, 'stroke-width': 1.5 }),
  );
}
