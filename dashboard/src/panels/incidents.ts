import type { Incident } from '@tidemark/core';
import { el } from '../element.ts';
import { incidentView } from '../incident-view.ts';
import { incidentAddress } from '../route.ts';
import { firstOf, maxShown, moreText } from '../view.ts';
import { time } from './parts.ts';

/** Newest first. Each leads to its page, which has the evidence. */
export function incidentsPanel(all: readonly Incident[], nowMs: number): HTMLElement[] {
  // What was nothing of the kind is found by its address only.
  const incidents = all.filter(({ status }) => status !== 'withdrawn');
  if (incidents.length === 0) {
    return [
      el(
        'p',
        { class: 'calm' },
        'None so far. A producer that was cut off or a clock that runs ahead will be named here, with the evidence.',
      ),
    ];
  }
  const list = firstOf(
    incidents.toSorted((a, b) => b.start.highMs - a.start.highMs),
    maxShown.incidents,
  );
  return [
    el('ol', { class: 'incidents' }, ...list.rows.map((incident) => incidentItem(incident, nowMs))),
    el('p', { class: 'more' }, moreText(list)),
  ];
}

function incidentItem(incident: Incident, nowMs: number): HTMLElement {
  const { id, kind, title, status, startMs, sentence } = incidentView(incident);
  return el(
    'li',
    { class: `incident ${kind}`, 'data-key': id },
    el(
      'a',
      { href: incidentAddress(id) },
      el(
        'span',
        { class: 'incident-head' },
        el('b', {}, title),
        el('span', { class: `status ${status}` }, status),
        el('span', { class: 'when' }, time(startMs, nowMs)),
      ),
      el('span', { class: 'sentence' }, sentence),
    ),
  );
}
