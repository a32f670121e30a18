import type { Incident } from '@tidemark/core';
import { el } from '../element.ts';
import { formatCounted } from '../format.ts';
import { incidentView } from '../incident-view.ts';
import { incidentAddress } from '../route.ts';
import { firstOf, maxShown, moreText } from '../view.ts';
import { time } from './parts.ts';

/** Newest first. Each leads to its page, which has the evidence. What turned out to be nothing is there for who asks. */
export function incidentsPanel(all: readonly Incident[], nowMs: number): HTMLElement[] {
  const newest = all.toSorted((a, b) => b.start.highMs - a.start.highMs);
  const list = firstOf(
    newest.filter(({ status }) => status !== 'withdrawn'),
    maxShown.incidents,
  );
  const withdrawn = newest.filter(({ status }) => status === 'withdrawn').slice(0, maxShown.incidents);
  const items = (incidents: readonly Incident[]): HTMLElement =>
    el('ol', { class: 'incidents' }, ...incidents.map((incident) => incidentItem(incident, nowMs)));
  return [
    list.rows.length > 0
      ? items(list.rows)
      : el(
          'p',
          { class: 'calm' },
          'None so far. What makes records late for a consumer, and who is to blame, will be told here with the evidence.',
        ),
    el('p', { class: 'more', 'data-key': 'more' }, moreText(list)),
    ...(withdrawn.length === 0
      ? []
      : [
          el(
            'details',
            { class: 'table', 'data-key': 'withdrawn' },
            el('summary', {}, `${formatCounted(withdrawn.length, 'silence')} that came to nothing`),
            items(withdrawn),
          ),
        ]),
  ];
}

function incidentItem(incident: Incident, nowMs: number): HTMLElement {
  const { id, kind, title, status, startMs, sentence } = incidentView(incident);
  return el(
    'li',
    { class: `incident ${kind} ${status}`, 'data-key': id },
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
