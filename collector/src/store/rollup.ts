import type { SeriesPoint } from '@tidemark/core';

/** How far apart the points are that outlive memory. */
export const historyStepMs = 10_000;

type TaskPoint = SeriesPoint['tasks'][number];
type Counts = TaskPoint['lateByVerdict'];

/** Points of neighbouring seconds as one, oldest first: what was true at their end, and what was late in any of them. */
export function mergePoints(points: readonly SeriesPoint[]): SeriesPoint {
  const tasks = new Map<string, TaskPoint>();
  for (const point of points) {
    for (const task of point.tasks) {
      const before = tasks.get(task.id);
      tasks.set(task.id, before === undefined ? task : mergeTask(before, task));
    }
  }
  return { ...points.at(-1)!, atMs: points[0]!.atMs, tasks: [...tasks.values()] };
}

function mergeTask(before: TaskPoint, after: TaskPoint): TaskPoint {
  return {
    ...before,
    ...after,
    lateByVerdict: sum(before.lateByVerdict, after.lateByVerdict),
    droppedByVerdict: sum(before.droppedByVerdict, after.droppedByVerdict),
  };
}

function sum(a: Counts, b: Counts): Counts {
  const total: { [verdict: string]: number } = { ...a };
  for (const [verdict, count] of Object.entries(b)) total[verdict] = (total[verdict] ?? 0) + count;
  return total;
}

/** Each step as one point; `points` are of whole steps, oldest first. */
export function rollUp(points: readonly SeriesPoint[]): SeriesPoint[] {
  return [...Map.groupBy(points, ({ atMs }) => stepOf(atMs))].map(([atMs, inStep]) => ({
    ...mergePoints(inStep),
    atMs,
  }));
}

export function stepOf(atMs: number): number {
  return Math.floor(atMs / historyStepMs) * historyStepMs;
}
