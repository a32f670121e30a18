import { expect, test } from 'vitest';
import { assessmentOf, type Story, taskId } from '../test/story.ts';
import { groupRows } from './group-rows.ts';

const nowMs = 1_772_366_400_000;
const rows = (story: Omit<Story, 'nowMs'>, filter = '') => groupRows(assessmentOf({ nowMs, ...story }), filter);

test('a group of one is told on the card of its task', () => {
  expect(rows({ tasks: 1 })).toEqual({ rows: [], more: 0 });
  expect(rows({ tasks: 5 }).rows).toEqual([]);
});

test('of several: how far it is at least, who holds it back and where, and the greatest lead', () => {
  const [group] = rows({ tasks: 12, isOneGroup: true, cut: { sinceS: 47 } }).rows;
  expect(group).toMatchObject({ group: 'order-counts', tasks: 12, heldBack: `B, in ${taskId(0)}` });
  expect(group!.trueTime!.how).toBe('or later');
  expect(group!.lead).toBe(`up to 48 s, ${taskId(0)}`);
});

test('in calm times: nobody, and no lead', () => {
  expect(rows({ tasks: 12, isOneGroup: true }).rows[0]).toMatchObject({ heldBack: undefined, lead: 'none' });
});

test('those that run ahead come first, the rest is counted, and found by name', () => {
  const { groups } = assessmentOf({ nowMs, tasks: 2, isOneGroup: true });
  const many = {
    ...assessmentOf({ nowMs }),
    groups: Array.from({ length: 20 }, (_, i) => ({
      ...groups[0]!,
      group: `g${i}`,
      greatestLead: { ...groups[0]!.greatestLead!, leadMs: i === 13 ? 60_000 : i },
    })),
  };
  const shown = groupRows(many, '');
  expect([shown.rows[0]!.group, shown.rows.length, shown.more]).toEqual(['g13', 8, 12]);
  expect(groupRows(many, 'g19').rows.map(({ group }) => group)).toEqual(['g19']);
});
