import { type ClockStep, createHostClockWatch, lookAtHostClock } from '@tidemark/core';

/** This process's view of its host's clock: the only place of the agent that pairs `Date.now` with the monotonic clock. */
export interface HostClock {
  /** Looks now and returns the epoch: a stamp taken right after belongs to it. */
  epoch(): number;
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

const lookEveryMs = 1000;
const maxSteps = 64;

export function startHostClock(): HostClock {
  const watch = createHostClockWatch();
  let steps: ClockStep[] = [];

  const look = (): void => {
    const monotonicBeforeMs = monotonicMs();
    const wallMs = Date.now();
    const step = lookAtHostClock(watch, { monotonicBeforeMs, wallMs, monotonicAfterMs: monotonicMs() });
    if (step !== undefined && steps.length < maxSteps) steps.push(step);
  };
  look();
  const timer = setInterval(look, lookEveryMs).unref();

  return {
    epoch() {
      look();
      return watch.epoch;
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

function readEdge(): ClockEdge {
  const startMs = Date.now();
  let beforeNs = process.hrtime.bigint();
  // Bounded, because a clock that is set back at this moment, or a frozen one in a test, shows no edge.
  for (let spins = 0; spins < 100_000; spins++) {
    const nowMs = Date.now();
    const afterNs = process.hrtime.bigint();
    if (nowMs !== startMs) {
      const halfNs = (afterNs - beforeNs) / 2n;
      return { monotonicNs: beforeNs + halfNs, wallNs: BigInt(nowMs) * 1_000_000n, errorNs: halfNs + 1_000n };
    }
    beforeNs = afterNs;
  }
  return { monotonicNs: beforeNs, wallNs: BigInt(startMs) * 1_000_000n + 500_000n, errorNs: 500_000n };
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
