/**
 * Has this host's clock been set? Seen by the host itself, from looks [monotonic before, wall, monotonic after].
 *
 * Comparing the wall clock's advance with the monotonic one's mistakes a pause between the two reads for a step. A look
 * instead *bounds* wall − monotonic, widely if a pause fell into it; what is known of it before, widened by the rate at which
 * the two may part, must meet it. If they do not, the clock was moved: no pause can do that. Moved at once is a step; moved
 * again and again at a rate that a time daemon slews with is a slew, which is no alarm and starts no epoch.
 *
 * Blind to the kernel's own slewing, which moves both clocks, and to steps below the sum of two widths, about 2 ms.
 */
import { type Interval, intersect, middleMs, widen, widthMs } from '../interval.ts';

export interface HostClockLook {
  readonly monotonicBeforeMs: number;
  /** Whole milliseconds, rounded down, as `Date.now()` says them. */
  readonly wallMs: number;
  readonly monotonicAfterMs: number;
}

export interface HostClockStepSeen {
  /** The wall clock at the first look after the step. */
  readonly atMs: number;
  /** > 0: forward. */
  readonly byMs: number;
  readonly epoch: number;
}

/** Owned and changed by `lookAtHostClock`. */
export interface HostClockWatch {
  readonly maxRatePpm: number;
  /** Steps so far. */
  epoch: number;
  /** Wall − monotonic at the last look. */
  gap: Interval | undefined;
  lookedAtMs: number;
  moving: Movement | undefined;
}

/** The clock has been moved and it is not known yet how: by a step that is to be sized, or by a slew that goes on. */
interface Movement {
  readonly atMs: number;
  readonly before: Interval;
  /** Faster than any slew: a step, and its epoch has begun. */
  readonly isStep: boolean;
  readonly forward: boolean;
  /** Looks that contradicted the one before, and when the last of them was, on the monotonic clock. */
  jumps: number;
  jumpedMs: number;
  /** Looks since then that a slew would have contradicted. */
  calm: number;
}

/** chronyd slews by at most 83 333 ppm. */
const fastestSlewPpm = 100_000;
/** In less time a slew moves the clock by less than can be told: such a look says nothing of whether it goes on. */
const calmAfterMs = 100;
/** Of the wall clock. */
const roundingMs = 1;
/** A look is sharp when hardly more than the rounding of the wall clock blurs it. */
const sharpMs = 3;
const patienceLooks = 2;

/** 500 ppm is the most that wall and monotonic clock part by without anybody moving one of them. */
export function createHostClockWatch(maxRatePpm = 500): HostClockWatch {
  return { maxRatePpm, epoch: 0, gap: undefined, lookedAtMs: 0, moving: undefined };
}

/** The epoch of a stamp that is taken right after a look; undefined while it cannot be said. */
export function epochNow(watch: HostClockWatch): number | undefined {
  return watch.moving?.isStep === false ? undefined : watch.epoch;
}

/** Takes a look in; returns the step that has become certain and sized by it. */
export function lookAtHostClock(watch: HostClockWatch, look: HostClockLook): HostClockStepSeen | undefined {
  const seen: Interval = {
    lowMs: look.wallMs - look.monotonicAfterMs,
    highMs: look.wallMs + 1 - look.monotonicBeforeMs,
  };
  const before = watch.gap;
  const ageMs = look.monotonicAfterMs - watch.lookedAtMs;
  const both = before === undefined ? seen : intersect(widen(before, { ageMs, driftPpm: watch.maxRatePpm }), seen);
  watch.gap = both ?? seen;
  watch.lookedAtMs = look.monotonicAfterMs;
  if (before !== undefined && both === undefined) return jump(watch, { before, seen, ageMs, atMs: look.wallMs });
  const { moving } = watch;
  if (moving === undefined || look.monotonicBeforeMs - moving.jumpedMs < calmAfterMs) return undefined;
  return rest(watch, moving, watch.gap);
}

interface Jump {
  readonly before: Interval;
  readonly seen: Interval;
  readonly ageMs: number;
  readonly atMs: number;
}

function jump(watch: HostClockWatch, { before, seen, ageMs, atMs }: Jump): HostClockStepSeen | undefined {
  const forward = middleMs(seen) > middleMs(before);
  // The least that it was moved by just now: what the rounding had hidden may have come about before.
  const leastMs = (forward ? seen.lowMs - before.highMs : before.lowMs - seen.highMs) - roundingMs;
  const isStep = leastMs * 1e6 > fastestSlewPpm * ageMs;
  const { moving, lookedAtMs: jumpedMs } = watch;
  if (moving !== undefined && !moving.isStep && !isStep && moving.forward === forward) {
    moving.jumps += 1;
    moving.jumpedMs = jumpedMs;
    moving.calm = 0;
    return undefined;
  }
  // A second movement before the first was sized: the first is told with what is known.
  const first = moving === undefined ? undefined : finish(watch, moving, before);
  if (isStep) watch.epoch += 1;
  watch.moving = { atMs, before, isStep, forward, jumps: 1, jumpedMs, calm: 0 };
  return first;
}

function rest(watch: HostClockWatch, moving: Movement, gap: Interval): HostClockStepSeen | undefined {
  moving.calm += 1;
  if (widthMs(gap) > sharpMs && moving.calm < patienceLooks) return undefined;
  return finish(watch, moving, gap);
}

function finish(watch: HostClockWatch, moving: Movement, gap: Interval): HostClockStepSeen | undefined {
  watch.moving = undefined;
  if (moving.jumps > 1) return undefined;
  if (!moving.isStep) watch.epoch += 1;
  return { atMs: moving.atMs, byMs: middleMs(gap) - middleMs(moving.before), epoch: watch.epoch };
}
