import type { IncidentFold, State } from '../ingest/state.ts';
import type { BoundedInstant } from '../interval.ts';
import type { TopicPartition } from '../report.ts';
import { sourceKey } from '../source.ts';
import { longestEmptyMs } from './empty-partitions.ts';
import { type Incident, type IncidentDraft, isConfirmed } from './incident.ts';
import { turn } from './incident-status.ts';
import { remediesOf } from './remedy.ts';
import { sentence } from './sentence.ts';

/** An incident without news for this long, and whose cause is over, is over. */
const quietMs = 15_000;
/** A cause without news for this long is taken to be over: its source may have gone for good. */
const lostMs = 300_000;

/** Closes what is over and writes down what changed; the same object where nothing did. */
export function settle(fold: IncidentFold, state: State, nowMs: number): Incident {
  if (fold.incident.status === 'closed' && !fold.changed) return fold.incident as Incident;
  if (!isConfirmed(fold.incident)) return written(fold, state, nowMs);
  const quietForMs = nowMs - fold.lastActivityMs;
  if (fold.incident.status === 'open' && (quietForMs >= lostMs || (quietForMs >= quietMs && isOver(fold, state)))) {
    turn(fold, 'closed', nowMs, 'it costs no more records');
  }
  const end = endOf(fold, state);
  if (end !== undefined && !(end.lowMs === fold.incident.end?.lowMs && end.highMs === fold.incident.end.highMs)) {
    fold.incident = { ...fold.incident, end };
    fold.changed = true;
  }
  return written(fold, state, nowMs);
}

function written(fold: IncidentFold, state: State, nowMs: number): Incident {
  if (!fold.changed) return fold.incident as Incident;
  fold.changed = false;
  const dropped = [...fold.drops.values()].map((drops) => ({
    policy: drops.policy.id,
    graceMs: drops.policy.graceMs,
    count: drops.count,
    offsets: [...drops.offsets.values()].map(({ place, ranges }) => ({
      ...place,
      ranges: ranges.map(([first, last]) => [first, last] as const),
    })),
    overflow: drops.overflow,
    graceNeededMs: drops.graceNeededMs,
    firstWindowEndMs: drops.firstWindowEndMs,
  }));
  const culprit = [...fold.drops.values()][0]?.closedBy ?? fold.firstCulprit;
  const incident = {
    ...fold.incident,
    revision: fold.incident.revision + 1,
    tasks: [...fold.tasks],
    partitions: [...fold.partitions.values()].sort(byPlace),
    updatedAtMs: nowMs,
    late: { count: fold.lateCount, maxMs: fold.lateMaxMs },
    dropped,
    evidence: evidenceOf(fold, state),
    ...(culprit === undefined ? {} : { culprit }),
  };
  const remedied = { ...incident, remedies: remediesOf(incident) };
  fold.incident = { ...remedied, sentence: sentence(remedied) };
  return fold.incident as Incident;
}

/** Of a cut also whether its partitions were empty meanwhile: others have told by now. */
function evidenceOf(fold: IncidentFold, state: State): IncidentDraft['evidence'] {
  const { evidence } = fold.incident;
  if (!('silentMs' in evidence)) return evidence;
  const { emptyMs: _, ...silence } = evidence;
  const emptyMs = longestEmptyMs(fold, state);
  return emptyMs === undefined ? silence : { ...silence, emptyMs };
}

function isOver(fold: IncidentFold, state: State): boolean {
  if (fold.stall !== undefined) return fold.stall.untilMs !== undefined;
  if (fold.incident.kind === 'clockAhead') return !lanesAhead(fold, state);
  if (fold.incident.kind === 'clockBehind' || fold.incident.kind === 'repartition') {
    return [...fold.holds].every((hold) => hold.untilMs !== undefined);
  }
  return true;
}

/** The end of what is known by its cause alone. Cuts and replays carry theirs from the start. */
function endOf(fold: IncidentFold, state: State): BoundedInstant | undefined {
  const { kind, start } = fold.incident;
  if (kind === 'consumerInterleave') {
    const untilMs = fold.stall?.untilMs;
    return untilMs === undefined ? undefined : bounded(untilMs - 1000, untilMs);
  }
  if (kind === 'clockAhead') return endOfAhead(fold, state);
  if ((kind !== 'clockBehind' && kind !== 'repartition') || !isOver(fold, state)) return undefined;
  const holds = [...fold.holds];
  const lowMs = Math.max(start.highMs, ...holds.map((hold) => hold.last.lowMs));
  const prompt = holds.map((hold) => hold.promptMs ?? Number.POSITIVE_INFINITY).filter((atMs) => atMs >= lowMs);
  const highMs = Math.min(...prompt);
  return bounded(lowMs, Number.isFinite(highMs) ? highMs : lowMs);
}

function lanesAhead(fold: IncidentFold, state: State): boolean {
  return lanesOf(fold, state).some((lane) => lane.ahead !== undefined);
}

function lanesOf(fold: IncidentFold, state: State) {
  return state.sources.get(`${fold.incident.group}|${sourceKey(fold.incident.source)}`)?.lanes ?? [];
}

/** Between the last record that was ahead and the first after it that was not. */
function endOfAhead(fold: IncidentFold, state: State): BoundedInstant | undefined {
  const lanes = lanesOf(fold, state);
  if (lanes.some((lane) => lane.ahead !== undefined)) return undefined;
  const ended = lanes.flatMap((lane) => (lane.aheadEnded === undefined ? [] : [lane.aheadEnded]));
  const since = ended.filter(({ highMs }) => highMs >= fold.incident.start.lowMs);
  if (since.length === 0 || fold.incident.end !== undefined) return fold.incident.end;
  const lowMs = Math.max(...since.map((end) => end.lowMs));
  return bounded(lowMs, Math.max(lowMs, Math.min(...since.map((end) => end.highMs))));
}

function bounded(lowMs: number, highMs: number): BoundedInstant {
  return { lowMs, highMs, basis: 'assumed', assumption: 'its records between two reports were like those seen' };
}

function byPlace(a: TopicPartition, b: TopicPartition): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition;
}
