import { dayMs } from '../habits/day-rhythm.ts';
import { usualNowMs } from '../habits/rhythms.ts';
import type { IncidentDraft } from '../incidents/incident.ts';
import { createIncident } from '../incidents/incident-fold.ts';
import { forgetForecast, turn } from '../incidents/incident-status.ts';
import type { IncidentFold, LaneFold, SourceFold, State, TaskFold } from '../ingest/state.ts';
import { toldOf } from '../ingest/told.ts';
import { materialMs } from '../news.ts';
import { assessLimits } from './assessment.ts';
import { addForecasts, type Forecast, forecastOf } from './forecast.ts';
import { followProof, isProvedNow, proveCut } from './proof.ts';
import { leastSuspectMs, type Suspicion, suspicionOf } from './suspicion.ts';
import { isAssigned, presenceOf } from './true-stream-time.ts';
import { watchParts } from './watch-parts.ts';

/**
 * Watches for sources that fall silent: opens a suspicion, keeps its figures up to date, and withdraws it when the source
 * comes back with nothing held up, or not at all. What it was holding confirms it instead: that is for `incidents.ts`.
 */

/** After a return, what was held may still be on its way for this long: other partitions, the next attempt, a poll. */
export const settledMs = 10_000;
/** A partition that was not fetched for this long is not silent: nobody looked. */
const leastLookedMs = 3_000;

export function watchSources(state: State, nowMs: number): void {
  let room: number = assessLimits.maxSuspicions;
  for (const { incident } of state.incidents.values()) if (incident.status === 'suspected') room--;
  for (const of of state.sources.values()) {
    of.told = toldOf(state, of);
    const fold = of.suspectedId === undefined ? undefined : state.incidents.get(of.suspectedId);
    if (fold !== undefined && isProvedNow(fold)) followProof(state, fold, of, nowMs);
    else if (of.told?.kind === 'cut') proveCut(state, of, fold, nowMs);
    else if (fold?.incident.status === 'suspected') followSuspicion(state, fold, of, nowMs);
    else {
      const suspicion = newSilence(state, of);
      if (suspicion !== undefined) {
        of.suspectedSinceMs = suspicion.sinceMs;
        if (room-- > 0) suspect(state, of, suspicion, nowMs);
        else state.overflow.suspicions++;
      }
    }
    if (of.parts.size > 1) room = watchParts(state, of, room, nowMs);
  }
}

/** Sources that are suspected in this task, or cut off by the word of their agent. */
export function forecastOfTask(state: State, task: TaskFold): Forecast | undefined {
  const sources = new Set<SourceFold>();
  for (const { of } of task.lanes.values()) if (isSuspected(state, of) || isProved(state, of)) sources.add(of);
  return addForecasts([...sources].flatMap((of) => forecastOf(task, of) ?? []));
}

export function suspicionNow(state: State, of: SourceFold): Suspicion | undefined {
  return isSuspected(state, of) ? state.incidents.get(of.suspectedId!)?.incident.suspicion : undefined;
}

function isProved(state: State, { suspectedId }: SourceFold): boolean {
  const fold = suspectedId === undefined ? undefined : state.incidents.get(suspectedId);
  return fold !== undefined && isProvedNow(fold);
}

function isSuspected(state: State, { suspectedId }: SourceFold): boolean {
  if (suspectedId === undefined) return false;
  const fold = state.incidents.get(suspectedId);
  return fold?.incident.status === 'suspected' && fold.holds.size === 0 && fold.incident.end === undefined;
}

/** One that has not been looked into yet. */
function newSilence(state: State, of: SourceFold): Suspicion | undefined {
  const suspicion = silence(state, of);
  return suspicion?.sinceMs === of.suspectedSinceMs ? undefined : suspicion;
}

function suspect(state: State, of: SourceFold, suspicion: Suspicion, nowMs: number): void {
  const fold = createIncident(state, {
    kind: 'producerCutOff',
    status: 'suspected',
    group: of.group,
    source: of.source,
    nowMs,
    start: {
      lowMs: Math.min(of.lastCreatedMs, suspicion.sinceMs),
      highMs: suspicion.sinceMs + suspicion.usualGapMs,
      basis: 'assumed',
      assumption: 'if it is cut off: from the last event that got through to the next that it would have made',
    },
    evidence: evidenceOf(of, suspicion),
  });
  for (const { task, topic, partition } of of.lanes) {
    fold.tasks.add(task.id);
    fold.partitions.set(`${topic}/${partition}`, { topic, partition });
  }
  fold.isReported = true;
  of.suspectedId = fold.incident.id;
  update(fold, of, suspicion);
  turn(fold, 'suspected', nowMs, 'it is silent beyond its habit while others go on');
}

function followSuspicion(state: State, fold: IncidentFold, of: SourceFold, nowMs: number): void {
  const { suspicion, end } = fold.incident;
  const isBack = of.lastSeenMs > suspicion!.sinceMs;
  if (!isBack && of.told?.kind === 'idle') {
    noteIdle(of, suspicion!);
    withdraw(fold, nowMs, 'its own agent says that it has nothing to send');
    return;
  }
  if (!isBack) {
    const now = silence(state, of);
    if (now !== undefined) update(fold, of, now);
    else if (isGone(of, nowMs)) withdraw(fold, nowMs, 'it was silent for so long that it counts as gone');
    return;
  }
  if (end === undefined) noteBack(fold, of.lastSeenMs, nowMs);
  if (nowMs - (fold.backMs ?? nowMs) < settledMs) return;
  const held = of.holds.filter(({ hold }) => hold.after.lowMs >= suspicion!.sinceMs);
  if (held.some(({ hold }) => hold.kind === 'pending' && hold.untilMs === undefined)) return;
  if (held.some(({ hold }) => hold.blame === 'broker')) withdraw(fold, nowMs, 'the broker took no records of anybody');
  else if (held.some(({ hold }) => hold.kind === 'cutOff')) {
    of.earlier.cut++;
    withdraw(fold, nowMs, 'it was held up, but cost nothing');
  } else withdrawUnheld(state, fold, of, nowMs);
}

/** It is back, and nothing is known to have been held up. */
function withdrawUnheld(state: State, fold: IncidentFold, of: SourceFold, nowMs: number): void {
  const { suspicion } = fold.incident;
  const undecided = missingOf(state, of, suspicion!);
  if (undecided !== undefined) {
    fold.incident = { ...fold.incident, suspicion: { ...suspicion!, undecided } };
    withdraw(fold, nowMs, `it came back with late records, and why they are late is not known (missing: ${undecided})`);
  } else {
    noteIdle(of, suspicion!);
    const was = of.continues === undefined ? 'it was idle' : 'it was restarted, or idle before';
    withdraw(fold, nowMs, `it came back with nothing held up: ${was}`);
  }
}

/** What is missing to say why the records are late that it came back with; undefined: nothing. */
function missingOf({ lateRows }: State, of: SourceFold, { sinceMs }: Suspicion): string | undefined {
  const row = lateRows.find(({ lane, secondMs, verdict }) => {
    return lane.of === of && secondMs > sinceMs && verdict?.kind === 'undecided' && verdict.byMs >= materialMs;
  });
  return row?.verdict?.kind === 'undecided' ? row.verdict.missing : undefined;
}

function noteIdle({ earlier }: SourceFold, { silentMs }: Suspicion): void {
  earlier.idle++;
  earlier.idleMs = Math.max(earlier.idleMs, silentMs);
}

/** Its next records are in: however long the silence was, that is over. */
export function noteBack(fold: IncidentFold, heardMs: number, nowMs: number): void {
  fold.incident = {
    ...fold.incident,
    end: {
      lowMs: fold.incident.suspicion!.sinceMs,
      highMs: heardMs,
      basis: 'assumed',
      assumption: 'when it was next heard of',
    },
  };
  forgetForecast(fold);
  fold.backMs = nowMs;
  fold.changed = true;
}

/** It is let go of: nobody tells of it any more. */
export function forgetSuspicion(state: State, of: SourceFold, nowMs: number): void {
  for (const id of [of.suspectedId, ...[...of.parts.values()].map((part) => part.suspectedId)]) {
    const fold = id === undefined ? undefined : state.incidents.get(id);
    if (fold?.incident.status !== 'suspected' || fold.holds.size > 0) continue;
    withdraw(fold, nowMs, 'nobody has told of it for so long that it counts as gone');
  }
}

function withdraw(fold: IncidentFold, nowMs: number, reason: string): void {
  turn(fold, 'withdrawn', nowMs, reason);
}

function update(fold: IncidentFold, of: SourceFold, suspicion: Suspicion): void {
  const tasks = new Set(of.lanes.map((lane) => lane.task));
  const forecast = addForecasts([...tasks].flatMap((task) => forecastOf(task, of) ?? []));
  fold.incident = {
    ...fold.incident,
    suspicion,
    evidence: evidenceOf(of, suspicion),
    ...(forecast === undefined ? {} : { forecast: { ...forecast, sources: [of.source] } }),
  };
  fold.changed = true;
}

function evidenceOf(of: SourceFold, { silentMs, usualGapMs }: Suspicion): IncidentDraft['evidence'] {
  const usualDelayMs = Math.max(...of.lanes.map((lane) => lane.habit.usualDelayMs));
  return { silentMs, lastEventMs: of.lastCreatedMs, usualGapMs, usualDelayMs };
}

/** Its silence, if that is beyond its habit, others move the stream time on meanwhile, and somebody looked. */
function silence(state: State, of: SourceFold): Suspicion | undefined {
  if (of.source.kind === 'overflow' || of.told?.kind === 'idle' || of.told?.kind === 'live') return undefined;
  const looked = of.lanes.filter((lane) => isAssigned(lane.task, lane));
  const reportedMs = Math.max(...looked.map((lane) => lane.task.reportedMs));
  const silentMs = reportedMs - of.lastSeenMs;
  const suspicion = suspicionOf(of, silentMs);
  if (suspicion === undefined || isGone(of, reportedMs)) return undefined;
  if (of.lanes.some((lane) => lane.replay.state === 'yes') || !looked.every((lane) => isLooked(state, lane))) {
    return undefined;
  }
  const isOvertaken = looked.some(({ task }) => (task.streamTimeMs ?? 0) - of.lastCreatedMs >= leastSuspectMs);
  return isOvertaken ? suspicion : undefined;
}

/** Whose days are known is missed for a day; another one's end cannot be told from a pause. */
function isGone(of: SourceFold, nowMs: number): boolean {
  if (of.continuedBy === undefined && nowMs - of.lastSeenMs < dayMs && usualNowMs(of, nowMs) !== undefined)
    return false;
  return of.lanes.every((lane) => presenceOf(lane, lane.task.reportedMs) === 'gone');
}

/** Whether its partition is read up to its end: what lies there unread is not silence. */
export function isLooked(state: State, { task, placeKey }: LaneFold): boolean {
  const partition = state.partitions.get(placeKey);
  if (partition === undefined) return true;
  const stall = partition.stalls.at(-1);
  if (stall !== undefined && stall.untilMs === undefined) return false;
  const spell = partition.errors.at(-1);
  if (spell !== undefined && task.reportedMs - spell.untilMs < leastLookedMs) return false;
  const lookedMs = Math.max(leastLookedMs, 3 * partition.usualPauseMs);
  return partition.behindSinceMs === undefined && task.reportedMs - partition.answeredMs <= lookedMs;
}
