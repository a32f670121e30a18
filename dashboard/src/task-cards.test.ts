import type { Assessment } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf, type Story, taskId } from '../test/story.ts';
import { type TaskCard, taskCards, taskToShow } from './task-cards.ts';
import { moreText } from './view.ts';

const nowMs = 1_772_366_400_000;

describe('task cards', () => {
  const many = assessmentOf({ nowMs, tasks: 500, cut: { sinceS: 60, forS: 30 } });

  test('as many as a person reads, the rest in words', () => {
    const cards = taskCards(many, '');
    expect(cards.rows).toHaveLength(12);
    expect(moreText(cards)).toBe('and 488 more');
  });

  test('the one that needs a look comes first, whatever its name', () => {
    const [first, second] = taskCards(many, '').rows;
    expect(first).toMatchObject({ id: taskId(0), level: 'watch', falselyLate: 1_200, dropped: [{ count: 960 }] });
    expect(second).toMatchObject({ level: 'good', falselyLate: 0 });
  });

  test.for([
    { why: 'by group', filter: 'service-49', want: 11 },
    { why: 'by partition, whatever its case', filter: 'ORDERS-3', want: 500 },
    { why: 'spaces around do not matter', filter: ' order-counts ', want: 1 },
    { why: 'none', filter: 'nothing is called so', want: 0 },
  ])('found $why', ({ filter, want }) => {
    const cards = taskCards(many, filter);
    expect(cards.rows.length + cards.more).toBe(want);
  });

  test('an open incident is bad, a silent source wants a look', () => {
    const level = (assessment: Assessment) => taskCards(assessment, '').rows[0]?.level;
    expect(level(assessmentOf({ nowMs }))).toBe('good');
    expect(level(assessmentOf({ nowMs, cut: { sinceS: 10 } }))).toBe('watch');
    expect(level(assessmentOf({ nowMs, ahead: { sinceS: 10, byMs: 5_000 } }))).toBe('bad');
  });

  test('what holds it back is said, and that it cannot be told yet', () => {
    expect(taskCards(assessmentOf({ nowMs, cut: { sinceS: 12 } }), '').rows[0]?.heldBack).toBe(
      'Held back by B, silent for 12 s: idle or cut off cannot be told until it returns',
    );
  });
});

describe('a consumer whose agent is lost', () => {
  const lost = (story: Omit<Story, 'nowMs'>) => {
    const assessment = assessmentOf({ nowMs, ...story });
    return { ...assessment, agents: assessment.agents.map((agent) => ({ ...agent, lost: true })) };
  };

  test('is not called held back: what its sources do is not known', () => {
    const [card] = taskCards(lost({ cut: { sinceS: 60 } }), '').rows;
    expect(card).toMatchObject({ level: 'good', heldBack: undefined, lostSinceMs: nowMs - 400 });
  });

  test('stands behind those that run, unless it still costs records', () => {
    const other = {
      ...assessmentOf({ nowMs }).agents[0]!,
      identity: { ...assessmentOf({ nowMs }).agents[0]!.identity, id: 'alive' },
    };
    const order = (story: Omit<Story, 'nowMs'>) => {
      const assessment = lost(story);
      const tasks = assessment.tasks.map((task, index) => (index === 1 ? { ...task, agentId: 'alive' } : task));
      return taskCards({ ...assessment, tasks, agents: [...assessment.agents, other] }, '').rows.map((card) => card.id);
    };
    expect(order({ tasks: 2, cut: { sinceS: 100, forS: 30 } })).toEqual([taskId(1), taskId(0)]);
    expect(order({ tasks: 2, ahead: { sinceS: 10, byMs: 5_000 } })).toEqual([taskId(0), taskId(1)]);
  });
});

describe('which task the charts show', () => {
  const [a, b] = taskCards(assessmentOf({ nowMs, tasks: 2 }), '').rows as [TaskCard, TaskCard];
  const none = { picked: undefined, last: undefined };
  test.for<{ why: string; cards: TaskCard[]; shown: typeof none | object; want: string | undefined }>([
    { why: 'none', cards: [], shown: none, want: undefined },
    { why: 'at first the one on top', cards: [a, b], shown: none, want: a.id },
    { why: 'what is shown stays though another comes on top', cards: [a, b], shown: { last: b.id }, want: b.id },
    { why: 'what the reader picked stays', cards: [{ ...a, level: 'bad' }, b], shown: { picked: b.id }, want: b.id },
    {
      why: 'an open incident elsewhere is shown',
      cards: [{ ...a, level: 'bad' }, b],
      shown: { last: b.id },
      want: a.id,
    },
    { why: 'one that ended gives way', cards: [a, { ...b, lostSinceMs: 1 }], shown: { last: b.id }, want: a.id },
    { why: 'one that is gone gives way', cards: [a], shown: { last: b.id }, want: a.id },
  ])('$why', ({ cards, shown, want }) => expect(taskToShow(cards, { ...none, ...shown })).toBe(want));
});
