import type { BoundEnd, Within } from '@tidemark/core';
import type { ClockRow } from '../clocks/clock-rows.ts';
import type { Chain, FindingRow } from '../clocks/finding-rows.ts';
import { offsetMark, onScale, reachMs, scaleMarks } from '../clocks/offset-scale.ts';
import { type Child, el, svg } from '../element.ts';
import { formatCounted } from '../format.ts';
import { moreText, type Shown } from '../view.ts';
import { mark, time } from './parts.ts';
import { percent } from './picture.ts';

/** Each clock's interval now, all on one scale; the worst first, the rest behind a fold whose rows are made when it is open. */
export function clocksPanel(
  clocks: Shown<ClockRow> & { readonly rest: readonly ClockRow[] },
  isOpen: boolean,
): HTMLElement[] {
  if (clocks.rows.length === 0) {
    return [
      el(
        'p',
        { class: 'calm' },
        'No clock is known yet: the first look comes some ten seconds after the first report.',
      ),
    ];
  }
  const all = [...clocks.rows, ...clocks.rest];
  const reach = reachMs(all.flatMap(({ low, high }) => [...known(low), ...known(high)]));
  return [
    scale(reach),
    el('ol', { class: 'clocks' }, ...clocks.rows.map((row) => clockItem(row, reach))),
    ...(clocks.rest.length === 0
      ? []
      : [
          el(
            'details',
            { class: 'table', 'data-key': 'rest', id: 'clocks-rest' },
            el('summary', {}, `${formatCounted(clocks.rest.length, 'more clock')}: ${restText(clocks.rest)}`),
            el('ol', { class: 'clocks' }, ...(isOpen ? clocks.rest.map((row) => clockItem(row, reach)) : [])),
          ),
        ]),
    key(),
  ];
}

function known(end: BoundEnd): number[] {
  return end.basis === 'unknown' ? [] : [end.ms];
}

function restText(rows: readonly ClockRow[]): string {
  const of = (within: Within): number => rows.filter((row) => row.grades[0]?.within === within).length;
  const parts = [
    [of('yes'), 'within 1 ms'],
    [of('no'), 'further off'],
    [of('unknown'), 'not known so well'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ');
}

function clockItem(row: ClockRow, reach: number): HTMLElement {
  return el(
    'li',
    { 'data-key': row.id, class: row.isSuspect ? 'suspect' : undefined },
    el('span', { class: 'clock-name' }, el('b', {}, row.name), ' ', el('small', {}, row.role)),
    el(
      'span',
      { class: 'grades' },
      ...row.grades.map(({ limit, within }) =>
        el('span', { class: `grade ${within}` }, `${gradeMarks[within]} ${gradeWords[within]} ${limit}`),
      ),
    ),
    interval(row, reach),
    el('span', { class: 'offset' }, row.offset),
    ...row.notes.map((note) => el('small', {}, note)),
  );
}

const gradeMarks: { readonly [W in Within]: string } = { yes: '✓', no: '✕', unknown: '?' };
const gradeWords: { readonly [W in Within]: string } = { yes: 'within', no: 'not within', unknown: 'perhaps within' };

function placer(reach: number): (offsetMs: number) => number {
  return (offsetMs) => 50 + 48 * (onScale(offsetMs) / onScale(reach));
}

/** Proved: solid to a bar. Assumed: dashed to a ring. Unknown: dotted out of the picture. */
function interval({ low, high, offset }: ClockRow, reach: number): SVGElement {
  const place = placer(reach);
  const y = 11;
  const [lowAt, highAt] = [low, high].map((end) => (end.basis === 'unknown' ? undefined : place(end.ms)));
  const middle = lowAt !== undefined && highAt !== undefined ? (lowAt + highAt) / 2 : (lowAt ?? highAt ?? 50);
  const half = (end: BoundEnd, at: number): Child[] => [
    svg('line', { class: `bound ${end.basis}`, x1: percent(middle), x2: percent(at), y1: y, y2: y }),
    end.basis === 'proved' &&
      svg('line', { class: 'bound proved', x1: percent(at), x2: percent(at), y1: y - 6, y2: y + 6 }),
    end.basis === 'assumed' && svg('circle', { class: 'bound ring', cx: percent(at), cy: y, r: 4.5 }),
  ];
  return svg(
    'svg',
    { class: 'interval', role: 'img', 'aria-label': offset, width: '100%', height: 22 },
    svg('rect', { class: 'good', x: percent(place(-1)), width: percent(place(1) - place(-1)), y: 0, height: 22 }),
    svg('line', { class: 'zero', x1: '50%', x2: '50%', y1: 0, y2: 22 }),
    ...half(low, lowAt ?? 0),
    ...half(high, highAt ?? 100),
  );
}

function scale(reach: number): HTMLElement {
  const place = placer(reach);
  return el(
    'div',
    { class: 'clock-scale', 'aria-hidden': 'true' },
    svg(
      'svg',
      { width: '100%', height: 18 },
      ...scaleMarks(reach).map((atMs) => {
        const at = place(atMs);
        return svg(
          'text',
          { x: percent(at), y: 13, 'text-anchor': at < 5 ? 'start' : at > 95 ? 'end' : 'middle' },
          offsetMark(atMs),
        );
      }),
    ),
  );
}

function key(): HTMLElement {
  const ends = [
    ['proved', 'proved'],
    ['assumed', 'assumed'],
    ['unknown', 'unknown'],
  ] as const;
  return el(
    'p',
    { class: 'clock-key' },
    ...ends.map(([basis, text]) =>
      el(
        'span',
        {},
        svg(
          'svg',
          { width: 34, height: 14, 'aria-hidden': 'true' },
          svg('line', { class: `bound ${basis}`, x1: 2, x2: 28, y1: 7, y2: 7 }),
          basis === 'proved' && svg('line', { class: 'bound proved', x1: 28, x2: 28, y1: 1, y2: 13 }),
          basis === 'assumed' && svg('circle', { class: 'bound ring', cx: 28, cy: 7, r: 4.5 }),
        ),
        ` end ${text}`,
      ),
    ),
    el('span', {}, 'shaded: within 1 ms'),
  );
}

/** What a person should know of the clocks: open ones, and those that are over behind a fold. */
export function findingsPanel(
  { open, closed }: { readonly open: Shown<FindingRow>; readonly closed: Shown<FindingRow> },
  nowMs: number,
): HTMLElement[] {
  return [
    ...(open.rows.length === 0
      ? []
      : [
          el('ul', { class: 'findings', 'data-key': 'open' }, ...open.rows.map((row) => findingItem(row, nowMs))),
          el('p', { class: 'more', 'data-key': 'more' }, moreText(open)),
        ]),
    ...(closed.rows.length === 0
      ? []
      : [
          el(
            'details',
            { class: 'table', 'data-key': 'closed' },
            el('summary', {}, `${formatCounted(closed.rows.length + closed.more, 'finding')} of before`),
            el('ul', { class: 'findings' }, ...closed.rows.map((row) => findingItem(row, nowMs))),
          ),
        ]),
  ];
}

function findingItem(row: FindingRow, nowMs: number): HTMLElement {
  const isOpen = row.closedAtMs === undefined;
  return el(
    'li',
    { 'data-key': row.id },
    mark(isOpen ? 'watch' : 'good'),
    el(
      'div',
      {},
      row.sentence,
      el(
        'small',
        {},
        'since ',
        time(row.openedAtMs, nowMs),
        ...(row.closedAtMs === undefined ? [] : [', over at ', time(row.closedAtMs, nowMs)]),
      ),
      row.chain !== undefined && chainPanel(row.chain),
    ),
  );
}

/** The circle that cannot be, one thing said after the other. */
function chainPanel(chain: Chain): HTMLElement {
  return el(
    'details',
    { class: 'chain' },
    el('summary', {}, 'How it contradicts itself'),
    el(
      'ol',
      {},
      el('li', {}, el('b', {}, chain.start)),
      ...chain.links.map((link) => el('li', {}, el('span', { class: 'says' }, link.says), el('b', {}, link.of))),
    ),
    el('p', {}, chain.sum),
  );
}
