import type { Arrival } from '../habits/arrival.ts';
import { type Habit, isKnown } from '../habits/habit.ts';
import type { Silence } from '../incidents/incident.ts';
import type { BoundedInstant } from '../interval.ts';
import { materialMs } from '../news.ts';
import type { Cell, LateCell } from '../report.ts';
import { above } from '../sketch.ts';
import { isReplay } from './replay.ts';
import {
  grainMs,
  heldFromMs,
  isPrompt,
  isRight,
  leastCutMs,
  leastCutOf,
  leastHeldMs,
  waitOf,
  widthOf,
} from './wait.ts';

/**
 * A source's records in a partition reach the broker much later than they usually do: they are *held*. By whom, or does its
 * clock only say so? One record does not tell; how the wait goes on does.
 *
 *     cut off        append ──●●●●───────────────●●●●●●●●──●──●──   made after the last that got through; the wait melts away
 *     idle           append ──●●●●───────────────●───●───●──●──●──   no wait: no hold at all
 *     clock behind   append ──●──●──●──●──●──●──●──●──●──●──●──●──   made, so it says, before what came already; the wait stays
 *     lagging task   append ──●──●────●─────●──────●──────●──●●●──   the wait grows while records keep coming
 *     backfill       append ──────●●●●●●●●●●●●●●●●●●●●●●●●────────   event time runs at another speed than time (`replay.ts`)
 *
 * What it cannot tell: a single held record after a silence. A later one decides; until then the hold is `pending`.
 */
export interface Hold {
  kind: 'pending' | 'cutOff' | 'shifted' | 'replayed' | 'passed';
  /** The last record before it and the first of it. */
  readonly before: Arrival | undefined;
  readonly after: Arrival;
  readonly heldMs: number;
  /** From which wait on it is a cut. */
  readonly leastCutMs: number;
  /** Could the first one have been made after the one before it was appended? Of a cut that must be so. */
  readonly followsSilence: boolean;
  records: number;
  /** Records out of order in its cells, and cells that went back behind the ones before: a clock that is behind still ticks on. */
  outOfOrder: number;
  disorder: number;
  topEventMs: number;
  /** Whether several unnamed producers may share the lane: then fresh records of others come between the held ones. */
  readonly isShared: boolean;
  /** Of its records that were materially late: how many, by how much at least and at most, and in how much time they were appended. */
  readonly burst: { count: number; leastMs: number; mostMs: number; tookMs: number };
  /** The last record that was still held, and how long. */
  last: Arrival;
  lastHeldMs: number;
  leastHeldMs: number;
  mostHeldMs: number;
  /** Since when its records have all waited alike: of a cut as long as each other, of others long enough to count as held. */
  stay: Stay;
  /** How far its source's clock was behind when it began, as far as that was known; ahead: below zero. It is no part of the waits. */
  readonly shiftMs: number;
  /** When its source was prompt again; undefined until then. */
  promptMs: number | undefined;
  /** When the first was processed, by the true time of the report's second: what comes later may belong to it. */
  readonly fromMs: number;
  untilMs: number | undefined;
  /** Since when its source's least delay had been rising before; undefined if it began with a leap. */
  readonly risingSinceMs: number | undefined;
  /** Of a cut: the partition's leader was to blame, not the producer (`outage.ts`). Undefined: not decided yet. */
  blame: 'source' | 'broker' | undefined;
  readonly evidence: Silence;
}

interface Stay {
  readonly from: Arrival;
  /** Of its hold, before it began. */
  readonly recordsBefore: number;
  leastMs: number;
  mostMs: number;
}

/** Between two attempts of a cut-off producer to deliver lie at most: the connection may have been back that long. */
export const retryGapMs = 2_000;
/** The least transit from producer to broker, which is inside the floor: assumed to be below this. */
export const transitSlackMs = 250;
/** A wait that neither melts nor ends for this long, over this many records, is a clock or a task that lags. */
const stayedMs = 8_000;
const stayedRecords = 3;
/** Of a cut, waits that differ by less are alike. */
const alikeMs = 1_500;

export function openHold(
  after: Arrival,
  before: Arrival | undefined,
  habit: Habit,
  at: {
    readonly fromMs: number;
    readonly silentMs: number;
    readonly isShared: boolean;
    readonly shiftMs: number;
    readonly ofSource?: Habit | undefined;
  },
): Hold | undefined {
  if (!isKnown(habit)) return undefined;
  const { shiftMs } = at;
  const heldMs = waitOf(after, habit) - shiftMs;
  if (!(heldMs >= heldFromMs(habit)) || (shiftMs < 0 && isRight(after, habit))) return undefined;
  return {
    kind: 'pending',
    before,
    after,
    heldMs,
    leastCutMs: leastCutOf(at.ofSource === undefined ? [habit] : [habit, at.ofSource]),
    followsSilence: before !== undefined && after.eventMs + habit.floorMs + shiftMs >= before.lowMs - grainMs,
    records: 0,
    outOfOrder: 0,
    disorder: 0,
    topEventMs: Number.NEGATIVE_INFINITY,
    isShared: at.isShared,
    burst: { count: 0, leastMs: Number.POSITIVE_INFINITY, mostMs: 0, tookMs: 0 },
    last: after,
    lastHeldMs: heldMs,
    leastHeldMs: heldMs,
    mostHeldMs: heldMs,
    stay: { from: after, recordsBefore: 0, leastMs: heldMs, mostMs: heldMs },
    shiftMs,
    promptMs: undefined,
    fromMs: at.fromMs,
    untilMs: undefined,
    risingSinceMs: habit.risingSinceMs,
    blame: undefined,
    evidence: {
      silentMs: at.silentMs,
      lastEventMs: before?.eventMs ?? after.eventMs,
      firstHeldEventMs: after.eventMs,
      heldMs,
      usualGapMs: habit.usualGapMs,
      usualDelayMs: habit.usualDelayMs,
    },
  };
}

type Ends = Pick<Cell, 'first' | 'last'> & { readonly late?: Pick<LateCell, 'latenessMs' | 'maxLatenessMs'> };

/** The next cell of its lane. */
export function followCell(
  hold: Hold,
  cell: Pick<Cell, 'count' | 'minEventMs' | 'maxEventMs'> & Ends,
  outOfOrder: number,
): void {
  const isFirst = hold.records === 0;
  hold.records += cell.count;
  if (hold.isShared) followBurst(hold, cell);
  hold.outOfOrder += outOfOrder;
  if (!isFirst && cell.minEventMs < hold.topEventMs - grainMs) hold.disorder++;
  // Its first cell may hold records from before it, of later events.
  hold.topEventMs = isFirst ? cell.last.eventMs : Math.max(hold.topEventMs, cell.maxEventMs);
}

function followBurst({ burst }: Hold, { first, last, late }: Ends): void {
  if (late === undefined) return;
  const { count, leastMs } = above(late.latenessMs, materialMs);
  burst.count += count;
  burst.leastMs = Math.min(burst.leastMs, leastMs);
  burst.mostMs = Math.max(burst.mostMs, late.maxLatenessMs);
  burst.tookMs += Math.max(0, (last.append.lowMs ?? 0) - (first.append.lowMs ?? 0));
}

const leastBurst = 3;
/** Events that fill so many times the time in which they come were not made just now. */
const burstSpeed = 1.5;

/** Whether its late records fill the time of a cut, as a backlog does; a lone one, or ones that all wait the same, do not. */
function isBurst({ burst: { count, leastMs, mostMs, tookMs } }: Hold): boolean {
  return count >= leastBurst && mostMs - leastMs > burstSpeed * tookMs + grainMs;
}

function endsNow(hold: Hold): boolean {
  return hold.isShared && isBurst(hold) && hold.burst.leastMs < leastCutMs;
}

/** The next record of its lane that is known of. */
export function followHold(hold: Hold, arrival: Arrival, habit: Habit): void {
  if (arrival.lowMs < hold.last.lowMs || hold.promptMs !== undefined) return;
  const heldMs = waitOf(arrival, habit) - hold.shiftMs;
  const isRightAgain = hold.shiftMs < 0 && isRight(arrival, habit);
  if (isRightAgain || isPrompt(arrival, habit, hold.shiftMs) || heldMs < Math.min(leastHeldMs, hold.heldMs) / 2) {
    hold.promptMs = arrival.lowMs;
  } else if (Number.isFinite(heldMs)) {
    hold.last = arrival;
    hold.lastHeldMs = heldMs;
    hold.leastHeldMs = Math.min(hold.leastHeldMs, heldMs);
    hold.mostHeldMs = Math.max(hold.mostHeldMs, heldMs);
    followStay(hold, arrival, heldMs);
  }
  if (hold.kind === 'pending') hold.kind = kindOf(hold, arrival);
  // Of nameless ones: a replay of long ago does not end with what was made just now, the backlog of a cut does.
  else if (hold.kind === 'replayed' && hold.promptMs !== undefined && endsNow(hold)) hold.kind = 'cutOff';
}

function kindOf(hold: Hold, { lowMs }: Arrival): Hold['kind'] {
  const { heldMs, lastHeldMs, promptMs, followsSilence, after } = hold;
  const forMs = lowMs - after.lowMs;
  // A wait that melts by more than this source's waits differ anyway, or can be told, is a backlog that is being worked off.
  const meltedMs = Math.max(grainMs, hold.evidence.usualDelayMs, widthOf(after));
  if (followsSilence) {
    if (heldMs - lastHeldMs >= meltedMs) return 'cutOff';
    // Soon prompt again: had a clock or a task made it wait, that would not have passed just now.
    if (promptMs !== undefined) return forMs <= Math.max(heldMs, leastHeldMs) ? 'cutOff' : 'passed';
  } else if (promptMs !== undefined) return hold.isShared && forMs <= heldMs && isBurst(hold) ? 'cutOff' : 'passed';
  else if (
    heldMs - lastHeldMs >= meltedMs &&
    isReplay({ first: after, last: hold.last, records: hold.records, leapMs: 0 })
  ) {
    return 'replayed';
  }
  return hasStayed(hold, lowMs, stayedMs) && hold.disorder === 0 ? 'shifted' : 'pending';
}

/** A clock that runs away slowly is within what is usual at first. */
function followStay(hold: Hold, arrival: Arrival, heldMs: number): void {
  const { stay } = hold;
  const withinMs = Math.max(alikeMs, hold.evidence.usualDelayMs);
  const isAlike = heldMs > stay.mostMs - withinMs && heldMs < stay.leastMs + withinMs;
  if (Math.min(heldMs, stay.leastMs) >= leastHeldMs && (isAlike || hold.kind !== 'cutOff')) {
    stay.leastMs = Math.min(stay.leastMs, heldMs);
    stay.mostMs = Math.max(stay.mostMs, heldMs);
  } else hold.stay = { from: arrival, recordsBefore: hold.records, leastMs: heldMs, mostMs: heldMs };
}

/** Whether its waits have neither melted nor ended for so long, over records enough. */
export function hasStayed({ stay, records }: Hold, lowMs: number, forMs: number): boolean {
  return (
    stay.leastMs >= leastHeldMs && lowMs - stay.from.lowMs >= forMs && records - stay.recordsBefore >= stayedRecords
  );
}

/** Lanes of one source that came back together with different waits: made one by one during a cut. */
export function confirmTogether(a: Hold, b: Hold): void {
  if (!a.followsSilence || !b.followsSilence) return;
  if (Math.abs(a.after.lowMs - b.after.lowMs) > retryGapMs) return;
  const unsureMs = Math.max(widthOf(a.after), widthOf(b.after));
  const jitterMs = Math.max(grainMs, a.evidence.usualDelayMs, b.evidence.usualDelayMs, unsureMs);
  if (Math.abs(a.heldMs - b.heldMs) < jitterMs) return;
  for (const hold of [a, b]) if (hold.kind === 'pending') hold.kind = 'cutOff';
}

/** From the creation of the last event that got through to that of the first held up. */
export function cutStart({ before, after, evidence, heldMs, followsSilence }: Hold): BoundedInstant {
  const createdMs = after.lowMs - heldMs;
  const floorMs = createdMs - after.eventMs;
  // In a shared lane the record before it may be anybody's: then its source's usual pace is all there is to go by.
  const lastMs = followsSilence && before !== undefined ? before.eventMs + floorMs : createdMs - evidence.usualGapMs;
  const lowMs = Math.min(createdMs, lastMs) - transitSlackMs;
  const slackMs = evidence.usualDelayMs + transitSlackMs;
  return {
    lowMs,
    highMs: Math.max(lowMs, createdMs + slackMs),
    basis: 'assumed',
    assumption: `from the creation of the last event that got through to that of the first held up, delayed by ${Math.round(slackMs)} ms at most, as this source usually is`,
  };
}

export function cutEnd(hold: Hold): BoundedInstant {
  const { after } = hold;
  return {
    lowMs: Math.max(after.lowMs - retryGapMs, cutStart(hold).lowMs),
    highMs: Number.isFinite(after.highMs) ? after.highMs : after.lowMs,
    basis: 'assumed',
    assumption: `it tried again within ${retryGapMs / 1000} s of being connected; the later end is proved`,
  };
}
