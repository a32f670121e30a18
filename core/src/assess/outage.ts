import { newestFirst } from '../ingest/lane-history.ts';
import type { LaneFold, SourceFold, State } from '../ingest/state.ts';
import { type Hold, retryGapMs } from './hold.ts';
import { hadErrors } from './stall.ts';
import { grainMs, widthOf } from './wait.ts';

/**
 * A producer was cut off from a partition: was it the producer, or the partition's leader? The others who write there tell.
 * While a leader is down nobody's records get in, whoever writes; what they write to other leaders does.
 *
 * What it cannot tell: a partition with one writer, unless the leader also refuses the consumer; and few writers that are all
 * seldom heard of, so that their silence means nothing.
 */
export type Blame = 'source' | 'broker';

/** Around an outage: what was already on its way still gets in, and not all come back with the same attempt. */
const startMarginMs = 1_500;
const endMarginMs = 2_500;
/** So many records of others were to be expected at least, before their absence means something. */
const leastMissing = 4;
/** Sources that come back within this time came back together. */
const togetherMs = 3_000;
/** How long others are waited for. */
const patienceMs = 4_000;

/** Undefined: wait for those who may come back in the next moments. */
export function blameOf(state: State, lane: LaneFold, hold: Hold, nowMs: number): Blame | undefined {
  if (hold.before === undefined) return 'source';
  // From when the first held event was made, it is certain that it was cut off.
  const fromMs = madeAt(hold) + startMarginMs;
  const untilMs = hold.after.lowMs - endMarginMs;
  const partition = state.partitions.get(lane.placeKey);
  if (partition !== undefined && hadErrors(partition, fromMs - startMarginMs, untilMs)) return 'broker';
  const others = writersBeside(state, lane);
  if (others.some((other) => other.holds.some((its) => its.blame === 'broker' && isTogether(its, hold))))
    return 'broker';
  if (untilMs - fromMs < 0) return 'source';
  if (isMostlyOf(others, lane, hold)) return 'broker';
  if (others.some((other) => spokeWithin(other, fromMs, untilMs))) return 'source';
  const heldToo = others.some((other) => isHeldWith(other, hold));
  const missing = others.reduce((sum, other) => sum + expectedWithin(other, fromMs, untilMs), 0);
  const elsewhere = lane.of.lanes.filter(
    (mine) => mine !== lane && !(mine.topic === lane.topic && mine.partition === lane.partition),
  );
  const spokeElsewhere = elsewhere.some((mine) => spokeWithin(mine, fromMs, untilMs));
  if (spokeElsewhere && (heldToo || missing >= leastMissing)) return 'broker';
  // It was silent everywhere: only if all that is led by this one broker can that be the broker's doing.
  const isEverywhere = elsewhere.every((mine) => mine.leader !== undefined && mine.leader === lane.leader);
  if (isEverywhere && heldToo && missing >= leastMissing) return 'broker';
  const maySpeak = missing >= leastMissing / 2 && nowMs - hold.after.lowMs < patienceMs;
  return others.length > 0 && maySpeak && (spokeElsewhere || isEverywhere) ? undefined : 'source';
}

/**
 * Whether most of its wait was an outage of its leader that others have told of, while it got through to other leaders: then it
 * came back late for its slow link, or its next attempt.
 */
function isMostlyOf(others: readonly LaneFold[], { of, leader }: LaneFold, hold: Hold): boolean {
  const madeMs = madeAt(hold);
  const isMost = (its: Hold): boolean => {
    const sharedMs = Math.min(its.after.lowMs, hold.after.lowMs) - Math.max(madeAt(its), madeMs);
    return its.blame === 'broker' && sharedMs > hold.heldMs / 2;
  };
  if (!others.some((other) => other.leader === leader && other.holds.some(isMost))) return false;
  const [fromMs, untilMs] = [madeMs + startMarginMs, hold.after.lowMs - endMarginMs];
  return of.lanes.some((mine) => mine.leader !== leader && spokeWithin(mine, fromMs, untilMs));
}

/**
 * The hold whose backlog was still coming in when this one's first record was made. From the same leader its source was heard
 * of while that waited: so it was not cut off again, its link was busy.
 */
export function aftermathOf(lane: LaneFold, hold: Hold): Hold | undefined {
  const madeMs = madeAt(hold);
  const unsureMs = grainMs + widthOf(hold.after);
  if (!spokeBeside(lane, madeMs + unsureMs, hold.after.lowMs - unsureMs)) return undefined;
  const earlier = lane.of.holds.findLast(
    ({ lane: other, hold: its }) =>
      other.leader === lane.leader &&
      its.kind === 'cutOff' &&
      its.blame !== undefined &&
      its.after.lowMs < hold.after.lowMs &&
      its.last.lowMs >= madeMs - retryGapMs,
  );
  return earlier && (aftermathOf(earlier.lane, earlier.hold) ?? earlier.hold);
}

function madeAt({ after, heldMs }: Hold): number {
  return after.lowMs - heldMs;
}

function spokeBeside(lane: LaneFold, fromMs: number, untilMs: number): boolean {
  const { of, leader } = lane;
  if (leader === undefined || untilMs <= fromMs) return false;
  return of.lanes.some((other) => other !== lane && other.leader === leader && spokeWithin(other, fromMs, untilMs));
}

function writersBeside(state: State, lane: LaneFold): LaneFold[] {
  const out: LaneFold[] = [];
  for (const task of state.tasks.values()) {
    if (task.group !== lane.of.group) continue;
    for (const other of task.lanes.values()) {
      if (other.topic === lane.topic && other.partition === lane.partition && !isSame(other.of, lane.of))
        out.push(other);
    }
  }
  return out;
}

/** The one that it continues says nothing of others either. */
function isSame(other: SourceFold, of: SourceFold): boolean {
  return other === of || other.continuedBy === of.key;
}

export function spokeWithin({ history }: LaneFold, fromMs: number, untilMs: number): boolean {
  for (const { firstAppendMs, lastAppendMs } of newestFirst(history)) {
    if (lastAppendMs < fromMs) return false;
    if (firstAppendMs <= untilMs) return true;
  }
  return false;
}

/** How often it is heard of, times how long nobody was. Only of those who were heard of shortly before. */
function expectedWithin({ history }: LaneFold, fromMs: number, untilMs: number): number {
  let before = 0;
  let firstMs = Number.NaN;
  let lastMs = Number.NaN;
  for (const { cells, firstAppendMs, lastAppendMs } of newestFirst(history)) {
    if (before === 0 && lastAppendMs >= fromMs) continue;
    if (before === 0) lastMs = lastAppendMs;
    before += cells;
    firstMs = firstAppendMs;
  }
  if (before < 5) return 0;
  const meanMs = (lastMs - firstMs) / (before - 1);
  if (!(meanMs > 0) || fromMs - lastMs > 10 * meanMs) return 0;
  return Math.max(0, untilMs - fromMs) / meanMs;
}

function isHeldWith(other: LaneFold, hold: Hold): boolean {
  return other.holds.some((its) => its.followsSilence && isTogether(its, hold));
}

function isTogether(a: Hold, b: Hold): boolean {
  return Math.abs(a.after.lowMs - b.after.lowMs) <= togetherMs;
}
