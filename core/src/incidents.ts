import type { Backlog } from './backlog.ts';
import type { Ahead, Incident, Verdict } from './finding.ts';
import type { BoundedInstant } from './interval.ts';
import { heldBack, materialMs } from './judge.ts';
import { addRange } from './offset-ranges.ts';
import type { Drops, TopicPartition } from './report.ts';
import { sentence } from './sentence.ts';
import { type Source, sourceKey } from './source.ts';
import type { IncidentFold, LateRow, State } from './state.ts';

/** An incident without news for this long is over. */
const quietMs = 15_000;
/** Rows of one cut that come later than this after its last are another cut's. */
const maxRangesPerIncident = 1_000;

/** Puts a judged row to the incident that it belongs to, opening one when there is none. */
export function attach(state: State, row: LateRow, verdict: Verdict, nowMs: number): void {
  if (verdict.kind === 'producerCutOff') {
    const held = heldBack(row);
    if (held === undefined) return;
    addRow(cutOff(state, row, held.backlog, nowMs), row, nowMs);
  } else if (verdict.kind === 'clockAhead') {
    const isMaterial = verdict.byMs >= materialMs || row.late.dropped.length > 0;
    if (isMaterial) addRow(clockAhead(state, row, verdict.evidence, nowMs), row, nowMs);
  }
}

/** One cut, however many partitions it is seen in: their bounds hold at once, so together they are tighter. */
function cutOff(state: State, row: LateRow, backlog: Backlog, nowMs: number): IncidentFold {
  const { task, lane } = row;
  for (const fold of openOf(state, 'producerCutOff', task.group, lane.source)) {
    const { start, end } = fold.incident;
    const startLowMs = Math.max(start.lowMs, backlog.start.lowMs);
    const startHighMs = Math.min(start.highMs, backlog.start.highMs);
    const overlaps = end !== undefined && backlog.start.lowMs <= end.highMs && start.lowMs <= backlog.end.highMs;
    if (!overlaps) continue;
    if (startLowMs <= startHighMs) {
      fold.incident = {
        ...fold.incident,
        start: { ...start, lowMs: startLowMs, highMs: startHighMs },
        end: {
          ...end,
          lowMs: Math.max(startLowMs, Math.min(end.lowMs, backlog.end.lowMs)),
          highMs: Math.min(end.highMs, backlog.end.highMs),
        },
      };
    }
    return fold;
  }
  return open(state, row, nowMs, {
    kind: 'producerCutOff',
    source: lane.source,
    start: backlog.start,
    end: backlog.end,
    evidence: backlog.evidence,
  });
}

function clockAhead(state: State, row: LateRow, evidence: Ahead, nowMs: number): IncidentFold {
  const known = openOf(state, 'clockAhead', row.task.group, evidence.source)[0];
  if (known !== undefined) {
    const before = known.incident.evidence;
    if ('aheadMs' in before && evidence.aheadMs.lowMs > before.aheadMs.lowMs)
      known.incident = { ...known.incident, evidence };
    return known;
  }
  return open(state, row, nowMs, {
    kind: 'clockAhead',
    source: evidence.source,
    start: aheadSince(row, evidence),
    evidence,
  });
}

/** Between the last record before it whose event time was possible and the first whose was not. */
function aheadSince(row: LateRow, evidence: Ahead): BoundedInstant {
  const key = sourceKey(evidence.source);
  let lowMs = Number.NEGATIVE_INFINITY;
  let highMs = evidence.record.append.highMs ?? evidence.record.processedMs;
  for (const lane of row.task.lanes.values()) {
    if (sourceKey(lane.source) !== key || lane.ahead === undefined) continue;
    lowMs = Math.max(lowMs, lane.ahead.sinceLowMs);
    highMs = Math.min(highMs, lane.ahead.sinceHighMs);
  }
  return {
    lowMs: lowMs <= highMs ? lowMs : highMs,
    highMs,
    basis: 'assumed',
    assumption: 'its records between two reports were like those seen',
  };
}

function openOf(state: State, kind: Incident['kind'], group: string, source: Source): IncidentFold[] {
  const key = sourceKey(source);
  return [...state.incidents.values()].filter(
    ({ incident }) =>
      incident.status === 'open' &&
      incident.kind === kind &&
      incident.group === group &&
      sourceKey(incident.source) === key,
  );
}

function open(
  state: State,
  row: LateRow,
  nowMs: number,
  what: Pick<Incident, 'kind' | 'source' | 'start' | 'evidence'> & { readonly end?: BoundedInstant },
): IncidentFold {
  const id = `${what.kind}-${Math.round(what.start.highMs)}-${++state.incidentCount}`;
  const fold: IncidentFold = {
    incident: {
      id,
      status: 'open',
      revision: 0,
      group: row.task.group,
      tasks: [],
      partitions: [],
      detectedAtMs: nowMs,
      updatedAtMs: nowMs,
      late: { count: 0, maxMs: 0 },
      dropped: [],
      sentence: '',
      ...what,
    },
    tasks: new Set(),
    partitions: new Map(),
    lateCount: 0,
    lateMaxMs: 0,
    drops: new Map(),
    firstCulprit: undefined,
    lastActivityMs: nowMs,
    changed: true,
  };
  state.incidents.set(id, fold);
  return fold;
}

function addRow(fold: IncidentFold, row: LateRow, nowMs: number): void {
  const { late, cell, task } = row;
  row.incidentId = fold.incident.id;
  fold.tasks.add(task.id);
  fold.partitions.set(`${cell.topic}/${cell.partition}`, { topic: cell.topic, partition: cell.partition });
  fold.lateCount += late.count;
  fold.lateMaxMs = Math.max(fold.lateMaxMs, late.maxLatenessMs);
  fold.firstCulprit ??= late.culprit;
  fold.lastActivityMs = nowMs;
  fold.changed = true;
  for (const drops of late.dropped) addDrops(fold, row, drops);
}

function addDrops(fold: IncidentFold, { cell, task }: LateRow, drops: Drops): void {
  const policy = task.policies.find((declared) => declared.id === drops.policy);
  if (policy === undefined) return;
  let into = fold.drops.get(drops.policy);
  if (into === undefined) {
    into = {
      policy,
      count: 0,
      offsets: new Map(),
      overflow: 0,
      graceNeededMs: 0,
      firstWindowEndMs: Number.POSITIVE_INFINITY,
      closedBy: undefined,
    };
    fold.drops.set(drops.policy, into);
  }
  into.count += drops.count;
  into.overflow += drops.overflow;
  into.graceNeededMs = Math.max(into.graceNeededMs, drops.graceNeededMs);
  if (drops.firstWindowEndMs < into.firstWindowEndMs) {
    into.firstWindowEndMs = drops.firstWindowEndMs;
    into.closedBy = drops.closedBy;
  }
  const key = `${cell.topic}/${cell.partition}`;
  const places = into.offsets.get(key) ?? { place: { topic: cell.topic, partition: cell.partition }, ranges: [] };
  into.offsets.set(key, places);
  for (const [first, last] of drops.offsets) {
    if (places.ranges.length < maxRangesPerIncident) addRange(places.ranges, first, last);
    else into.overflow += last - first + 1;
  }
}

/** Closes what is over and writes down what changed; the same object where nothing did. */
export function settle(fold: IncidentFold, state: State, nowMs: number): Incident {
  if (fold.incident.status === 'open' && nowMs - fold.lastActivityMs >= quietMs) {
    const end = fold.incident.end ?? endOfAhead(fold, state);
    fold.incident = { ...fold.incident, status: 'closed', ...(end === undefined ? {} : { end }) };
    fold.changed = true;
  }
  if (!fold.changed) return fold.incident;
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
    ...(culprit === undefined ? {} : { culprit }),
  };
  fold.incident = { ...incident, sentence: sentence(incident) };
  return fold.incident;
}

function endOfAhead(fold: IncidentFold, state: State): BoundedInstant | undefined {
  const key = sourceKey(fold.incident.source);
  for (const task of state.tasks.values()) {
    if (!fold.tasks.has(task.id)) continue;
    for (const lane of task.lanes.values()) {
      if (sourceKey(lane.source) !== key || lane.aheadEnded === undefined) continue;
      return {
        ...lane.aheadEnded,
        basis: 'assumed',
        assumption: 'its records between two reports were like those seen',
      };
    }
  }
  return undefined;
}

function byPlace(a: TopicPartition, b: TopicPartition): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition;
}
