import type { HostClock } from '../assess/assessment.ts';
import { tellsOfStep } from '../habits/arrival.ts';
import { type Interval, widen, widthMs } from '../interval.ts';
import type { ClockReading, Report } from '../report.ts';
import { secondOf } from '../seconds.ts';
import { createHostPoints, noteBound } from './host-points.ts';
import { voidSince } from './lane.ts';
import type { HostFold, State } from './state.ts';

/** Reports of one agent never go back by more, unless its clock was set back. */
const setBackMs = 500;
/** After a step a reading is waited for so long; where none comes, the clock is believed as it is. */
const readingWithinMs = 120_000;
/** Promised drift of a disciplined clock between two readings (`docs/clocks.md`). */
const driftPpm = 50;

/** `toldMs`: the time of this agent's report before, by the same clock. */
export function learnClock(state: State, report: Report, toldMs: number | undefined): HostFold {
  const { host } = report.agent;
  const known = state.hosts.get(host);
  const fold = known ?? {
    host,
    source: '',
    reading: undefined,
    steps: [],
    unsureUntilMs: Number.NEGATIVE_INFINITY,
    points: createHostPoints(),
  };
  if (known === undefined) state.hosts.set(host, fold);
  fold.source = report.clock.source;
  const isSetBack = toldMs !== undefined && report.toMs < toldMs - setBackMs;
  if (report.clock.steps.length > 0 || isSetBack) fold.unsureUntilMs = report.toMs + readingWithinMs;
  for (const reading of report.clock.readings) {
    if (fold.reading !== undefined && tellsOfStep(fold.reading, reading))
      voidHost(state, host, fold.reading.atMs - fold.reading.offsetMs);
    fold.reading = reading;
    fold.unsureUntilMs = Number.NEGATIVE_INFINITY;
  }
  fold.steps.push(...report.clock.steps);
  fold.steps.splice(0, Math.max(0, fold.steps.length - 100));
  if (fold.reading === undefined) return fold;
  noteBound(fold.points, secondOf(report.toMs), boundAt(fold.reading, report.toMs));
  return fold;
}

/** How far the clock was ahead, by a reading that is older or younger than `atMs`: wider with its age. */
function boundAt({ offsetMs, errorMs, atMs: readAtMs }: ClockReading, atMs: number): Interval {
  return widen({ lowMs: offsetMs - errorMs, highMs: offsetMs + errorMs }, { ageMs: atMs - readAtMs, driftPpm });
}

/** How wrong its reading may be at `atMs` of its own clock; undefined: there is none. */
export function clockErrorMs({ reading }: HostFold, atMs: number): number | undefined {
  return reading === undefined ? undefined : widthMs(boundAt(reading, atMs)) / 2;
}

/** What is believed of a host's clock at `nowMs`. */
export function hostClock({ host, source, reading, steps }: HostFold, nowMs: number): HostClock {
  const bound = reading === undefined ? {} : { offset: boundAt(reading, nowMs), readAtMs: reading.atMs };
  return { host, source, ...bound, steps };
}

function voidHost(state: State, host: string, sinceMs: number): void {
  for (const task of state.tasks.values()) {
    if (state.agents.get(task.agentId)?.identity.host !== host) continue;
    for (const lane of task.lanes.values()) voidSince(lane, sinceMs);
  }
}
