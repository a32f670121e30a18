import { type audit, formatCount } from '@tidemark/core';
import type { ObjectiveResult, PolicyReport } from './report-shape.ts';
import { countOf } from './slack-reading.ts';

type Found = Pick<PolicyReport, 'records' | 'dropped' | 'windows'>;

/** Each objective against what was found. One about windows, where none can be told apart, is missed: it was not met. */
export function missedObjectives(objective: audit.Objective | undefined, found: Found): ObjectiveResult[] {
  const results: ObjectiveResult[] = [];
  const { records, dropped, windows } = found;
  if (objective?.maxDropped !== undefined) {
    results.push(amountResult('maxDropped', objective.maxDropped, dropped, records));
  }
  if (objective?.maxWindowsTouched !== undefined) {
    results.push(
      windows === undefined
        ? unknown('maxWindowsTouched', amountText(objective.maxWindowsTouched))
        : amountResult('maxWindowsTouched', objective.maxWindowsTouched, windows.touched, windows.windows),
    );
  }
  if (objective?.maxWindowError !== undefined) {
    const allowed = percent(objective.maxWindowError);
    const error = windows?.touched === 0 ? 0 : windows?.worst[0]?.error;
    results.push(
      error === undefined
        ? unknown('maxWindowError', allowed)
        : { objective: 'maxWindowError', allowed, found: percent(error), isMet: error <= objective.maxWindowError },
    );
  }
  return results;
}

function amountResult(
  objective: keyof audit.Objective,
  allowed: audit.Amount,
  found: number,
  of: number,
): ObjectiveResult {
  const share = of === 0 ? '' : ` (${percent(found / of)})`;
  return {
    objective,
    allowed: amountText(allowed),
    found: `${formatCount(found)}${share}`,
    isMet: found <= countOf(allowed, of),
  };
}

function unknown(objective: keyof audit.Objective, allowed: string): ObjectiveResult {
  return { objective, allowed, found: 'not known for these windows', isMet: false };
}

function amountText(amount: audit.Amount): string {
  return amount.kind === 'count' ? formatCount(amount.count) : percent(amount.share);
}

export function percent(share: number): string {
  if (share === 0) return '0 %';
  const value = share * 100;
  return `${value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toPrecision(2)} %`;
}
