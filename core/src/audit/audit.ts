import { type AuditPolicy, slackMsOf, type TaskSharing, taskKeyOf } from './audit-policy.ts';
import type { Audited, Directory } from './audited.ts';
import { Causes } from './causes.ts';
import { dialectTraps } from './found-traps.ts';
import { gridOf, hasGrid } from './grid-run.ts';
import { OrderBounds } from './order-bounds.ts';
import { OrderDigest } from './order-digest.ts';
import { type Distance, OrderDistance } from './order-distance.ts';
import { PolicyAudit } from './policy-audit.ts';
import { usualSlacksMs } from './slacks.ts';
import { type GridPolicy, type TimeChoice, TimeChoices } from './time-choice.ts';

export interface AuditOptions {
  readonly directory: Directory;
  readonly policies: readonly AuditPolicy[];
  readonly hasKeys: boolean;
  /** `broker`: records carry its stamp. `modelled`: the arrival that the order was taken by stands for it. */
  readonly appendTimes: 'broker' | 'modelled';
  /** Which other times the records have. */
  readonly choices: readonly TimeChoice[];
  readonly clockBoundMs: number;
  /** Within which a task is taken to have read a record; for the bounds over all orders. */
  readonly takenWithinMs: number;
  /** Without causes it is faster. */
  readonly withCauses: boolean;
  readonly withOrder: boolean;
  readonly slacksMs?: readonly number[];
}

/**
 * The audit: a fold over the records of a history in the order in which they arrived. What it keeps grows with partitions,
 * sources and windows, not with records.
 */
export class Audit {
  readonly policies: readonly PolicyAudit[];
  readonly causes: readonly Causes[];
  readonly choices: readonly (TimeChoices | undefined)[];
  readonly digest: OrderDigest = new OrderDigest();
  readonly options: AuditOptions;
  records = 0;
  firstEventMs: number = Number.POSITIVE_INFINITY;
  lastEventMs: number = Number.NEGATIVE_INFINITY;
  firstArrivalMs: number = Number.POSITIVE_INFINITY;
  lastArrivalMs: number = Number.NEGATIVE_INFINITY;
  #hasArrived = false;
  readonly #distance: OrderDistance | undefined;
  readonly #distanceByPlace: OrderDistance[] = [];
  readonly #bounds: (Map<string, OrderBounds> | undefined)[];
  readonly #causesOf: (Causes | undefined)[];
  readonly #traps: ReturnType<typeof dialectTraps>[];

  constructor(options: AuditOptions) {
    const { directory, policies, hasKeys } = options;
    this.options = options;
    const slacksMs = options.slacksMs ?? usualSlacksMs(policies.map(({ spec }) => slackMsOf(spec)));
    this.policies = policies.map((policy) => new PolicyAudit(policy, { directory, hasKeys, slacksMs }));
    const sharings = options.withCauses ? [...new Set(policies.map(({ tasks }) => tasks))] : [];
    const bySharing = new Map(sharings.map((tasks) => [tasks, this.#causesFor(tasks)]));
    this.causes = [...bySharing.values()];
    this.#causesOf = policies.map(({ tasks }) => bySharing.get(tasks));
    this.choices = policies.map((policy) =>
      hasGrid(policy.spec) && options.choices.length > 1
        ? new TimeChoices(policy as GridPolicy, directory, options.choices)
        : undefined,
    );
    this.#bounds = policies.map(({ spec }) =>
      hasGrid(spec) && spec.engine !== 'flink' && options.withOrder ? new Map() : undefined,
    );
    if (options.withOrder) this.#distance = new OrderDistance(options.clockBoundMs);
    this.#traps = policies.map((policy) => dialectTraps(policy, hasKeys));
  }

  /** What the directory knows by now is all: for policies that wait for partitions without a record. */
  expect(): void {
    for (const policy of this.policies) policy.expect(this.options.directory.places.keys());
  }

  take(record: Audited): void {
    this.arrive(record);
    this.judge(record);
  }

  /** In the order of arrival, also where records are judged in another: bounds are over all orders. */
  arrive(record: Audited): void {
    if (this.options.withOrder) this.#takeBounds(record);
  }

  judge(record: Audited): void {
    this.records++;
    const { eventMs, arrivalMs, place } = record;
    if (eventMs < this.firstEventMs) this.firstEventMs = eventMs;
    if (eventMs > this.lastEventMs) this.lastEventMs = eventMs;
    if (arrivalMs < this.firstArrivalMs) this.firstArrivalMs = arrivalMs;
    if (arrivalMs > this.lastArrivalMs) this.lastArrivalMs = arrivalMs;
    for (const causes of this.causes) causes.take(record);
    for (let at = 0; at < this.policies.length; at++) {
      const outcome = this.policies[at]!.take(record);
      if (outcome === 'lost' || outcome === 'partly') this.#causesOf[at]?.lost(at, record);
      this.choices[at]?.take(record);
      this.#traps[at]?.take(record, this.options.directory);
    }
    if (this.#distance === undefined) return;
    this.digest.take(place, record.offset);
    this.#distance.take(eventMs);
    (this.#distanceByPlace[place] ??= new OrderDistance(this.options.clockBoundMs)).take(eventMs);
  }

  end(): void {
    for (const causes of this.causes) causes.end();
  }

  /** Over all records, and how much of it is within partitions, where the order is the log's. */
  distance():
    | { readonly all: Distance; readonly within: { readonly certain: number; readonly possible: number } }
    | undefined {
    if (this.#distance === undefined) return undefined;
    const within = this.#distanceByPlace.map((distance) => distance.result());
    return {
      all: this.#distance.result(),
      within: {
        certain: within.reduce((sum, { certain }) => sum + certain, 0),
        possible: within.reduce((sum, { possible }) => sum + possible, 0),
      },
    };
  }

  /** Undefined where every task has one partition: its order is the log's. */
  bounds(policy: number): { readonly least: number; readonly most: number } | undefined {
    const { tasks } = this.policies[policy]!.policy;
    const { places } = this.options.directory;
    const keys = new Set(places.map((place) => taskKeyOf(tasks, place)));
    const bounds = this.#bounds[policy];
    if (bounds === undefined || keys.size === places.length) return undefined;
    const each = [...bounds.values()].map((one) => one.end());
    return {
      least: each.reduce((sum, { least }) => sum + least, 0),
      most: each.reduce((sum, { most }) => sum + most, 0),
    };
  }

  traps(policy: number): ReturnType<NonNullable<ReturnType<typeof dialectTraps>>['found']> {
    return this.#traps[policy]?.found() ?? [];
  }

  /** Only where tasks can have several partitions, which must be seen before the first record: else a record is missing. */
  #isShared(tasks: TaskSharing): boolean {
    const { places } = this.options.directory;
    return tasks === 'all' || places.some(({ topic }) => topic !== places[0]!.topic);
  }

  #takeBounds({ place, eventMs, arrivalMs }: Audited): void {
    if (!this.#hasArrived) {
      this.#hasArrived = true;
      for (let at = 0; at < this.#bounds.length; at++) {
        if (!this.#isShared(this.policies[at]!.policy.tasks)) this.#bounds[at] = undefined;
      }
    }
    for (let at = 0; at < this.#bounds.length; at++) {
      const bounds = this.#bounds[at];
      const { spec, tasks } = this.policies[at]!.policy;
      if (bounds === undefined || !hasGrid(spec)) continue;
      const key = taskKeyOf(tasks, this.options.directory.places[place]!);
      let of = bounds.get(key);
      if (of === undefined) {
        of = new OrderBounds({ grid: gridOf(spec), graceMs: slackMsOf(spec), withinMs: this.options.takenWithinMs });
        bounds.set(key, of);
      }
      of.take(place, eventMs, arrivalMs);
    }
  }

  #causesFor(tasks: TaskSharing): Causes {
    const { directory, policies, appendTimes } = this.options;
    return new Causes({
      directory,
      tasks,
      policies,
      hasAppendTimes: appendTimes === 'broker',
      settled: (policy, verdict, loss) => this.policies[policy]!.settled(verdict, loss),
    });
  }
}
