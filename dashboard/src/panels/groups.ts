import { el } from '../element.ts';
import { formatCount } from '../format.ts';
import type { GroupRow } from '../group-rows.ts';
import { moreText, type Shown } from '../view.ts';
import { table } from './parts.ts';
import { trueTime } from './tasks.ts';

export function groupsPanel(groups: Shown<GroupRow>, nowMs: number): HTMLElement[] {
  if (groups.rows.length === 0) return [];
  const rows = groups.rows.map((row) => [
    row.group,
    row.lostTasks === 0 ? formatCount(row.tasks) : `${formatCount(row.tasks)}, ${formatCount(row.lostTasks)} lost`,
    trueTime(row.trueTime, nowMs),
    row.heldBack ?? 'nobody overdue',
    row.lead,
  ]);
  return [
    el(
      'div',
      { class: 'scroll', 'data-key': 'groups' },
      table(
        'Groups of several tasks',
        [
          { name: 'Group' },
          { name: 'Tasks', number: true },
          { name: 'True time T, the least of its tasks' },
          { name: 'Held back by' },
          { name: 'Greatest lead S − T' },
        ],
        rows,
      ),
    ),
    el('p', { class: 'more', 'data-key': 'more' }, moreText(groups)),
  ];
}
