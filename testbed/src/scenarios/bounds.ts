import { type Interval, type State, seriesBetween } from '@tidemark/core';
import { play } from './play.ts';
import type { Trace } from './trace.ts';
import { type TrueStreamTime, trueStreamTimes } from './true-stream-time.ts';
import type { Truth } from './truth.ts';

/** How often the truth lay within the bound of the true stream time, and how wide that was. */
export interface BoundTally {
  points: number;
  within: number;
  readonly widthsMs: number[];
}

/**
 * `calm`: a minute or more from every fault and look-alike. `unordered` and `shared`: at any time in worlds where a source is out of
 * order by nature, or several without a name share a partition.
 */
export const boundTimes = ['calm', 'outage', 'other', 'unordered', 'shared'] as const;
export type BoundTime = (typeof boundTimes)[number];
export type BoundTallies = { readonly [T in BoundTime]: BoundTally };

export function createTallies(): BoundTallies {
  const tally = (): BoundTally => ({ points: 0, within: 0, widthsMs: [] });
  return { calm: tally(), outage: tally(), other: tally(), unordered: tally(), shared: tally() };
}

const warmUpMs = 60_000;
const calmMs = 60_000;
/** Hindsight is judged when it is this old. */
const settledMs = 600_000;
/** Truth is told in whole milliseconds. */
const grainMs = 1;

/** Adds each tick of a world to `online`, and each second of its series, as it was known ten minutes later, to `hindsight`. */
export function tallyBounds(
  trace: Trace,
  truth: Truth,
  { online, hindsight }: { readonly online: BoundTallies; readonly hindsight: BoundTallies },
): void {
  const { epochMs } = trace.header;
  const truths = trueStreamTimes(trace, truth);
  const add = (to: BoundTallies, taskId: string, atMs: number, bound: Interval | undefined): void => {
    const trueMs = at(truths, taskId, atMs - epochMs);
    if (trueMs === undefined || atMs - epochMs < warmUpMs || atMs - epochMs > truth.durationMs) return;
    const tally = to[timeOf(truth, atMs - epochMs)];
    tally.points++;
    if (bound === undefined) return;
    tally.widthsMs.push(bound.highMs - bound.lowMs);
    const isWithin = bound.lowMs - epochMs <= trueMs + grainMs && trueMs <= bound.highMs - epochMs + grainMs;
    if (isWithin) tally.within++;
  };
  let harvestedMs = epochMs;
  const harvest = (state: State, untilMs: number): void => {
    for (const point of seriesBetween(state, harvestedMs, untilMs)) {
      for (const task of point.tasks) add(hindsight, task.id, point.atMs + 1000, task.trueStreamTimeBound);
    }
    harvestedMs = untilMs + 1;
  };
  const played = play(trace, ({ tasks, nowMs }, state) => {
    for (const task of tasks) {
      const reportedMs = state.tasks.get(`${task.agentId}|${task.id}`)!.reportedMs;
      if (task.streamTimeMs !== undefined) add(online, task.id, reportedMs, task.trueStreamTimeBound);
    }
    if (nowMs - harvestedMs > settledMs + 60_000) harvest(state, nowMs - settledMs);
  });
  harvest(played.state, played.last.nowMs);
}

function at(truths: ReadonlyMap<number, TrueStreamTime>, taskId: string, atMs: number): number | undefined {
  return truths.get(Number(taskId.split('/')[1]))?.(atMs);
}

function timeOf({ family, faults }: Truth, atMs: number): BoundTime {
  if (faults.some(({ cause }) => cause === 'unordered')) return 'unordered';
  if (family === 'anonymous-shared') return 'shared';
  const lasts = (aroundMs: number) => (fault: Truth['faults'][number]) =>
    fault.spansMs.some(([startMs, endMs]) => startMs - aroundMs <= atMs && atMs <= endMs + aroundMs);
  if (faults.filter(({ cause }) => cause === 'disconnect' || cause === 'broker').some(lasts(0))) return 'outage';
  return faults.some(lasts(calmMs)) ? 'other' : 'calm';
}
