import { el } from '../element.ts';
import { formatCount } from '../format.ts';
import type { TaskCard } from '../task-cards.ts';
import { mark, time } from './parts.ts';

export function taskCardPanel(
  card: TaskCard,
  shown: { readonly selected: boolean; readonly nowMs: number },
): HTMLElement {
  const { nowMs } = shown;
  const at = (ms: number | undefined): Node | string => (ms === undefined ? 'not known' : time(ms, nowMs));
  return el(
    'article',
    { class: `card ${card.level}${shown.selected ? ' picked' : ''}`, 'data-key': card.id },
    el(
      'button',
      { type: 'button', class: 'card-pick', 'data-task': card.id, 'aria-pressed': shown.selected ? 'true' : 'false' },
      mark(card.level),
      el('span', { class: 'card-title' }, card.group, el('small', {}, card.partitions)),
    ),
    el(
      'dl',
      { class: 'stats' },
      ...stat('Records', formatCount(card.records)),
      ...stat('Falsely late', formatCount(card.falselyLate), undefined, card.falselyLate > 0 ? 'loud' : undefined),
      ...stat(
        'Late, any cause',
        formatCount(card.late),
        'Below the stream time for whatever cause, ordinary turns included',
        'extra',
      ),
      ...(card.dropped.length === 0
        ? stat('Dropped', 'no policy')
        : card.dropped.flatMap((it) =>
            stat(
              card.dropped.length === 1 ? 'Dropped' : `Dropped, ${it.policy}`,
              formatCount(it.count),
              `grace ${it.grace}`,
            ),
          )),
      ...stat('Stream time S', at(card.streamTimeMs), undefined, 'extra'),
      ...stat('True time T', trueTime(card.trueTime, nowMs), undefined, 'extra'),
      ...stat(
        'Lead S − T',
        card.lead,
        card.leadBound,
        card.leadMs !== undefined && card.leadMs >= 5_000 ? 'loud' : undefined,
      ),
    ),
    (card.heldBack !== undefined || card.forecast.length > 0) &&
      el(
        'div',
        { class: 'held' },
        card.heldBack !== undefined && el('p', {}, card.heldBack),
        ...card.forecast.map((line) => el('p', { class: 'forecast' }, line)),
      ),
    card.lostSinceMs !== undefined &&
      el(
        'p',
        { class: 'held' },
        'Its agent was last heard at ',
        time(card.lostSinceMs, nowMs),
        ': what is said here is from then',
      ),
  );
}

/** `extra`: only told where there is room, of the picked task or of few. */
function stat(name: string, value: Node | string, help?: string, kind?: 'loud' | 'extra'): HTMLElement[] {
  return [el('div', { class: kind }, el('dt', { title: help }, name), el('dd', {}, value))];
}

/** An instant, and how well it is known. */
export function trueTime(known: TaskCard['trueTime'], nowMs: number): Node | string {
  return known === undefined ? 'not known' : el('span', {}, time(known.atMs, nowMs), el('small', {}, ` ${known.how}`));
}
