import { createIncident } from '../incidents/incident-fold.ts';
import { forgetForecast, turn } from '../incidents/incident-status.ts';
import type { IncidentFold, SourceFold, State } from '../ingest/state.ts';
import { acknowledgedMsOf, type ProducerProof } from '../ingest/told.ts';
import { type BoundedInstant, intersect } from '../interval.ts';
import { materialMs } from '../news.ts';
import { addForecasts, forecastOf } from './forecast.ts';
import { transitSlackMs } from './hold.ts';
import { isAssigned, presenceOf } from './true-stream-time.ts';

/**
 * A cut that the producer's own agent tells of: it is known while it lasts, not only on return. The incident is open from then
 * on, whether it began as a suspicion or not; what is late for it joins it when the source is back (`incidents.ts`).
 */

/** `incident`: the source's latest one of a silence. False: nothing to prove, or not worth a word. */
export function proveCut(state: State, of: SourceFold, incident: IncidentFold | undefined, nowMs: number): void {
  if (of.told?.kind !== 'cut' || !isOvertaken(of)) return;
  const { proof } = of.told;
  const isSuspected = incident?.incident.status === 'suspected' && incident.incident.end === undefined;
  const fold = isSuspected ? incident : openProved(state, of, proof, nowMs);
  of.earlier.cut++;
  of.suspectedSinceMs = of.lastSeenMs;
  fold.incident = { ...fold.incident, start: startOf(proof, of), detectedAtMs: nowMs };
  turn(fold, 'open', nowMs, 'its own agent says so: it holds records that no broker acknowledges');
  update(fold, of, proof, nowMs);
}

/** Whether it is known by its agent alone, and lasts. */
export function isProvedNow({ incident, holds }: IncidentFold): boolean {
  return incident.status === 'open' && incident.proof !== undefined && incident.end === undefined && holds.size === 0;
}

export function followProof(state: State, fold: IncidentFold, of: SourceFold, nowMs: number): void {
  const { proof } = fold.incident;
  if (proof === undefined) return;
  if (of.told?.kind === 'cut') {
    update(fold, of, of.told.proof, nowMs);
    return;
  }
  const acknowledgedMs = acknowledgedMsOf(state, of);
  if (acknowledgedMs > proof.sinceMs) {
    // Not before its agent last said that nothing was, and not after an acknowledgement.
    end(fold, { lowMs: Math.min(proof.toldMs, acknowledgedMs), highMs: acknowledgedMs, basis: 'proved' }, nowMs);
  } else if (of.lastSeenMs > proof.sinceMs + materialMs) {
    end(fold, assumed(proof.toldMs, of.lastSeenMs, 'when it was next heard of'), nowMs);
  } else if (of.told?.kind === 'idle') {
    end(fold, assumed(proof.toldMs, nowMs, 'its agent says that it holds nothing any more'), nowMs);
  } else if (of.lanes.some((lane) => presenceOf(lane, lane.task.reportedMs) !== 'gone')) {
    // Neither its agent nor itself is heard of: what was last known stands.
    fold.lastActivityMs = nowMs;
  }
}

/** A cut that an agent has told of and its return shows: both bounds hold. */
export function meet(proved: BoundedInstant | undefined, returned: BoundedInstant): BoundedInstant {
  const both = proved && intersect(proved, returned);
  return both === undefined ? returned : { ...returned, ...both };
}

function openProved(state: State, of: SourceFold, proof: ProducerProof, nowMs: number): IncidentFold {
  const fold = createIncident(state, {
    kind: 'producerCutOff',
    status: 'open',
    group: of.group,
    source: of.source,
    nowMs,
    start: startOf(proof, of),
    evidence: evidenceOf(of),
  });
  for (const { task, topic, partition } of of.lanes) {
    fold.tasks.add(task.id);
    fold.partitions.set(`${topic}/${partition}`, { topic, partition });
  }
  fold.isReported = true;
  of.suspectedId = fold.incident.id;
  return fold;
}

function update(fold: IncidentFold, of: SourceFold, proof: ProducerProof, nowMs: number): void {
  const tasks = new Set(of.lanes.map((lane) => lane.task));
  const forecast = addForecasts([...tasks].flatMap((task) => forecastOf(task, of) ?? []));
  fold.incident = {
    ...fold.incident,
    proof,
    evidence: evidenceOf(of),
    ...(forecast === undefined ? {} : { forecast: { ...forecast, sources: [of.source] } }),
  };
  fold.lastActivityMs = nowMs;
  fold.changed = true;
}

/** After its last acknowledgement was sent, and before an answer to the first request that nothing came of was due. */
function startOf({ acknowledgedMs, sinceMs }: ProducerProof, of: SourceFold): BoundedInstant {
  const sentMs = acknowledgedMs === undefined ? of.lastCreatedMs : acknowledgedMs - transitSlackMs;
  const lowMs = Math.min(sentMs, sinceMs);
  return assumed(lowMs, sinceMs + transitSlackMs, `a request is answered within ${transitSlackMs} ms`);
}

function end(fold: IncidentFold, at: BoundedInstant, nowMs: number): void {
  fold.incident = { ...fold.incident, end: at };
  forgetForecast(fold);
  fold.backMs = nowMs;
  fold.lastActivityMs = nowMs;
  fold.changed = true;
}

function assumed(lowMs: number, highMs: number, assumption: string): BoundedInstant {
  return { lowMs: Math.min(lowMs, highMs), highMs, basis: 'assumed', assumption };
}

function evidenceOf(of: SourceFold): IncidentFold['incident']['evidence'] {
  const reportedMs = Math.max(...of.lanes.map((lane) => lane.task.reportedMs));
  return {
    silentMs: Math.max(0, reportedMs - of.lastSeenMs),
    lastEventMs: of.lastCreatedMs,
    usualGapMs: of.usualGapMs,
    usualDelayMs: Math.max(...of.lanes.map((lane) => lane.habit.usualDelayMs)),
  };
}

/** What nobody has run ahead of costs nothing, and is no late event's cause. */
function isOvertaken(of: SourceFold): boolean {
  return of.lanes.some(
    (lane) => isAssigned(lane.task, lane) && (lane.task.streamTimeMs ?? 0) - of.lastCreatedMs >= materialMs,
  );
}
