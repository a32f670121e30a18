import type { AuditSettings } from '@tidemark/config';
import { audit, formatCount, formatDuration } from '@tidemark/core';
import { quantilesOf } from './quantiles.ts';
import type { AdviceReport, CurveReport, WindowsReport } from './report-shape.ts';

/** What the curve of a policy says, and what to make of it. */
export function slackReading(
  policy: audit.PolicyAudit,
  settings: Pick<AuditSettings, 'budget' | 'costs'>,
  windows: WindowsReport | undefined,
): { readonly curve: CurveReport; readonly advice: AdviceReport } {
  const { spec } = policy.policy;
  const points = policy.points();
  const budget = settings.budget && countOf(settings.budget, policy.records);
  const slackFor = (maxRecords: number): number => policy.curve.slackFor(maxRecords);
  const advice = audit.advise({
    windows: windows?.windows,
    points,
    slackFor,
    budget,
    costs: settings.costs,
  });
  const none = points[0]?.recordsWithDrop ?? 0;
  const { perDrop } = settings.costs;
  const dropped = policy.lost + policy.partly;
  return {
    curve: {
      method: policy.curve.method,
      points: points.map(({ graceMs, recordsWithDrop, recordsLost, droppedWindows }) => ({
        slackMs: graceMs,
        dropped: recordsWithDrop,
        lost: recordsLost,
        windows: droppedWindows,
        openWindows: audit.hasGrid(spec) ? openWindows(spec.window, graceMs) : undefined,
      })),
      zeroAtMs: slackFor(0),
    },
    advice: {
      ...advice,
      budget,
      likelihood: policy.records === 0 ? 0 : none / policy.records,
      delay: quantilesOf(policy.lateness),
      impact: {
        worstError: windows?.worst[0]?.error,
        windowsTouched: windows?.touched,
        cost: perDrop === undefined ? undefined : perDrop * dropped,
      },
      sentence: sentence(advice),
    },
  };
}

export function countOf(amount: audit.Amount, of: number): number {
  return amount.kind === 'count' ? amount.count : Math.floor(amount.share * of);
}

/** How many windows of a key are open at a time: the state that a grace costs. */
function openWindows(window: { readonly sizeMs: number; readonly advanceMs?: number }, graceMs: number): number {
  return Math.ceil((window.sizeMs + graceMs) / (window.advanceMs ?? window.sizeMs));
}

function sentence({ recommended, reason }: audit.Advice): string {
  const { kind, slackMs, dropped } = recommended;
  const loses = dropped === 0 ? 'loses nothing' : `loses ${formatCount(dropped)} records`;
  const advised = {
    drop: 'Drop: no grace at all',
    wait: `Wait ${formatDuration(slackMs)} before a result goes out`,
    grace: `Emit at once and correct for ${formatDuration(slackMs)} (grace)`,
  }[kind];
  return `${advised}: it ${loses}, and ${reason}.`;
}
