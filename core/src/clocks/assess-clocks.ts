/** The clocks' part of a tick: steps each time, all else each 10 s. */
import { settleFindings } from '../findings/settle.ts';
import type { State } from '../ingest/state.ts';
import { feedSeconds } from './channels.ts';
import { solvedDrafts, solvedRules, stepDrafts, stepRules } from './clock-findings.ts';
import { clockLimits } from './clock-fold.ts';
import { forgetClock } from './forget-clock.ts';
import type { KnownClock } from './known-clock.ts';
import { solveAll, solveEveryMs } from './solve-clocks.ts';
import { noteFoundSteps } from './steps-seen.ts';

export function assessClocks(state: State, nowMs: number): readonly KnownClock[] {
  const { clocks: fold, findings } = state;
  forgetGone(state, nowMs);
  feedSeconds(fold, nowMs);
  noteFoundSteps(fold, nowMs);
  settleFindings(findings, stepRules, stepDrafts(fold, nowMs), nowMs);
  if (Math.floor(nowMs / solveEveryMs) !== Math.floor(fold.solvedAtMs / solveEveryMs)) {
    const graceMs = smallestGrace(state);
    solveAll(fold, { nowMs, graceMs });
    settleFindings(findings, solvedRules, solvedDrafts(fold, findings, graceMs, nowMs), nowMs);
    state.revisedFromMs = Math.min(state.revisedFromMs, fold.history.at(-1)!.atMs);
  }
  return fold.known;
}

/** A policy without any grace asks for more than clocks can give: it is judged by the others. */
function smallestGrace({ tasks }: State): number | undefined {
  let graceMs: number | undefined;
  for (const { policies } of tasks.values()) {
    for (const policy of policies) {
      if (policy.graceMs > 0 && (graceMs === undefined || policy.graceMs < graceMs)) graceMs = policy.graceMs;
    }
  }
  return graceMs;
}

function forgetGone({ clocks: fold }: State, nowMs: number): void {
  for (const [id, { seenAtMs }] of fold.clocks) if (nowMs - seenAtMs > clockLimits.forgetMs) forgetClock(fold, id);
}
