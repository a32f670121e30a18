import type { PolicySpec } from '../dialects/policy-spec.ts';
import type { TimeWindowShape, WindowGrid } from '../dialects/windows.ts';
import { type AuditPolicy, taskKeyOf } from './audit-policy.ts';
import { type Audited, createAudited, type Directory } from './audited.ts';
import { GridRun, gridOf } from './grid-run.ts';
import type { PolicyRun } from './judgement.ts';

export const timeChoices = ['event', 'broker', 'consumer', 'processing'] as const;
export type TimeChoice = (typeof timeChoices)[number];

export type GridPolicy = AuditPolicy & { readonly spec: PolicySpec & { readonly window: TimeWindowShape } };

/** What a policy would have done, had it judged by this time. */
export interface ChoiceOutcome {
  readonly choice: TimeChoice;
  readonly records: number;
  readonly late: number;
  readonly dropped: number;
  /** Counted, but in another window than the one that it happened in. */
  readonly misplaced: number;
}

const timeOf: { readonly [C in TimeChoice]: (record: Audited) => number } = {
  event: ({ eventMs }) => eventMs,
  broker: ({ appendMs }) => appendMs,
  consumer: ({ fetchedMs }) => fetchedMs,
  processing: ({ processedMs }) => processedMs,
};

/**
 * The same policy by another time. The later the clock that stamps, the fewer records are late, and the more are counted in a
 * window that they do not belong to: this is that trade, in numbers. A choice whose time a record lacks ends there.
 */
export class TimeChoices {
  readonly #policy: AuditPolicy;
  readonly #directory: Directory;
  readonly #runs: Choice[];

  constructor(policy: GridPolicy, directory: Directory, choices: readonly TimeChoice[]) {
    this.#policy = policy;
    this.#directory = directory;
    this.#runs = choices.map((choice) => new Choice(choice, policy));
  }

  take(record: Audited): void {
    const task = taskKeyOf(this.#policy.tasks, this.#directory.places[record.place]!);
    for (const run of this.#runs) run.take(record, task);
  }

  outcomes(): ChoiceOutcome[] {
    return this.#runs.map((run) => run.outcome());
  }
}

class Choice {
  readonly #choice: TimeChoice;
  readonly #policy: GridPolicy;
  readonly #grid: WindowGrid;
  readonly #runs = new Map<string, PolicyRun>();
  readonly #scratch = createAudited();
  #records = 0;
  #late = 0;
  #dropped = 0;
  #misplaced = 0;

  constructor(choice: TimeChoice, policy: GridPolicy) {
    this.#choice = choice;
    this.#policy = policy;
    this.#grid = gridOf(policy.spec);
  }

  take(record: Audited, task: string): void {
    const timeMs = timeOf[this.#choice](record);
    if (Number.isNaN(timeMs)) return;
    let run = this.#runs.get(task);
    if (run === undefined) {
      run = new GridRun(this.#policy.spec, 1);
      this.#runs.set(task, run);
    }
    this.#scratch.eventMs = timeMs;
    this.#scratch.key = record.key;
    this.#scratch.arrivalMs = record.arrivalMs;
    run.take(this.#scratch, 0);
    const { judgement } = run;
    this.#records++;
    if (judgement.skipped !== undefined) return;
    if (judgement.eventMs < judgement.observedMs) this.#late++;
    if (judgement.refused > 0 || judgement.isLost) this.#dropped++;
    else if (this.#choice !== 'event') {
      if (this.#grid.lastStartMs(timeMs) !== this.#grid.lastStartMs(record.eventMs)) this.#misplaced++;
    }
  }

  outcome(): ChoiceOutcome {
    return {
      choice: this.#choice,
      records: this.#records,
      late: this.#late,
      dropped: this.#dropped,
      misplaced: this.#misplaced,
    };
  }
}
