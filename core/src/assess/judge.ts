import { appendOf, brokerOffset } from '../habits/arrival.ts';
import { isKnown } from '../habits/habit.ts';
import { usualIn } from '../habits/source-habit.ts';
import type { Verdict } from '../incidents/incident.ts';
import { isRecurrent, isUnordered, leastAheadMs, siblingHolds } from '../ingest/lane.ts';
import type { LaneFold, LateRow, State, TaskFold } from '../ingest/state.ts';
import { isProvisional } from '../ingest/succession.ts';
import { materialMs } from '../news.ts';
import { type Hold, retryGapMs } from './hold.ts';
import { aftermathOf, blameOf } from './outage.ts';
import { partitionKey, type Stall, stallAt } from './stall.ts';
import { heldFromMostMs, heldFromMs, leastHeldMs } from './wait.ts';

/** Some source's times must have fitted this shortly before. */
const fitWithinMs = 2_000;
/** Polls are not alike, and the answer to one takes its time. */
const turns = 1.25;
/** Among so many cells, what a source did in its first ones makes no habit. */
const leastCells = 20;
/** A cut of an unordered source must stand out from its habit by this much. */
const unorderedTimes = 3;

/**
 * Why are the late records of this cell late? Lateness has three parts: the culprit's clock ran ahead, the record was held
 * before it reached the broker, and it waited there for the consumer. The part without which it would have been less than
 * half as late is the cause; of two such parts the larger one. What is only likely is said to be undecided.
 */
export function judge(state: State, row: LateRow): Verdict {
  const { late, waitMs } = row;
  const byMs = late.maxLatenessMs;
  const aheadMs = aheadOf(state, row);
  if (aheadMs >= Math.max(leastAheadMs, byMs / 2, waitMs)) {
    const { culprit } = late;
    if (isNobodyKnown(row.task)) return { kind: 'undecided', byMs, missing: fittingSource, likely: 'clockAhead' };
    return {
      kind: 'clockAhead',
      byMs,
      evidence: { source: culprit.source, aheadMs: { lowMs: aheadMs, highMs: aheadMs }, record: culprit },
    };
  }
  if (waitMs >= byMs / 2) return judgeHeld(state, row, byMs);
  const lagMs = lagOf(row);
  if (lagMs >= Math.max(materialMs, byMs / 2)) return { kind: 'repartition', byMs, evidence: { lagMs } };
  const stall = stallOf(state, row);
  // Below the time between two polls, partitions just take turns.
  const overtakenMs = Math.min(byMs, overtakenBy(state, row));
  if (stall !== undefined && byMs >= materialMs && overtakenMs >= Math.max(byMs / 2, turns * pollOf(state, row))) {
    return {
      kind: 'consumerInterleave',
      byMs,
      evidence: {
        culprit: late.culprit,
        sinceMs: stall.fromMs,
        stalledMs: (stall.untilMs ?? stall.lastMs) - stall.fromMs,
      },
    };
  }
  if (row.longestWaitMs >= byMs / 2 && isUnordered(row.lane.of)) return { kind: 'outOfOrderSource', byMs };
  // A backlog from before anybody looked: what is known of the wait is that of others, if anything is.
  if (row.cell.first.append.lowMs === undefined && byMs >= materialMs)
    return { kind: 'undecided', byMs, missing: unseen, likely: 'ordinary' };
  return { kind: 'ordinary', byMs };
}

const fittingSource = 'a source whose clock still fits the consumer’s';
const history = 'a history of this source';
const unseen = 'when they were appended: nobody looked then';
const unwatched = 'what its source did before it was watched';

/** Of producers that nobody can tell apart, one may bring what was made before its partition was watched: held up or replayed. */
function isOlderThanWatched(state: State, { placeKey }: LaneFold, { isShared, followsSilence, after }: Hold): boolean {
  const sinceMs = state.partitions.get(placeKey)?.sinceMs ?? Number.NEGATIVE_INFINITY;
  return isShared && !followsSilence && after.eventMs < sinceMs;
}

/** It was held before it reached the broker: by what? */
function judgeHeld(state: State, row: LateRow, byMs: number): Verdict {
  const { lane, waitMs, late } = row;
  if (lane.replay.state === 'yes') {
    return { kind: 'backfill', byMs, evidence: { ageMs: waitMs, firstEventMs: lane.replay.first.eventMs } };
  }
  if (lane.replay.mayBeBacklog && lane.replay.state === 'unknown') {
    return { kind: 'undecided', byMs, missing: unwatched, likely: 'backfill' };
  }
  const unordered = isUnordered(lane.of);
  if (unordered === undefined && waitMs >= materialMs)
    return { kind: 'undecided', byMs, missing: history, likely: 'ordinary' };
  const found = holdOf(row);
  const hold = found?.hold;
  if (hold !== undefined && (!unordered || standsOut(hold))) {
    const verdict = judgeHold(state, row, { hold, lane: found!.lane }, byMs);
    if (verdict !== undefined) return verdict;
  }
  if (unordered || (late.outOfOrder * 2 >= late.count && byMs < leastHeldMs)) return { kind: 'outOfOrderSource', byMs };
  const lagMs = lagOf(row);
  if (lagMs >= Math.max(materialMs, byMs / 2)) return { kind: 'repartition', byMs, evidence: { lagMs } };
  const isEarly = !row.wasUsualKnown && waitMs >= materialMs;
  const habit = usualIn(lane);
  if (isEarly && habit.cells < leastCells) return { kind: 'undecided', byMs, missing: history, likely: 'ordinary' };
  if (waitMs < (isEarly ? heldFromMostMs : heldFromMs)(habit)) return { kind: 'ordinary', byMs };
  if (isEarly) return { kind: 'undecided', byMs, missing: history, likely: 'producerCutOff' };
  if (late.lastAppendMs === undefined)
    return { kind: 'undecided', byMs, missing: 'the append times: no fetch was seen', likely: 'ordinary' };
  return { kind: 'undecided', byMs, missing: 'how its wait goes on', likely: 'producerCutOff' };
}

function judgeHold(
  state: State,
  row: LateRow,
  { hold, lane }: { readonly hold: Hold; readonly lane: LaneFold },
  byMs: number,
): Verdict | undefined {
  if (isProvisional(lane.of)) {
    const missing = 'whether its producer is one that was there before, restarted';
    return { kind: 'undecided', byMs, missing, likely: 'producerCutOff' };
  }
  // While nobody's event times fit, the consumer's own clock may be what is wrong.
  const isFit = !lane.task.isUnsure && (hold.promptMs !== undefined || lane.task.fittedMs >= hold.fromMs);
  if (!isFit) {
    const likely = hold.kind === 'shifted' ? 'clockBehind' : 'producerCutOff';
    return { kind: 'undecided', byMs, missing: fittingSource, likely };
  }
  switch (hold.kind) {
    case 'pending':
      return { kind: 'undecided', byMs, missing: 'how its wait goes on', likely: 'producerCutOff' };
    case 'passed':
      return undefined;
    case 'replayed':
      if (hold.isShared && !isOlderThanWatched(state, lane, hold)) {
        // One of several nameless ones: a backlog of then is worked off as a replay is.
        return { kind: 'undecided', byMs, missing: 'who of its partition was silent', likely: 'producerCutOff' };
      }
      return { kind: 'backfill', byMs, evidence: { ageMs: hold.heldMs, firstEventMs: hold.after.eventMs } };
    case 'shifted':
      if (!isRepartition(row.lane.topic) && lane.of.promptMs > hold.stay.from.lowMs + materialMs) {
        // A clock is the same for all partitions: it cannot be behind in one and right in another.
        return undefined;
      }
      return isRepartition(row.lane.topic)
        ? { kind: 'repartition', byMs, evidence: { lagMs: hold.mostHeldMs } }
        : { kind: 'clockBehind', byMs, evidence: { behindMs: { lowMs: hold.leastHeldMs, highMs: hold.mostHeldMs } } };
    case 'cutOff':
      if (!isLongEnough(hold, lane) || isRecurrent(lane, hold)) return undefined;
      if (hold.shiftMs > row.waitMs / 2) {
        return { kind: 'clockBehind', byMs, evidence: { behindMs: { lowMs: hold.shiftMs, highMs: hold.shiftMs } } };
      }
      if (isOlderThanWatched(state, lane, hold)) {
        return { kind: 'undecided', byMs, missing: unwatched, likely: 'backfill' };
      }
      hold.blame ??= aftermathOf(lane, hold)?.blame ?? blameOf(state, lane, hold, row.task.reportedMs);
      if (hold.blame === undefined) {
        return { kind: 'undecided', byMs, missing: 'the other writers of its partition', likely: 'producerCutOff' };
      }
      return { kind: hold.blame === 'broker' ? 'brokerOutage' : 'producerCutOff', byMs, evidence: hold.evidence };
  }
}

/** Of a cut that is seen in several partitions, the one whose record waited longest counts. */
function isLongEnough(hold: Hold, lane: LaneFold): boolean {
  if (hold.heldMs >= hold.leastCutMs) return true;
  for (const sibling of siblingHolds(lane)) {
    if (sibling.heldMs >= sibling.leastCutMs && Math.abs(sibling.after.lowMs - hold.after.lowMs) <= retryGapMs)
      return true;
  }
  return false;
}

/** The hold that these records are in, of their own lane or else of another one of the same source. */
export function holdOf(row: LateRow): { readonly hold: Hold; readonly lane: LaneFold } | undefined {
  const own = latestAt(row.lane, row.secondMs);
  if (own !== undefined && own.kind !== 'pending') return { hold: own, lane: row.lane };
  const { holds } = row.lane.of;
  for (let i = holds.length - 1; i >= 0; i--) {
    const { lane, hold } = holds[i]!;
    if (lane !== row.lane && isDuring(hold, row.secondMs) && isOfSame(hold, lane, row)) return { hold, lane };
  }
  return own === undefined ? undefined : { hold: own, lane: row.lane };
}

/** A cut-off source's other partitions were cut off too if what waited there was made before it was back. */
function isOfSame(hold: Hold, lane: LaneFold, row: LateRow): boolean {
  if (hold.kind === 'pending' || hold.kind === 'passed') return false;
  if (hold.kind !== 'cutOff') return true;
  if (hold.blame === 'broker' && lane.leader !== row.lane.leader) return false;
  const appendMs = appendOf(row.cell.slowest?.append ?? {}, row.correction).lowMs;
  return appendMs - row.waitMs <= hold.after.lowMs;
}

function latestAt(lane: LaneFold, secondMs: number): Hold | undefined {
  return lane.holds.findLast((hold) => isDuring(hold, secondMs));
}

function isDuring({ fromMs, untilMs }: Hold, secondMs: number): boolean {
  return secondMs >= fromMs && secondMs <= (untilMs ?? Number.POSITIVE_INFINITY);
}

/** How far the culprit's event time lies after the latest moment that it can have been appended at. */
function aheadOf(state: State, row: LateRow): number {
  const { late, task } = row;
  const { lowMs, highMs } = culpritAppend(state, row);
  // While nobody's event times fit, the consumer's own clock may be what is wrong.
  const isFit = task.lanes.size <= 1 || task.fittedMs + fitWithinMs >= lowMs || isNobodyKnown(task);
  return Number.isFinite(highMs) && !task.isUnsure && isFit ? late.culprit.eventMs - highMs : 0;
}

/** In the first seconds that is no evidence against anybody's clock. */
function isNobodyKnown({ lanes, fittedMs }: TaskFold): boolean {
  if (lanes.size <= 1 || Number.isFinite(fittedMs)) return false;
  for (const { habit } of lanes.values()) if (isKnown(habit)) return false;
  return true;
}

/** When the culprit was appended, by true time. */
export function culpritAppend(
  state: State,
  { late, task, correction }: LateRow,
): { readonly lowMs: number; readonly highMs: number } {
  const { append, topic, partition } = late.culprit;
  const { leader } = state.partitions.get(partitionKey(task.group, topic, partition)) ?? {};
  const brokerMs = brokerOffset(state, task.cluster, leader) ?? correction.agentMs;
  return appendOf(append, { agentMs: correction.agentMs, brokerMs });
}

export function stallOf(state: State, { lane, secondMs }: LateRow): Stall | undefined {
  return stallAt(state.partitions.get(lane.placeKey), secondMs);
}

/**
 * How much longer than the promptest of the tasks that write to its repartition topic this one takes. All stamp alike there,
 * with what they read, so even a lag that never ends shows against the others.
 */
function lagOf({ task, lane, waitMs }: LateRow): number {
  if (!isRepartition(lane.topic)) return 0;
  let leastMs = lane.habit.floorMs;
  for (const other of task.lanes.values()) {
    if (other.topic === lane.topic && other.habit.floorMs < leastMs) leastMs = other.habit.floorMs;
  }
  return waitMs + lane.habit.floorMs - leastMs || 0;
}

/** How long it can have lain on the broker when the record that made it late came there: who reads in turn overtakes nothing. */
function overtakenBy(state: State, row: LateRow): number {
  const { cell, lane, late, correction } = row;
  const createdMs = isKnown(lane.habit) ? late.minEventMs + lane.habit.floorMs : Number.NEGATIVE_INFINITY;
  return culpritAppend(state, row).highMs - Math.max(appendOf(cell.first.append, correction).lowMs, createdMs);
}

function pollOf(state: State, { lane }: LateRow): number {
  return state.partitions.get(lane.placeKey)?.usualPauseMs ?? 0;
}

/** Kafka Streams writes the topics between its own steps with the timestamps of what it read. */
export function isRepartition(topic: string): boolean {
  return topic.endsWith('-repartition');
}

function standsOut({ kind, heldMs, evidence }: Hold): boolean {
  const { silentMs, usualGapMs, usualDelayMs } = evidence;
  return kind === 'cutOff' && silentMs >= unorderedTimes * usualGapMs && heldMs >= unorderedTimes * usualDelayMs;
}
