import type { Incident } from '@tidemark/core';
import { type Child, el } from '../element.ts';
import { type IncidentView, incidentView } from '../incident-view.ts';
import { firstOf, maxShown, moreText } from '../view.ts';
import { drawingPanel } from './drawing.ts';
import { cells, time } from './parts.ts';

/** What `#incident-ID` points to; the evidence of one that is closed on the page is not built at all. */
export function incidentsPanel(
  incidents: readonly Incident[],
  shown: { readonly nowMs: number; readonly open: ReadonlySet<string> },
): HTMLElement[] {
  if (incidents.length === 0) {
    return [
      el(
        'p',
        { class: 'calm' },
        'None so far. A producer that was cut off or a clock that runs ahead will be named here, with the evidence.',
      ),
    ];
  }
  const newest = [...incidents].sort((a, b) => b.start.highMs - a.start.highMs);
  const list = firstOf(newest, maxShown.incidents);
  // One that was asked for by its address is shown however old it is.
  const asked = newest.slice(maxShown.incidents).filter((incident) => shown.open.has(incident.id));
  return [
    el('ol', { class: 'incidents' }, ...[...list.rows, ...asked].map((incident) => incidentItem(incident, shown))),
    el('p', { class: 'more' }, moreText(list)),
  ];
}

function incidentItem(
  incident: Incident,
  shown: { readonly nowMs: number; readonly open: ReadonlySet<string> },
): HTMLElement {
  const view = incidentView(incident);
  const open = shown.open.has(incident.id);
  return el(
    'li',
    { class: `incident ${view.kind}`, id: `incident-${view.id}`, 'data-key': view.id },
    el(
      'details',
      { 'data-incident': view.id },
      el(
        'summary',
        {},
        el(
          'span',
          { class: 'incident-head' },
          el('b', {}, view.title),
          el('span', { class: `status ${view.status}` }, view.status),
          el('span', { class: 'when' }, time(view.startMs, shown.nowMs)),
        ),
        el('span', { class: 'sentence' }, view.sentence),
      ),
      el('div', { class: 'evidence' }, ...(open ? evidence(view, shown.nowMs) : [])),
    ),
  );
}

function evidence(view: IncidentView, nowMs: number): Child[] {
  return [
    el(
      'dl',
      { class: 'figures' },
      ...view.figures.map((it) => el('div', {}, el('dt', {}, it.name), el('dd', {}, it.value))),
    ),
    ...(view.drawing === undefined ? [] : [drawingPanel(view.drawing, nowMs)]),
    el(
      'table',
      { class: 'facts' },
      el('caption', { class: 'sr-only' }, `Evidence: ${view.title}`),
      el(
        'tbody',
        {},
        ...view.rows.map((row) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, row.name),
            el('td', {}, ...cells(row.value), row.help !== undefined && el('small', {}, row.help)),
          ),
        ),
      ),
    ),
    el('p', {}, el('a', { href: `#incident-${view.id}` }, 'Link to this incident')),
  ];
}
