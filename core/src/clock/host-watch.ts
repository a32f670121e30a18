/**
 * Has this host's clock been set? Seen by the host itself, from looks [monotonic before, wall, monotonic after].
 *
 * Comparing the wall clock's advance with the monotonic one's mistakes a pause between the two reads for a step. A look
 * instead *bounds* wall − monotonic, widely if a pause fell into it; what is known of it before, widened by the rate at which
 * the two may part, must meet it. If they do not, the clock was set: no pause can do that. Blind to slewing (the kernel
 * slews both clocks) and to steps below the sum of two widths, about 2 ms.
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
  /** Steps so far: counted at once, also while the size is still being found. */
  epoch: number;
  /** Wall − monotonic at the last look. */
  gap: Interval | undefined;
  lookedAtMs: number;
  /** A step that was seen and not yet sized: looks without a pause are waited for. */
  pending: PendingStep | undefined;
}

interface PendingStep {
  readonly atMs: number;
  /** The gap before the step. */
  readonly before: Interval;
  looks: number;
}

/** 500 ppm is the most that a kernel slews its clock by against the raw oscillator. */
export function createHostClockWatch(maxRatePpm = 500): HostClockWatch {
  return { maxRatePpm, epoch: 0, gap: undefined, lookedAtMs: 0, pending: undefined };
}

/** Takes a look in; returns the step whose size has become known by it. */
export function lookAtHostClock(watch: HostClockWatch, look: HostClockLook): HostClockStepSeen | undefined {
  const seen: Interval = {
    lowMs: look.wallMs - look.monotonicAfterMs,
    highMs: look.wallMs + 1 - look.monotonicBeforeMs,
  };
  if (watch.gap === undefined) {
    watch.gap = seen;
    watch.lookedAtMs = look.monotonicAfterMs;
    return undefined;
  }
  const aged = widen(watch.gap, { ageMs: look.monotonicAfterMs - watch.lookedAtMs, driftPpm: watch.maxRatePpm });
  const both = intersect(aged, seen);
  let found: HostClockStepSeen | undefined;
  if (both === undefined) {
    // A second step before the first was sized: the first is reported with what is known.
    if (watch.pending !== undefined) found = sized(watch.pending, watch.gap, watch.epoch);
    watch.epoch += 1;
    watch.pending = { atMs: look.wallMs, before: watch.gap, looks: 0 };
  }
  watch.gap = both ?? seen;
  watch.lookedAtMs = look.monotonicAfterMs;
  const pending = watch.pending;
  if (pending !== undefined && found === undefined) {
    pending.looks += 1;
    if (widthMs(watch.gap) <= sharpMs || pending.looks >= patienceLooks) {
      found = sized(pending, watch.gap, watch.epoch);
      watch.pending = undefined;
    }
  }
  return found;
}

/** A look is sharp when hardly more than the rounding of the wall clock blurs it. */
const sharpMs = 3;
const patienceLooks = 3;

function sized(step: PendingStep, gap: Interval, epoch: number): HostClockStepSeen {
  return { atMs: step.atMs, byMs: middleMs(gap) - middleMs(step.before), epoch };
}
