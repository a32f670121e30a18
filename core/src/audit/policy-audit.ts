import type { GracePoint } from '../dialects/grace-curve.ts';
import { type VerdictKind, verdictKinds } from '../incidents/incident.ts';
import { addToSketch, createSketch, type MutableSketch } from '../sketch.ts';
import { type AuditPolicy, slackMsOf, taskKeyOf } from './audit-policy.ts';
import type { Audited, Directory } from './audited.ts';
import { ClosingSteps } from './closing-steps.ts';
import { gridOf, hasGrid } from './grid-run.ts';
import type { PolicyRun, Skipped } from './judgement.ts';
import { LossList } from './loss-list.ts';
import { policyRun } from './policy-run.ts';
import { type SlackCurve, slackCurve } from './slack-curve.ts';
import { TimeBins } from './time-bins.ts';
import { WindowLosses } from './window-losses.ts';

/** What a policy made of each record, for those who listen to it. */
export type Outcome = 'kept' | 'partly' | 'lost' | 'skipped';

interface TaskOfPolicy {
  readonly number: number;
  readonly places: number[];
  readonly steps: ClosingSteps;
  run: PolicyRun | undefined;
}

export const binKinds = { records: 0, late: 1, dropped: 2 } as const;

/** One policy over a history. Its state grows with partitions, sources and windows, not with records. */
export class PolicyAudit {
  readonly policy: AuditPolicy;
  readonly curve: SlackCurve;
  readonly windows: WindowLosses | undefined;
  readonly lists: LossList[] = [];
  readonly recordsBySource: number[] = [];
  readonly lostBySource: number[] = [];
  readonly recordsByPlace: number[] = [];
  readonly byTime: TimeBins = new TimeBins(Object.keys(binKinds).length);
  readonly causesByTime: TimeBins = new TimeBins(verdictKinds.length);
  readonly byCause: { [K in VerdictKind]?: number } = {};
  readonly causesBySource: { [K in VerdictKind]?: number }[] = [];
  readonly skipped: { [K in Skipped]?: number } = {};
  /** Of the late ones. */
  readonly lateness: MutableSketch = createSketch();
  readonly #directory: Directory;
  readonly #slackMs: number;
  readonly #hasKeys: boolean;
  readonly #stepMs: number;
  readonly #tasks = new Map<string, TaskOfPolicy>();
  readonly #taskOfPlace: TaskOfPolicy[] = [];
  readonly #indexInTask: number[] = [];
  records = 0;
  late = 0;
  lost = 0;
  partly = 0;
  counted = 0;
  stoppedAt: { readonly place: number; readonly offset: number } | undefined;

  constructor(
    policy: AuditPolicy,
    options: { readonly directory: Directory; readonly hasKeys: boolean; readonly slacksMs: readonly number[] },
  ) {
    this.policy = policy;
    this.#directory = options.directory;
    this.#hasKeys = options.hasKeys;
    this.#slackMs = slackMsOf(policy.spec);
    this.curve = slackCurve(policy.spec, options.slacksMs);
    const { spec } = policy;
    if (hasGrid(spec)) {
      const grid = gridOf(spec);
      this.windows = new WindowLosses(spec.window, grid);
      this.#stepMs = grid.advanceMs;
    } else this.#stepMs = 60_000;
  }

  /** All partitions that are known before: watermarks per partition wait for those that have no record yet. */
  expect(places: Iterable<number>): void {
    for (const place of places) this.#enter(place);
  }

  take(record: Audited): Outcome {
    const { place, source } = record;
    const task = this.#taskOfPlace[place] ?? this.#enter(place);
    const index = this.#indexInTask[place]!;
    const run = (task.run ??= policyRun(this.policy.spec, {
      partitionCount: task.places.length,
      hasKeys: this.#hasKeys,
    }));
    run.take(record, index);
    if (this.curve.method === 'replay') this.curve.takeRecord(record, index, task.number, task.places.length);
    const { judgement } = run;
    this.records++;
    this.recordsByPlace[place] = (this.recordsByPlace[place] ?? 0) + 1;
    this.recordsBySource[source] = (this.recordsBySource[source] ?? 0) + 1;
    this.byTime.add(record.arrivalMs, binKinds.records);
    this.counted += judgement.counted;
    if (judgement.skipped !== undefined) return this.#skip(judgement.skipped, record);
    this.curve.takeJudged(judgement);
    this.windows?.take(judgement, record, this.#slackMs, task.steps);
    task.steps.note(judgement.passedMs - this.#slackMs, record);
    if (judgement.eventMs < judgement.observedMs) {
      this.late++;
      this.byTime.add(record.arrivalMs, binKinds.late);
      addToSketch(this.lateness, judgement.observedMs - judgement.eventMs);
    }
    if (judgement.refused === 0 && !judgement.isLost) return 'kept';
    this.byTime.add(record.arrivalMs, binKinds.dropped);
    (this.lists[place] ??= new LossList()).add(record.offset);
    this.lostBySource[source] = (this.lostBySource[source] ?? 0) + 1;
    if (judgement.isLost) this.lost++;
    else this.partly++;
    return judgement.isLost ? 'lost' : 'partly';
  }

  settled(
    verdict: VerdictKind,
    { count, secondMs, source }: { count: number; secondMs: number; source: number },
  ): void {
    this.byCause[verdict] = (this.byCause[verdict] ?? 0) + count;
    const ofSource = (this.causesBySource[source] ??= {});
    ofSource[verdict] = (ofSource[verdict] ?? 0) + count;
    this.causesByTime.add(secondMs, verdictKinds.indexOf(verdict), count);
  }

  points(): GracePoint[] {
    return this.curve.points();
  }

  #skip(why: Skipped, { place, offset }: Audited): Outcome {
    this.skipped[why] = (this.skipped[why] ?? 0) + 1;
    if (why === 'stopped') this.stoppedAt ??= { place, offset };
    return 'skipped';
  }

  #enter(place: number): TaskOfPolicy {
    const key = taskKeyOf(this.policy.tasks, this.#directory.places[place]!);
    let task = this.#tasks.get(key);
    if (task === undefined) {
      task = { number: this.#tasks.size, places: [], steps: new ClosingSteps(this.#stepMs), run: undefined };
      this.#tasks.set(key, task);
    }
    this.#taskOfPlace[place] = task;
    this.#indexInTask[place] = task.places.length;
    task.places.push(place);
    return task;
  }
}
