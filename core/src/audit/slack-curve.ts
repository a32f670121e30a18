import { GraceCurve, type GracePoint } from '../dialects/grace-curve.ts';
import type { PolicySpec } from '../dialects/policy-spec.ts';
import { flinkGrid } from '../dialects/windows.ts';
import { withSlack } from './audit-policy.ts';
import type { Audited } from './audited.ts';
import { gridOf, hasGrid } from './grid-run.ts';
import type { Judgement, PolicyRun } from './judgement.ts';
import { policyRun } from './policy-run.ts';

/** What every slack would have cost, and how that was found. */
export interface SlackCurve {
  /** `onePass`: of what judged each record. `replay`: each slack in a run of its own, since sessions depend on it. */
  readonly method: 'onePass' | 'replay';
  takeJudged(judgement: Readonly<Judgement>): void;
  /** Of a task; only a replay looks at it. */
  takeRecord(record: Audited, index: number, task: number, partitionCount: number): void;
  points(): GracePoint[];
  slackFor(maxRecords: number): number;
}

export const maxReplayedSlacks = 16;

export function slackCurve(spec: PolicySpec, slacksMs: readonly number[]): SlackCurve {
  if (hasGrid(spec)) return new OnePassCurve(new GraceCurve(gridOf(spec), slacksMs), undefined);
  if (spec.window.kind === 'sliding')
    return new OnePassCurve(new GraceCurve(unused, slacksMs), spec.window.differenceMs + 1);
  // Beam judges a record by its own window before any merging.
  if (spec.engine === 'beam')
    return new OnePassCurve(new GraceCurve(unused, slacksMs), spec.window.kind === 'session' ? spec.window.gapMs : 0);
  return new ReplayedCurve(spec, slacksMs);
}

const unused = flinkGrid({ kind: 'tumbling', sizeMs: 1 });

class OnePassCurve implements SlackCurve {
  readonly method = 'onePass';
  readonly #curve: GraceCurve;
  /** Where records are judged by themselves: refused by every slack up to `observed - event - this`. */
  readonly #ownMs: number | undefined;

  constructor(curve: GraceCurve, ownMs: number | undefined) {
    this.#curve = curve;
    this.#ownMs = ownMs;
  }

  takeJudged({ eventMs, observedMs, skipped }: Readonly<Judgement>): void {
    if (skipped !== undefined) return;
    if (this.#ownMs === undefined) this.#curve.judge(eventMs, observedMs);
    else this.#curve.refuse(observedMs - eventMs - this.#ownMs);
  }

  takeRecord(): void {}

  points(): GracePoint[] {
    return this.#curve.points();
  }

  slackFor(maxRecords: number): number {
    return this.#curve.graceFor(maxRecords);
  }
}

/** Bounded: a run each for so many slacks, spread over those that were asked for. */
class ReplayedCurve implements SlackCurve {
  readonly method = 'replay';
  readonly #spec: PolicySpec;
  readonly #slacksMs: readonly number[];
  readonly #runs: PolicyRun[][] = [];
  readonly #drops: number[];

  constructor(spec: PolicySpec, slacksMs: readonly number[]) {
    const sorted = [...new Set(slacksMs)].sort((one, other) => one - other);
    const step = Math.max(1, (sorted.length - 1) / (maxReplayedSlacks - 1));
    const picked = Array.from({ length: maxReplayedSlacks }, (_, i) => sorted[Math.round(i * step)]);
    this.#spec = spec;
    this.#slacksMs = [...new Set(picked.filter((ms) => ms !== undefined))];
    this.#drops = this.#slacksMs.map(() => 0);
  }

  takeJudged(): void {}

  takeRecord(record: Audited, index: number, task: number, partitionCount: number): void {
    const runs = (this.#runs[task] ??= this.#slacksMs.map((ms) =>
      policyRun(withSlack(this.#spec, ms), { partitionCount, hasKeys: true }),
    ));
    for (let at = 0; at < runs.length; at++) {
      const run = runs[at]!;
      run.take(record, index);
      if (run.judgement.isLost) this.#drops[at]!++;
    }
  }

  points(): GracePoint[] {
    return this.#slacksMs.map((graceMs, at) => ({
      graceMs,
      droppedWindows: this.#drops[at]!,
      recordsWithDrop: this.#drops[at]!,
      recordsLost: this.#drops[at]!,
    }));
  }

  /** Of those that were replayed; beyond the last one nothing is known, and that one is given. */
  slackFor(maxRecords: number): number {
    const at = this.#drops.findIndex((drops) => drops <= maxRecords);
    return this.#slacksMs[at < 0 ? this.#slacksMs.length - 1 : at] ?? 0;
  }
}
