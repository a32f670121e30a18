import { isTickDue, lookForNewsEveryMs } from '@tidemark/core';
import { heartbeatFrame } from './board.ts';
import type { Collector } from './collector.ts';

/** The collector's only look at the clock. */
export const systemNowMs = (): number => Date.now();

const heartbeatMs = 15_000;

/** A tick at once and then every `tickMs`, and out of turn when there is news. Returns what stops it. */
export function startTicking({ intake, state, streams, nowMs }: Collector, tickMs: number): () => void {
  const tick = () => void intake.tick(nowMs());
  tick();
  const ticking = setInterval(tick, tickMs);
  // With a store a tick takes until it is on the disk; news that waits for it is not news twice.
  let isJudging = false;
  const look = async () => {
    const atMs = nowMs();
    if (isJudging || !isTickDue(state, atMs)) return;
    isJudging = true;
    await intake.tick(atMs);
    isJudging = false;
  };
  intake.onAccepted = () => void look();
  const looking = setInterval(() => void look(), lookForNewsEveryMs);
  const beating = setInterval(() => streams.sendAll(heartbeatFrame), heartbeatMs);
  return () => {
    clearInterval(ticking);
    clearInterval(looking);
    clearInterval(beating);
  };
}
