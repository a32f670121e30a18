import { createIncident } from '../incidents/incident-fold.ts';
import { turn } from '../incidents/incident-status.ts';
import type { IncidentFold, SourceFold, State } from '../ingest/state.ts';
import { addForecasts, forecastOf } from './forecast.ts';
import { spokeWithin } from './outage.ts';
import { chanceOfMissing, type Part } from './part.ts';
import { leastSuspectMs, type Suspicion, suspicionOf } from './suspicion.ts';
import { isAssigned, isGoneAfter, presenceOfSource } from './true-stream-time.ts';
import { isLooked, noteBack, settledMs } from './watch.ts';

/**
 * Watches for sources that are heard of from all leaders but one: a producer that is cut off from one broker.
 *
 *     B on broker 1   ──●──●●──●─●──●●──●──●─●●──●──   it speaks
 *     B on broker 2   ──●─●──●●──────────────────────   beyond its habit there
 *     A on broker 2   ──●──●─●───●──●─●──●──●──●─●──●   and the broker takes records of others
 *
 * What it cannot tell: whether its keys have changed, so that it has nothing to say there. Then the suspicion is withdrawn when
 * the part counts as gone, as with any source that is idle.
 */

/** Fewer records are no habit of a part: by chance alone a source may pass over some partitions for a while. */
const leastRecords = 100;
/** That all of what it wrote since fell on its other partitions must be no chance: there are many sources, and many moments. */
const leastChance = 1e-6;

/** `room`: for so many more suspicions. Returns what is left of it. */
export function watchParts(state: State, of: SourceFold, room: number, nowMs: number): number {
  let left = room;
  for (const part of of.parts.values()) {
    const fold = part.suspectedId === undefined ? undefined : state.incidents.get(part.suspectedId);
    if (fold?.incident.status === 'suspected') {
      follow(state, fold, of, part, nowMs);
      continue;
    }
    const suspicion = silenceOf(state, of, part);
    if (suspicion === undefined || suspicion.sinceMs === part.suspectedSinceMs) continue;
    part.suspectedSinceMs = suspicion.sinceMs;
    if (left-- > 0) suspect(state, of, part, suspicion, nowMs);
    else state.overflow.suspicions++;
  }
  return left;
}

function silenceOf(state: State, of: SourceFold, part: Part): Suspicion | undefined {
  // Of one with an agent, that one says what it holds.
  if (of.told !== undefined || of.parts.size < 2 || part.records < leastRecords || of.source.kind === 'overflow')
    return undefined;
  const lanes = [...part.lanes].filter((lane) => isAssigned(lane.task, lane));
  if (lanes.length === 0) return undefined;
  const reportedMs = Math.max(...lanes.map(({ task }) => task.reportedMs));
  const silentMs = reportedMs - part.lastSeenMs;
  const { earlier } = of;
  const { gapsMs, records, usualGapMs, lastSeenMs, lastCreatedMs, leader } = part;
  const suspicion = suspicionOf({ gapsMs, records, usualGapMs, lastSeenMs, earlier }, silentMs);
  if (suspicion === undefined || isGoneAfter(silentMs, usualGapMs)) return undefined;
  if (chanceOfMissing(of, part) > leastChance) return undefined;
  if (of.continuedBy !== undefined || presenceOfSource(of, reportedMs) !== 'live') return undefined;
  if (lanes.some((lane) => lane.replay.state === 'yes') || !lanes.every((lane) => isLooked(state, lane)))
    return undefined;
  if (!lanes.some(({ task }) => (task.streamTimeMs ?? 0) - lastCreatedMs >= leastSuspectMs)) return undefined;
  // Not all come back from a broker's outage at once: who has just come back says nothing of what was before.
  return takesRecords(state, of, part, [reportedMs - silentMs / 2, reportedMs - settledMs])
    ? { ...suspicion, leader, partitions: lanes.map(({ topic, partition }) => ({ topic, partition })) }
    : undefined;
}

/** Whether others have written in the time to its partitions there; where nobody else does, to any that the leader has. */
function takesRecords(state: State, of: SourceFold, part: Part, [fromMs, toMs]: readonly [number, number]): boolean {
  const cluster = of.lanes[0]?.task.cluster;
  const places = new Set([...part.lanes].map(({ placeKey }) => placeKey));
  let isShared = false;
  let isHeardElsewhere = false;
  for (const other of state.sources.values()) {
    if (other === of) continue;
    for (const lane of other.lanes) {
      if (lane.leader !== part.leader || lane.task.cluster !== cluster) continue;
      const isThere = places.has(lane.placeKey);
      const isHeard = spokeWithin(lane, fromMs, toMs);
      if (isThere && isHeard) return true;
      isShared ||= isThere;
      isHeardElsewhere ||= isHeard;
    }
  }
  return isHeardElsewhere && !isShared;
}

function suspect(state: State, of: SourceFold, part: Part, suspicion: Suspicion, nowMs: number): void {
  const { sinceMs, silentMs, usualGapMs, partitions = [] } = suspicion;
  const fold = createIncident(state, {
    kind: 'producerCutOff',
    status: 'suspected',
    group: of.group,
    source: of.source,
    nowMs,
    start: {
      lowMs: Math.min(part.lastCreatedMs, sinceMs),
      highMs: sinceMs + usualGapMs,
      basis: 'assumed',
      assumption: 'if it is cut off: from the last event that got through to the next that it would have made',
    },
    evidence: { silentMs, lastEventMs: part.lastCreatedMs, usualGapMs, usualDelayMs: usualDelayOf(part) },
  });
  for (const { task } of part.lanes) fold.tasks.add(task.id);
  for (const place of partitions) fold.partitions.set(`${place.topic}/${place.partition}`, place);
  fold.isReported = true;
  part.suspectedId = fold.incident.id;
  update(fold, of, part, suspicion);
  turn(fold, 'suspected', nowMs, 'it is silent on one broker beyond its habit there, while it and others go on');
}

function usualDelayOf({ lanes }: Part): number {
  return Math.max(...[...lanes].map(({ habit }) => habit.usualDelayMs));
}

function update(fold: IncidentFold, { source }: SourceFold, part: Part, suspicion: Suspicion): void {
  const lanes = [...part.lanes];
  const { lastCreatedMs } = part;
  const tasks = new Set(lanes.map(({ task }) => task));
  const forecast = addForecasts(
    [...tasks].flatMap((task) => forecastOf(task, { source, lanes, lastCreatedMs, told: undefined }) ?? []),
  );
  const { silentMs, usualGapMs } = suspicion;
  const evidence = { silentMs, lastEventMs: lastCreatedMs, usualGapMs, usualDelayMs: usualDelayOf(part) };
  fold.incident = {
    ...fold.incident,
    suspicion,
    evidence,
    ...(forecast === undefined ? {} : { forecast: { ...forecast, sources: [source] } }),
  };
  fold.changed = true;
}

function follow(state: State, fold: IncidentFold, of: SourceFold, part: Part, nowMs: number): void {
  const { suspicion, end } = fold.incident;
  const { sinceMs, silentMs } = suspicion!;
  if (part.lastSeenMs <= sinceMs) {
    const now = silenceOf(state, of, part);
    if (now !== undefined) update(fold, of, part, now);
    else if (of.suspectedSinceMs > sinceMs) turn(fold, 'withdrawn', nowMs, 'it has fallen silent everywhere');
    else if (isGoneAfter(nowMs - part.lastSeenMs, part.usualGapMs)) {
      turn(fold, 'withdrawn', nowMs, 'it writes there no more');
    }
    return;
  }
  if (end === undefined) noteBack(fold, part.lastSeenMs, nowMs);
  if (nowMs - (fold.backMs ?? nowMs) < settledMs) return;
  const held = of.holds.filter(({ lane, hold }) => part.lanes.has(lane) && hold.after.lowMs >= sinceMs);
  if (held.some(({ hold }) => hold.kind === 'pending' && hold.untilMs === undefined)) return;
  const isCut = held.some(({ hold }) => hold.kind === 'cutOff');
  if (isCut) of.earlier.cut++;
  else {
    of.earlier.idle++;
    of.earlier.idleMs = Math.max(of.earlier.idleMs, silentMs);
  }
  turn(
    fold,
    'withdrawn',
    nowMs,
    isCut ? 'it was held up, but cost nothing' : 'it came back there with nothing held up',
  );
}
