import { confirmTogether, followCell, followHold, type Hold, openHold } from '../assess/hold.ts';
import { leftOver } from '../assess/left-over.ts';
import { followReplay, unorderedRatio } from '../assess/replay.ts';
import { isPrompt, leastHeldMs } from '../assess/wait.ts';
import { type Arrival, arrivalOf, type Correction } from '../habits/arrival.ts';
import { isKnown } from '../habits/habit.ts';
import { forgetUsualSince, learnUsual, usualIn } from '../habits/source-habit.ts';
import { materialMs } from '../news.ts';
import type { Cell, Culprit, Point } from '../report.ts';
import { isEmpty } from './lane-history.ts';
import type { LaneFold, SourceFold } from './state.ts';

/** Event times this far after their own append are a clock that is ahead, not the grain of the stamps. */
export const leastAheadMs = 100;
const maxHolds = 8;
const maxHoldsOfSource = 256;

/** What a cell tells of its lane: whether records were held, replayed or stamped ahead, else what is usual. */
export function learnArrivals(lane: LaneFold, cell: Cell, correction: Correction, secondMs: number): void {
  const at = (point: Point): Arrival => arrivalOf(point, correction);
  const last = at(cell.last);
  const quickest = cell.quickest === undefined ? last : at(cell.quickest);
  if (lane.replay.state !== 'no' || isOld(quickest)) followReplay(lane.replay, { quickest, last }, cell);
  const isHeld = followHolds(lane, cell, at, secondMs);
  const wasAhead = lane.ahead?.isNew ?? false;
  learnAhead(lane, cell, at, secondMs);
  // What is held up or stamped by a wrong clock is no habit, except of a source that is unordered by nature.
  const isUsual = !isHeld || isUnordered(lane.of);
  if (isUsual && lane.replay.state === 'no' && !wasAhead && !(lane.ahead?.isNew ?? false)) {
    const { gap } = cell;
    const gapMs = gap === undefined ? 0 : (gap.after.append.lowMs ?? 0) - (gap.before.append.highMs ?? 0);
    const slowest = cell.slowest === undefined ? undefined : at(cell.slowest);
    const slowMs = slowest === undefined ? Number.NEGATIVE_INFINITY : slowest.lowMs - slowest.eventMs;
    lane.of.latestMs = Math.max(lane.of.latestMs, slowMs);
    learnUsual(lane, {
      atMs: secondMs,
      gapMs,
      quickMs: quickest.highMs - quickest.eventMs,
      slowMs,
    });
  }
  const habit = usualIn(lane);
  if (isKnown(habit) && isPrompt(last, habit) && lane.ahead === undefined) {
    if (Number.isFinite(last.lowMs)) lane.of.promptMs = Math.max(lane.of.promptMs, last.lowMs);
    lane.task.fittedMs = Math.max(lane.task.fittedMs, secondMs);
  }
  lane.last = last;
}

const leastForRatio = 20;

/** Whether it is; undefined while too little of it is known. */
export function isUnordered({ records, outOfOrder }: SourceFold): boolean | undefined {
  return records < leastForRatio ? undefined : outOfOrder >= unorderedRatio * records;
}

/** A replay may come from a source that was known for other things before. */
function isOld({ eventMs, highMs }: Arrival): boolean {
  return highMs - eventMs > 3_600_000;
}

/** The hold that its records are in now. */
export function activeHold(lane: LaneFold): Hold | undefined {
  const hold = lane.holds.at(-1);
  return hold !== undefined && hold.untilMs === undefined ? hold : undefined;
}

/** Whether records of this cell were held. */
function followHolds(lane: LaneFold, cell: Cell, at: (point: Point) => Arrival, secondMs: number): boolean {
  const { gap, slowest, first, last } = cell;
  const habit = usualIn(lane);
  let hold = activeHold(lane);
  // What an earlier cell said of its last record was corrected by what was known of the clocks then.
  const before = gap && (gap.before.offset === lane.last.offset ? lane.last : at(gap.before));
  // Of a lane that goes on where another source's ended, its agent cannot know the silence before.
  const beforeMs = isEmpty(lane.history) ? Math.max(0, at(first).lowMs - lane.last.highMs) || 0 : 0;
  const silentMs = gap === undefined ? beforeMs : (gap.after.append.lowMs ?? 0) - (gap.before.append.highMs ?? 0);
  const found = {
    fromMs: secondMs,
    silentMs,
    isShared: lane.source.kind === 'partition',
    shiftMs: shiftOf(lane, hold),
    ofSource: lane.of.habit,
  };
  if (hold === undefined || (gap !== undefined && isCutAgain(hold, at(gap.after), before!, lane))) {
    const opened =
      (gap && openHold(at(gap.after), before, habit, found)) ??
      openHold(at(first), lane.last, habit, found) ??
      (slowest && openHold(at(slowest), lane.last, habit, found));
    if (opened !== undefined) {
      if (hold !== undefined) hold.untilMs = secondMs;
      hold = opened;
      addHold(lane, opened);
    }
  }
  if (hold === undefined) {
    // Below its own peak since its clock was ahead: out of order by its clock, not by nature.
    const afterAhead = lane.aheadEnded !== undefined && cell.maxEventMs < lane.maxEventMs;
    if (!afterAhead) lane.of.outOfOrder += disorderOf(lane, cell);
    return false;
  }
  followCell(hold, cell, disorderOf(lane, cell));
  const points = [first, slowest, last].filter((point) => point !== undefined).map(at);
  for (const point of points.sort((a, b) => a.offset - b.offset)) {
    if (point.offset >= hold.after.offset) followHold(hold, point, habit);
  }
  const left = leftOver(hold, habit);
  if (left !== undefined) {
    hold.untilMs = left.fromMs - 1000;
    addHold(lane, left);
    return true;
  }
  if (hold.promptMs !== undefined || hold.kind === 'passed') {
    hold.untilMs = secondMs + 1000;
    if (hold.kind === 'passed') lane.of.outOfOrder += hold.outOfOrder;
  }
  if (hold.kind === 'pending') for (const sibling of siblingHolds(lane)) confirmTogether(hold, sibling);
  // A hiccup belongs to what is usual here; a cut does not.
  if (isRecurrent(lane, hold)) return false;
  return hold.mostHeldMs >= hold.leastCutMs || hold.kind === 'pending' || hold.kind === 'shifted';
}

function addHold(lane: LaneFold, hold: Hold): void {
  lane.holds.push(hold);
  if (lane.holds.length > maxHolds) lane.holds.shift();
  lane.of.holds.push({ lane, hold });
  if (lane.of.holds.length > maxHoldsOfSource) lane.of.holds.shift();
}

/** How far its source's clock is known to be behind: what its records wait beyond that, they were held. Ahead: below zero. */
function shiftOf({ ahead }: LaneFold, hold: Hold | undefined): number {
  if (hold?.kind === 'shifted') return hold.shiftMs + hold.lastHeldMs;
  return ahead?.isNew === true ? -ahead.byMs : 0;
}

const recurrentTimes = 3;
/** Waits that are at most so many times as long as others are like them. */
const alike = 1.25;

/**
 * Of producers that share a lane without names, one that uploads in bursts makes the marks of a cut each time. What comes again
 * and again, as long as the times before, is how it delivers.
 */
export function isRecurrent(lane: LaneFold, hold: Hold): boolean {
  if (!hold.isShared || hold.followsSilence) return false;
  const isLike = (before: Hold): boolean =>
    before !== hold && before.kind === 'cutOff' && before.fromMs < hold.fromMs && alike * before.heldMs >= hold.heldMs;
  return lane.holds.filter(isLike).length >= recurrentTimes;
}

/** Producers that share a lane without names take turns there: what that puts out of order is nobody's nature. */
function disorderOf({ source }: LaneFold, { outOfOrder, outOfOrderMaxMs }: Cell): number {
  return source.kind === 'partition' && outOfOrderMaxMs < materialMs ? 0 : outOfOrder;
}

/** Cut off once more before it had worked off what the first cut left. */
function isCutAgain(hold: Hold, after: Arrival, before: Arrival, lane: LaneFold): boolean {
  // What a task that lags holds up differs; what a clock that is behind seems to hold up waits alike.
  const isAlike = hold.kind === 'shifted' && hold.mostHeldMs - hold.leastHeldMs < leastHeldMs;
  // Prompt elsewhere since: neither its clock nor its task made it wait then, so that is over.
  const isPast = hold.kind === 'pending' && lane.of.promptMs > hold.last.lowMs + materialMs;
  const madeMs = after.eventMs + usualIn(lane).floorMs + shiftOf(lane, hold);
  return (
    (hold.kind === 'cutOff' || isAlike || isPast) &&
    after.offset > hold.after.offset &&
    after.lowMs - before.highMs > 2_000 &&
    madeMs >= before.lowMs - 1_000
  );
}

/** The latest holds of the same source in its other partitions. */
export function* siblingHolds(lane: LaneFold): Iterable<Hold> {
  for (const { lane: other, hold } of lane.of.holds) if (other !== lane) yield hold;
}

/** Nothing but a clock that is ahead explains an event time after the moment its record was appended. */
function learnAhead(lane: LaneFold, cell: Cell, at: (point: Point) => Arrival, secondMs: number): void {
  for (const point of [cell.first, cell.quickest ?? cell.first, cell.last]) {
    const { eventMs, lowMs, highMs } = at(point);
    if (!Number.isFinite(highMs)) continue;
    const byMs = eventMs - highMs;
    if (byMs >= leastAheadMs) {
      lane.ahead ??= {
        sinceLowMs: Number.isFinite(lane.last.highMs) ? lane.last.highMs : lowMs,
        sinceHighMs: highMs,
        lastMs: highMs,
        byMs,
        isNew: isKnown(usualIn(lane)),
        record: culpritFrom(cell, lane, point, secondMs),
      };
      lane.ahead.lastMs = highMs;
      if (byMs > lane.ahead.byMs) {
        lane.ahead.byMs = byMs;
        lane.ahead.record = culpritFrom(cell, lane, point, secondMs);
      }
    } else if (lane.ahead !== undefined && eventMs - lowMs < leastAheadMs) {
      lane.aheadEnded = { lowMs: lane.ahead.lastMs, highMs };
      lane.ahead = undefined;
    }
  }
}

function culpritFrom(cell: Cell, lane: LaneFold, point: Point, secondMs: number): Culprit {
  const { topic, partition } = cell;
  const { offset, eventMs, append } = point;
  return { topic, partition, offset, source: lane.source, eventMs, append, processedMs: secondMs };
}

/** A clock was stepped at some time since `sinceMs`: what its stamps said of sources since then is void. */
export function voidSince(lane: LaneFold, sinceMs: number): void {
  forgetUsualSince(lane, sinceMs);
  for (const hold of lane.holds) {
    if (hold.fromMs < sinceMs) continue;
    hold.kind = 'passed';
    hold.untilMs ??= sinceMs;
  }
  lane.ahead = undefined;
}
