/**
 * Has a clock been set, seen from the gaps (to − from) of one channel: a producer's clock read against a broker's.
 *
 * A threshold on the gap fails: delays vary by far more than the steps that matter. But no delay is negative, so the floor
 * under the gaps is a clock's. A clock that leaps ahead sends records *below* the floor, which nothing else does for long; one
 * that is set back leaves the floor for good, and its event time runs backwards if records come faster than the step is
 * wide. Congestion and queues also leave the floor, for a while and without running backwards.
 *
 *   gap ┊ ·  ·    ·  · ·                            · ·    ·
 *       ┊··· ·· · ··· ··· ·          ·   ·       ·· · ·· ····  ◂ set back: stays up
 *       ┊───────────────────── floor ─────────────────────────
 *       ┊                       ··· · ·· ··  ◂ leapt ahead: below
 *
 * From two clocks alone a constant extra delay *is* a clock that is behind. A shift is called a clock step only where event
 * time itself gave the clock away; otherwise the floor has moved, and that is all that is said.
 */
import type { Pair } from '../report.ts';
import { fastestClockPpm } from './drift.ts';
import {
  backMs,
  type EventGaps,
  type EventSteps,
  keepRanBack,
  leapMs,
  rememberGap,
  takeRanBack,
} from './event-steps.ts';
import {
  createExcursion,
  type Excursion,
  extendExcursion,
  hugOf,
  lowestMs,
  type Seen,
  secondOf,
  secondsOf,
} from './excursion.ts';
import { addToFloor, createFloor, type Floor, type FloorLine, type FloorPoint, floorAt, floorLine } from './floor.ts';

export interface FloorShift {
  /** `clockStep`: event time leapt or ran backwards with it. `floorMoved`: a clock or a delay, nobody can tell. */
  readonly kind: 'clockStep' | 'floorMoved';
  /** The first record on the new floor, and the one that made it certain, by the `to` clock. */
  readonly atMs: number;
  readonly detectedAtMs: number;
  /** When that was to the one who watches. */
  readonly seenMs: number;
  /** > 0: the `from` clock leapt ahead (or delays shrank). Refined until `settled`. */
  byMs: number;
  settled: boolean;
}

/** Owned and changed by `watchForStep`. */
export interface StepWatch extends EventGaps {
  readonly quantumMs: number;
  /** How often the line is drawn anew. */
  readonly refitMs: number;
  fittedMs: number;
  floor: Floor;
  /** The points from before the latest shift, until its size is settled. */
  past: readonly FloorPoint[];
  line: FloorLine | undefined;
  below: Excursion | undefined;
  above: Excursion | undefined;
  last: Pair | undefined;
  /** Share of the latest records that lay on the floor. */
  onFloor: number;
  readonly shifts: FloorShift[];
}

const limits = {
  windowMs: 300_000,
  learnMs: 30_000,
  learnSeconds: 20,
  judgeMs: 15_000,
  fewRecords: 3,
  fewSeconds: 6,
  stayMs: 30_000,
  staySeconds: 8,
  sizeMs: 10_000,
  shareRecords: 200,
  settleSeconds: 20,
  maxShifts: 16,
} as const;

export function createStepWatch(quantumMs = 1, refitMs = 0): StepWatch {
  return {
    quantumMs,
    refitMs,
    fittedMs: Number.NEGATIVE_INFINITY,
    floor: createFloor(limits.windowMs),
    past: [],
    line: undefined,
    below: undefined,
    above: undefined,
    last: undefined,
    onFloor: 1,
    gapsMs: [],
    ranBack: undefined,
    shifts: [],
  };
}

/**
 * Takes the next pair of the channel in, in the order of its appends. Returns a shift that it has made certain. Where a pair
 * stands for all records of a second, `steps` says how event time went on between them.
 */
export function watchForStep(watch: StepWatch, pair: Pair, seenMs: number, steps?: EventSteps): FloorShift | undefined {
  const gapMs = watch.last === undefined ? 0 : pair.fromMs - watch.last.fromMs;
  const eventSteps = steps ?? { leastMs: gapMs, mostMs: gapMs };
  watch.last = pair;
  const found = watch.line === undefined ? undefined : place(watch, watch.line, pair, seenMs, eventSteps);
  if (watch.line === undefined) learn(watch, pair);
  if (found === undefined) {
    rememberGap(watch, eventSteps.mostMs);
    if (steps !== undefined) rememberGap(watch, eventSteps.leastMs);
  }
  refine(watch);
  return found;
}

function place(
  watch: StepWatch,
  line: FloorLine,
  pair: Pair,
  seenMs: number,
  steps: EventSteps,
): FloorShift | undefined {
  const floor = floorAt(line, pair.toMs);
  const heightMs = pair.toMs - pair.fromMs - floor.gapMs;
  const seen: Seen = { ...pair, seenMs, heightMs };
  // All records known lie above the line. Rounding, a line that has seen few and an unsure slope bring honest ones below.
  const unsureMs = floor.errorMs * Math.min(1, Math.max(0.5, limits.learnMs / line.spanMs));
  const lowMs = 1.5 * watch.quantumMs + (0.5 + limits.learnSeconds / line.count) * line.hugMs + unsureMs;
  if (heightMs < -lowMs && !isStillSizing(watch, seen)) {
    land(watch);
    watch.below ??= createExcursion();
    extendExcursion(watch.below, seen, leapMs(watch, steps));
    return confirmBelow(watch, watch.below);
  }
  if (watch.below !== undefined) {
    watch.below.count += 1;
    if (isStray(watch.below, pair.toMs)) watch.below = undefined;
  }
  const ranBackMs = backMs(watch, steps);
  // Half of all seconds have a record no higher than the hug.
  const highMs = 1.5 * watch.quantumMs + 1.5 * line.hugMs + unsureMs;
  if (heightMs > highMs && watch.below === undefined) {
    watch.above ??= createExcursion();
    extendExcursion(watch.above, seen, Math.max(ranBackMs, takeRanBack(watch, pair)));
    return confirmAbove(watch, watch.above, line.hugMs, highMs);
  }
  land(watch);
  if (ranBackMs > 2 * watch.quantumMs) keepRanBack(watch, ranBackMs, pair);
  watch.onFloor += (1 - watch.onFloor) / limits.shareRecords;
  learn(watch, pair);
  return undefined;
}

/**
 * Below the floor: three records are proof enough if hardly any other came meanwhile. Of a step narrower than the jitter
 * only the lowest record of each second shows.
 */
function confirmBelow(watch: StepWatch, below: Excursion): FloorShift | undefined {
  const { records } = below;
  if (records.length < limits.fewRecords) return undefined;
  const spanSeconds = secondOf(records[records.length - 1]!) - secondOf(records[0]!) + 1;
  const mostSeconds = spanSeconds >= limits.fewSeconds && secondsOf(records) * 3 >= spanSeconds * 2;
  if (records.length * 2 < below.count && !mostSeconds) return undefined;
  const byMs = -lowestMs(records);
  // One leap of event time beyond its usual gaps: a delay that shrinks leaves event time alone.
  const kind = below.jumpMs > byMs / 2 ? 'clockStep' : 'floorMoved';
  return shift(watch, kind, records[0]!, records, byMs);
}

/** Most records, and most seconds, are where they were: a few with a wild event time do not move a floor. */
function isStray(below: Excursion, atMs: number): boolean {
  const spanSeconds = Math.floor(atMs / 1000) - secondOf(below.records[0]!) + 1;
  const fewRecords = below.records.length * 2 < below.count;
  return fewRecords && spanSeconds >= limits.fewSeconds && secondsOf(below.records) * 2 < spanSeconds;
}

/**
 * Above the floor: at once if event time ran backwards by most of it; else when it has stayed there for long, and records
 * come as close to the new floor as they did to the old one. Under congestion they scatter.
 */
function confirmAbove(watch: StepWatch, above: Excursion, hugMs: number, highMs: number): FloorShift | undefined {
  const { records } = above;
  const last = records[records.length - 1]!;
  const sinceJump = records.slice(above.jumpAt, above.jumpAt + limits.fewRecords + 1);
  if (above.jumpMs > 2 * watch.quantumMs && sinceJump.length === limits.fewRecords) {
    const upMs = lowestMs(sinceJump);
    if (isOfRise(above.jumpMs, upMs, watch)) return shift(watch, 'clockStep', sinceJump[0]!, sinceJump, -upMs);
  }
  if (last.toMs - records[0]!.toMs < limits.stayMs || secondsOf(records) < limits.staySeconds) return undefined;
  const lately = records.filter(({ toMs }) => toMs > last.toMs - limits.stayMs);
  const used = secondsOf(lately) >= limits.staySeconds ? lately : records;
  const floorMs = lowestMs(used);
  const onFloor = used.filter(({ heightMs }) => heightMs <= floorMs + highMs).length / used.length;
  if (onFloor < watch.onFloor / 2 || hugOf(used) > watch.quantumMs + 1.5 * hugMs) return undefined;
  const ranBack = above.jumpMs > 2 * watch.quantumMs && isOfRise(above.jumpMs, floorMs, watch);
  return shift(watch, ranBack ? 'clockStep' : 'floorMoved', records[0]!, used, -floorMs);
}

/** A clock that is set back makes event time run backwards by what the floor rises, less the time between two records. */
function isOfRise(jumpMs: number, riseMs: number, { quantumMs }: StepWatch): boolean {
  return jumpMs * 2 > riseMs && jumpMs <= riseMs + 2 * quantumMs;
}

function shift(
  watch: StepWatch,
  kind: FloorShift['kind'],
  first: Seen,
  records: readonly Seen[],
  byMs: number,
): FloorShift {
  const last = records[records.length - 1]!;
  const found: FloorShift = {
    kind,
    atMs: first.toMs,
    detectedAtMs: last.toMs,
    seenMs: last.seenMs,
    byMs,
    settled: false,
  };
  watch.shifts.push(found);
  if (watch.shifts.length > limits.maxShifts) watch.shifts.shift();
  // The clock was set, not mended: it still drifts as it did, on another floor.
  const line = watch.line!;
  watch.line = { ...line, gapMs: line.gapMs - byMs };
  watch.past = watch.floor.points;
  watch.floor = createFloor(limits.windowMs);
  for (const record of records) addToFloor(watch.floor, record);
  watch.below = undefined;
  watch.above = undefined;
  return found;
}

/** The records above turned out to be a delay that has passed. */
function land(watch: StepWatch): void {
  if (watch.above === undefined) return;
  for (const record of watch.above.records) {
    addToFloor(watch.floor, record);
    watch.onFloor -= watch.onFloor / limits.shareRecords;
  }
  watch.above = undefined;
}

function learn(watch: StepWatch, pair: Pair): void {
  const { points } = watch.floor;
  const before = points[points.length - 1];
  addToFloor(watch.floor, pair);
  if (before !== undefined && points[points.length - 1]! === before) return;
  // A new floor has a past of its own only after a while; till then it leans on the slope of the old one.
  if (watch.shifts.some(({ settled }) => !settled)) return;
  if (watch.line !== undefined && Math.abs(pair.toMs - watch.fittedMs) < watch.refitMs) return;
  // The latest points are what is being judged: a single one below the line would pull its end down to itself.
  const judgedMs = points[points.length - 1]!.atMs - (watch.line === undefined ? 0 : limits.judgeMs);
  let known = points.length;
  while (known > 0 && points[known - 1]!.atMs > judgedMs) known -= 1;
  if (known < limits.learnSeconds || points[known - 1]!.atMs - points[0]!.atMs < limits.learnMs) return;
  const line = floorLine(points.slice(0, known), watch.quantumMs);
  // No clock drifts like that: a queue was filling or draining, and says nothing of the floor.
  if (line !== undefined && (watch.line !== undefined || Math.abs(line.slope) * 1e6 <= fastestClockPpm)) {
    watch.line = line;
    watch.fittedMs = pair.toMs;
  }
}

/** A lower record soon after a shift says that its floor was taken too high, unless it undoes most of it. */
function isStillSizing(watch: StepWatch, seen: Seen): boolean {
  const latest = watch.shifts[watch.shifts.length - 1];
  if (latest === undefined || latest.settled) return false;
  return seen.toMs - latest.detectedAtMs < limits.sizeMs && -seen.heightMs * 2 < Math.abs(latest.byMs);
}

/** The first records on a new floor are above it, like all: its size is known when some seconds of them have come. */
function refine(watch: StepWatch): void {
  const open = watch.shifts[watch.shifts.length - 1];
  if (open === undefined || open.settled || watch.line === undefined) return;
  const { points } = watch.floor;
  let aboveMs = Number.POSITIVE_INFINITY;
  for (const point of points) aboveMs = Math.min(aboveMs, point.gapMs - floorAt(watch.line, point.atMs).gapMs);
  if (aboveMs < 0) {
    open.byMs -= aboveMs;
    watch.line = { ...watch.line, gapMs: watch.line.gapMs + aboveMs };
  }
  const spanMs = points[points.length - 1]!.atMs - points[0]!.atMs;
  if (points.length < limits.settleSeconds || spanMs < limits.learnMs) return;
  open.settled = true;
  // What is known of the old floor holds for the new one, moved by the step; unless the `to` clock itself was set back.
  const moved = watch.past.map(({ atMs, gapMs }) => ({ atMs, gapMs: gapMs - open.byMs }));
  watch.past = [];
  const firstMs = points[0]!.atMs;
  points.unshift(...moved.filter(({ atMs }) => atMs < firstMs && atMs > firstMs + spanMs - limits.windowMs));
}
