import { assess, isTickDue, lookForNewsEveryMs, seriesBetween } from '@tidemark/core';
import { heartbeatFrame } from './board.ts';
import type { Collector } from './collector.ts';

/** The collector's only look at the clock. */
export const systemNowMs = (): number => Date.now();

const heartbeatMs = 15_000;

/** Judges what has come in and tells the open pages. A fault is counted and said; the last assessment is still served. */
export function tick({ state, board, streams, metrics, nowMs, log }: Collector): void {
  const startedMs = performance.now();
  try {
    const assessment = assess(board.assessment, state, nowMs());
    board.post(assessment, seriesBetween(state, assessment.revisedFromMs, assessment.nowMs));
    if (streams.size > 0) streams.sendAll(board.tickFrame());
  } catch (error) {
    metrics.health.failed('tick');
    log.error({ err: error }, 'a tick failed');
  }
  metrics.health.ticked(performance.now() - startedMs);
}

/** A tick at once and then every `tickMs`, and out of turn when there is news. Returns what stops it. */
export function startTicking(collector: Collector, tickMs: number): () => void {
  tick(collector);
  const ticking = setInterval(() => tick(collector), tickMs);
  let lastMs = Number.NaN;
  const looking = setInterval(() => {
    const nowMs = collector.nowMs();
    if (!isTickDue(collector.state, { nowMs, lastMs })) return;
    lastMs = nowMs;
    tick(collector);
  }, lookForNewsEveryMs);
  const beating = setInterval(() => collector.streams.sendAll(heartbeatFrame), heartbeatMs);
  return () => {
    clearInterval(ticking);
    clearInterval(looking);
    clearInterval(beating);
  };
}
