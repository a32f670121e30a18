import type { Incident } from '@tidemark/core';
import { el, svg } from '../element.ts';
import { formatDuration } from '../format.ts';
import { type GraceRuler, incidentView } from '../incident-view.ts';
import { pictureOf } from '../pictures/index.ts';
import { incidentAddress } from '../route.ts';
import { cells, time } from './parts.ts';
import { percent, picturePanel, placer } from './picture.ts';

/** The page of one incident: what happened in a sentence, why in a picture, and all that it rests on. */
export function incidentPanel(incident: Incident, nowMs: number): HTMLElement[] {
  const view = incidentView(incident);
  const address = new URL(incidentAddress(view.id), document.baseURI).href;
  return [
    back(),
    el(
      'header',
      { class: 'incident-head' },
      el('h1', { tabindex: '-1', id: 'incident-title' }, view.title),
      el('span', { class: `status ${view.status}` }, view.status),
      el('span', { class: 'when' }, time(view.startMs, nowMs)),
    ),
    el(
      'div',
      { class: 'told' },
      el('p', { class: 'sentence' }, view.sentence),
      el('button', { type: 'button', class: 'quiet', 'data-copy': view.sentence }, 'Copy the sentence'),
      el('button', { type: 'button', class: 'quiet', 'data-copy': address }, 'Copy the link'),
    ),
    el(
      'dl',
      { class: 'figures' },
      ...view.figures.map((it) => el('div', {}, el('dt', {}, it.name), el('dd', {}, it.value))),
    ),
    el('h2', {}, 'Why'),
    picturePanel(pictureOf(incident, nowMs), nowMs),
    ...(view.graces.length === 0 ? [] : [el('h2', {}, 'What it cost'), ...view.graces.map(graceRuler)]),
    ...(view.remedies.length === 0
      ? []
      : [
          el('h2', {}, 'What would have saved them'),
          el('ul', { class: 'remedies' }, ...view.remedies.map((line) => el('li', {}, line))),
        ]),
    ...(view.forecast.length === 0
      ? []
      : [el('h2', {}, 'What it would cost'), ...view.forecast.map((line) => el('p', {}, line))]),
    el('h2', {}, 'Evidence'),
    el(
      'table',
      { class: 'facts' },
      el('caption', { class: 'sr-only' }, `Evidence: ${view.title}`),
      el(
        'tbody',
        {},
        ...view.facts.map((row) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, row.name),
            el('td', {}, ...cells(row.value), row.help !== undefined && el('small', {}, row.help)),
          ),
        ),
      ),
    ),
    ...(view.turns.length === 0 ? [] : [el('h2', {}, 'What it was taken for'), turns(view.turns, nowMs)]),
  ];
}

function turns(revisions: Incident['revisions'], nowMs: number): HTMLElement {
  return el(
    'ol',
    { class: 'turns' },
    ...revisions.map(({ atMs, status, reason }) =>
      el('li', {}, time(atMs, nowMs), ' ', el('span', { class: `status ${status}` }, status), ` ${reason}`),
    ),
  );
}

/** The address names an incident that this collector does not have. */
export function unknownIncidentPanel(id: string): HTMLElement[] {
  return [
    back(),
    el('h1', { tabindex: '-1', id: 'incident-title' }, 'No such incident'),
    el(
      'p',
      {},
      el('code', {}, id),
      ' is not among the incidents of this collector: it keeps the latest 500, and forgets them when it is started again.',
    ),
  ];
}

function back(): HTMLElement {
  return el('p', { class: 'back' }, el('a', { href: '#' }, '← All that is watched'));
}

/** From nothing to the grace that was needed: what the policy's grace covered, and what came too late for it. */
function graceRuler({ policy, graceMs, neededMs, text }: GraceRuler): HTMLElement {
  const place = placer({ fromMs: 0, toMs: 1.1 * Math.max(graceMs, neededMs) });
  const [grace, needed] = [percent(place(graceMs)), percent(place(neededMs))];
  const tick = (x: string, name: string): SVGElement[] => [
    svg('line', { class: 'tick', x1: x, x2: x, y1: 20, y2: 36 }),
    svg('text', { x, y: 13, 'text-anchor': place(neededMs) - place(graceMs) < 20 ? 'end' : 'middle' }, name),
  ];
  return el(
    'figure',
    { class: 'drawing grace', 'data-key': policy },
    svg(
      'svg',
      { 'aria-hidden': 'true', width: '100%', height: 40 },
      svg('line', { class: 'bar usual', x1: '0%', x2: grace, y1: 28, y2: 28 }),
      svg('line', { class: 'bar held', x1: grace, x2: needed, y1: 28, y2: 28 }),
      ...tick(grace, formatDuration(graceMs)),
      ...tick(needed, formatDuration(neededMs)),
    ),
    el('figcaption', {}, text),
  );
}
