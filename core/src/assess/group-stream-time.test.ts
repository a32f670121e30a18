import { describe, expect, test } from 'vitest';
import { createState, type State } from '../ingest/state.ts';
import type { TaskAssessment } from './assessment.ts';
import { assessGroups } from './group-stream-time.ts';

const nowMs = 100_000;

/** A task at so much of true stream time, whose bound reaches a second to either side. */
function task(id: string, trueMs: number | undefined, more: Partial<TaskAssessment> = {}): TaskAssessment {
  return {
    id,
    group: 'g',
    agentId: `agent of ${id}`,
    partitions: [],
    policies: [],
    reportedMs: nowMs,
    records: 1,
    late: 0,
    dropped: [],
    sources: [],
    ...(trueMs === undefined
      ? {}
      : {
          trueStreamTimeMs: trueMs,
          trueStreamTimeBound: { lowMs: trueMs - 1_000, highMs: trueMs + 1_000, basis: 'assumed', assumption: id },
          leadMs: nowMs - trueMs,
          leadBound: { lowMs: nowMs - trueMs - 1_000, highMs: nowMs - trueMs + 1_000 },
        }),
    ...more,
  };
}

/** What reports told of these tasks: the partitions that each has, and when its agent was last heard. */
function told(
  ...tasks: { readonly id: string; readonly partitions: readonly string[]; readonly heardMs?: number }[]
): State {
  const state = createState();
  for (const { id, partitions, heardMs = nowMs } of tasks) {
    const agentId = `agent of ${id}`;
    state.agents.set(agentId, { lastReportMs: heardMs } as never);
    state.tasks.set(`${agentId}|${id}`, { assigned: new Set(partitions), lanes: new Map() } as never);
  }
  return state;
}

const source = { kind: 'named', name: 'B' } as const;
const both = told({ id: 'a', partitions: ['0'] }, { id: 'b', partitions: ['1'] });

describe('a group is as far as the task that has the oldest event to process', () => {
  test('its bound is of the least low and the least high end, and what is assumed is what the low end rests on', () => {
    const [group] = assessGroups(both, [task('a', 90_000), task('b', 95_000)], nowMs);
    expect(group).toMatchObject({ tasks: 2, lostTasks: 0, trueStreamTimeMs: 90_000 });
    expect(group!.trueStreamTimeBound).toEqual({ lowMs: 89_000, highMs: 91_000, basis: 'assumed', assumption: 'a' });
  });

  test('the ends may be of two tasks: a wide bound does not hide behind the least estimate', () => {
    const wide = { lowMs: 50_000, highMs: nowMs, basis: 'assumed', assumption: 'b' } as const;
    const [group] = assessGroups(both, [task('a', 90_000), task('b', 95_000, { trueStreamTimeBound: wide })], nowMs);
    expect(group!.trueStreamTimeBound).toMatchObject({ lowMs: 50_000, highMs: 91_000, assumption: 'b' });
  });

  test('who holds it back is named if the least task waits for somebody, not if another does', () => {
    const waiting = assessGroups(both, [task('a', 90_000, { heldBackBy: source }), task('b', 95_000)], nowMs);
    expect(waiting[0]!.heldBackBy).toEqual({ task: 'a', source });
    const other = assessGroups(both, [task('a', 90_000), task('b', 95_000, { heldBackBy: source })], nowMs);
    expect(other[0]!.heldBackBy).toBeUndefined();
  });

  test('each task has its own stream time: the one that runs ahead the furthest is told', () => {
    const [group] = assessGroups(both, [task('a', 90_000), task('b', 95_000, { leadMs: 60_000 })], nowMs);
    expect(group!.greatestLead).toMatchObject({ task: 'b', leadMs: 60_000 });
  });
});

test('a group of one is that one; groups of one name in two clusters are two; nothing is known of a new one', () => {
  const [one, other, fresh] = assessGroups(
    both,
    [task('a', 90_000), task('a', 80_000, { cluster: 'c' }), task('b', undefined, { group: 'h' })],
    nowMs,
  );
  expect(one).toMatchObject({ group: 'g', tasks: 1, trueStreamTimeMs: 90_000 });
  expect(other).toMatchObject({ group: 'g', cluster: 'c', trueStreamTimeMs: 80_000 });
  expect(fresh).toEqual({ group: 'h', tasks: 1, lostTasks: 0 });
});

describe('of a task whose agent is lost', () => {
  const heardMs = nowMs - 60_000;
  const tasks = [task('a', 90_000), task('b', 30_000, { reportedMs: heardMs })];

  test('what was known stays, and it may be anywhere up to now', () => {
    const state = told({ id: 'a', partitions: ['0'] }, { id: 'b', partitions: ['1'], heardMs });
    const [group] = assessGroups(state, tasks, nowMs);
    expect(group).toMatchObject({ tasks: 2, lostTasks: 1, trueStreamTimeMs: 30_000 });
    expect(group!.trueStreamTimeBound).toMatchObject({ lowMs: 29_000, highMs: 91_000 });
  });

  test('nothing counts once others have its partitions', () => {
    const state = told({ id: 'a', partitions: ['0', '1'] }, { id: 'b', partitions: ['1'], heardMs });
    const [group] = assessGroups(state, tasks, nowMs);
    expect(group).toMatchObject({ tasks: 1, lostTasks: 0, trueStreamTimeMs: 90_000 });
  });
});
