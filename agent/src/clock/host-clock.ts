import { type ClockStep, createHostClockWatch, epochNow, lookAtHostClock } from '@tidemark/core';

/** This process's view of its host's clock: the only place of the agent that pairs `Date.now` with the monotonic clock. */
export interface HostClock {
  /** Looks now and returns the epoch that a stamp taken right after belongs to; undefined while the clock is being moved. */
  epoch(): number | undefined;
  /** The wall clock at the next millisecond's edge, finer than `Date.now` can say. Spins for at most that millisecond. */
  edge(): ClockEdge;
  takeSteps(): ClockStep[];
  stop(): void;
}

export interface ClockEdge {
  readonly monotonicNs: bigint;
  readonly wallNs: bigint;
  /** How far `wallNs` may be off at `monotonicNs`. */
  readonly errorNs: bigint;
}

/** Often enough to tell a slew, which goes on, from a step. */
const lookEveryMs = 200;
const maxSteps = 64;

/** `onStep` is called as soon as a step is seen, before its size is known. */
export function startHostClock(onStep: () => void = () => undefined): HostClock {
  const watch = createHostClockWatch();
  let steps: ClockStep[] = [];

  const look = (): void => {
    const monotonicBeforeMs = monotonicMs();
    const wallMs = Date.now();
    const { epoch } = watch;
    const step = lookAtHostClock(watch, { monotonicBeforeMs, wallMs, monotonicAfterMs: monotonicMs() });
    if (watch.epoch !== epoch) onStep();
    if (step !== undefined && steps.length < maxSteps) steps.push(step);
  };
  look();
  const timer = setInterval(look, lookEveryMs).unref();

  return {
    epoch() {
      look();
      return epochNow(watch);
    },
    edge: readEdge,
    takeSteps() {
      const taken = steps;
      steps = [];
      return taken;
    },
    stop: () => clearInterval(timer),
  };
}

/** Another try when the process was interrupted at the edge; the last one counts whatever it is worth. */
function readEdge(): ClockEdge {
  let edge = spinToEdge();
  for (let tries = 1; tries < 3 && edge.errorNs > 50_000n; tries++) edge = spinToEdge();
  return edge;
}

function spinToEdge(): ClockEdge {
  // The edge is after the last look that did not see it began, and before the first that saw it ended.
  let earliestNs = process.hrtime.bigint();
  const startMs = Date.now();
  // Bounded, because a clock that is set back at this moment, or a frozen one in a test, shows no edge.
  for (let spins = 0; spins < 100_000; spins++) {
    const beforeNs = process.hrtime.bigint();
    const nowMs = Date.now();
    const afterNs = process.hrtime.bigint();
    if (nowMs !== startMs) {
      const halfNs = (afterNs - earliestNs) / 2n;
      return { monotonicNs: earliestNs + halfNs, wallNs: BigInt(nowMs) * 1_000_000n, errorNs: halfNs + 1_000n };
    }
    earliestNs = beforeNs;
  }
  return { monotonicNs: earliestNs, wallNs: BigInt(startMs) * 1_000_000n + 500_000n, errorNs: 500_000n };
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
