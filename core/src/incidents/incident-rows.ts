import type { IncidentFold, LateRow } from '../ingest/state.ts';
import { materialMs } from '../news.ts';
import { addRange } from '../offset-ranges.ts';
import type { Drops } from '../report.ts';
import { isConfirmed } from './incident.ts';
import { turn } from './incident-status.ts';

const maxRangesPerIncident = 1_000;
/** What cost fewer records than this is not worth a call; their verdicts say what it was. */
const leastRecords = 3;

/** A row's losses are the incident's. */
export function addRow(fold: IncidentFold, row: LateRow, nowMs: number): void {
  const { late, cell, task, lane } = row;
  row.incidentId = fold.incident.id;
  fold.tasks.add(task.id);
  fold.lanes.add(lane);
  fold.partitions.set(`${cell.topic}/${cell.partition}`, { topic: cell.topic, partition: cell.partition });
  fold.lateCount += late.count;
  fold.lateMaxMs = Math.max(fold.lateMaxMs, late.maxLatenessMs);
  fold.firstCulprit ??= late.culprit;
  fold.lastActivityMs = nowMs;
  fold.changed = true;
  if (late.maxLatenessMs >= materialMs) fold.materialCount += late.count;
  for (const drops of late.dropped) addDrops(fold, row, drops);
  const isKnown = fold.isReported && isConfirmed(fold.incident);
  if (!isKnown && fold.materialCount >= leastRecords) confirm(fold, row, nowMs);
}

function confirm(fold: IncidentFold, { lane }: LateRow, nowMs: number): void {
  const { kind, suspicion } = fold.incident;
  fold.isReported = true;
  fold.incident = { ...fold.incident, detectedAtMs: nowMs };
  if (kind === 'producerCutOff') lane.of.earlier.cut++;
  const reason = suspicion === undefined ? 'records came late for it' : 'it came back with events of the silence';
  turn(fold, 'open', nowMs, reason);
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
