import { describe, expect, test } from 'vitest';
import { assess, firstAssessment } from './assess/assess.ts';
import { ingest } from './ingest/ingest.ts';
import { createState } from './ingest/state.ts';
import { isNewsDue, isTickDue, lookForNewsEveryMs } from './news.ts';
import { createObservation, laneOf, openTask, partitionOf, type TaskState } from './observe/observation.ts';
import { observe, type RecordSeen } from './observe/observe.ts';
import { takeReport } from './observe/take-report.ts';
import type { Cell } from './report.ts';

const quiet = {
  clock: { source: 'none', readings: [], steps: [] },
  health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
} as const;

function start(): TaskState {
  const agent = { id: 'a', host: 'h', processId: 1, startedMs: 0, version: '0', client: 'test' };
  return openTask(createObservation(agent), { group: 'g', member: 'm', policies: [] });
}

function feed(task: TaskState, records: readonly (readonly [name: string, eventMs: number, atMs: number])[]): void {
  const scratch = { createMs: Number.NaN, appendMs: Number.NaN } as RecordSeen;
  for (const [name, eventMs, atMs] of records) {
    scratch.lane = laneOf(partitionOf(task, 't', 0), { kind: 'named', name });
    scratch.offset = (scratch.offset ?? partitionOf(task, 't', 0).nextOffset) + 1;
    scratch.eventMs = eventMs;
    scratch.processedMs = atMs;
    observe(task, scratch);
  }
}

const cellsAt = (task: TaskState, nowMs: number): readonly Cell[] =>
  takeReport(task.observation, nowMs, quiet).tasks[0]!.cells;

describe('what is told out of turn', () => {
  test.for([
    { why: 'records on time are no news', records: [['A', 50_000, 50_100]], at: 50_300, want: false },
    {
      why: 'a source that is back with old events is',
      records: [
        ['A', 50_000, 50_100],
        ['B', 20_000, 50_100],
      ],
      at: 50_100,
      want: true,
    },
    {
      why: 'less than a second late is what partitions taking turns do',
      records: [
        ['A', 50_000, 50_100],
        ['B', 49_001, 50_100],
      ],
      at: 50_300,
      want: false,
    },
  ] as const)('$why', ({ records, at, want }) => {
    const task = start();
    feed(task, records);
    expect(isNewsDue(task.observation, at)).toBe(want);
  });

  test('the open second goes out at once, its rest with the next report, and no record twice', () => {
    const task = start();
    feed(task, [
      ['A', 50_000, 50_100],
      ['B', 20_000, 50_100],
    ]);
    const early = cellsAt(task, 50_300);
    feed(task, [['B', 20_500, 50_600]]);
    const later = cellsAt(task, 51_000);
    expect([early, later].map((cells) => cells.map(({ secondMs, count }) => [secondMs, count]))).toEqual([
      [
        [50_000, 1],
        [50_000, 1],
      ],
      [[50_000, 1]],
    ]);
  });

  test('what follows is told soon, what goes on being late is no news, after a pause it is again', () => {
    const task = start();
    feed(task, [['A', 90_000, 50_000]]);
    const dueAt: number[] = [];
    for (let atMs = 50_000; atMs < 90_000; atMs += 100) {
      const isPaused = atMs >= 60_000 && atMs < 75_000;
      if (!isPaused) feed(task, [['B', atMs - 40_000, atMs]]);
      if (isNewsDue(task.observation, atMs)) {
        dueAt.push(atMs);
        takeReport(task.observation, atMs, quiet);
      } else if (atMs % 1000 === 0) takeReport(task.observation, atMs, quiet);
    }
    expect(dueAt).toEqual([50_000, 50_300, 50_600, 75_000, 75_300, 75_600]);
  });

  test('the next to come back while it is told is told at once too', () => {
    const task = start();
    feed(task, [['A', 900_000, 50_000]]);
    for (let atMs = 50_000; atMs < 51_000; atMs += 50) {
      feed(task, [['B', atMs - 40_000, atMs]]);
      if (isNewsDue(task.observation, atMs)) takeReport(task.observation, atMs, quiet);
    }
    expect(isNewsDue(task.observation, 51_000)).toBe(false);
    feed(task, [['C', 1_000, 51_000]]);
    expect(isNewsDue(task.observation, 51_000)).toBe(true);
  });

  test('many sources that come back one by one cost half as much again at most', () => {
    const task = start();
    const state = createState();
    let assessment = firstAssessment(50_000);
    feed(task, [['A', 900_000, 50_000]]);
    let reports = 0;
    let ticks = 0;
    for (let atMs = 50_000; atMs < 110_000; atMs += lookForNewsEveryMs) {
      feed(task, [[`B${atMs}`, 1_000, atMs]]);
      if (isNewsDue(task.observation, atMs)) {
        reports++;
        ingest(state, takeReport(task.observation, atMs, quiet), atMs);
      }
      if (!isTickDue(state, atMs)) continue;
      ticks++;
      assessment = assess(assessment, state, atMs);
    }
    const atOnce = 4;
    expect([reports, ticks]).toEqual([atOnce + 60 / 2 - 1, atOnce + 60 / 2 - 1]);
  });
});
