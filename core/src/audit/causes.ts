import { assess, firstAssessment } from '../assess/assess.ts';
import type { Assessment } from '../assess/assessment.ts';
import type { Incident, VerdictKind } from '../incidents/incident.ts';
import { ingest } from '../ingest/ingest.ts';
import { createState, type LateRow } from '../ingest/state.ts';
import { createObservation, type Lane, laneOf, openTask, partitionOf, type TaskState } from '../observe/observation.ts';
import { flag, observe, type RecordSeen } from '../observe/observe.ts';
import { takeReport } from '../observe/take-report.ts';
import type { Policy } from '../policy.ts';
import { sourceKey } from '../source.ts';
import { type AuditPolicy, slackMsOf, type TaskSharing, taskKeyOf } from './audit-policy.ts';
import type { Audited, Directory } from './audited.ts';
import { hasGrid } from './grid-run.ts';

/** What the losses of one cell wait for: why they were late. */
interface Pending {
  readonly secondMs: number;
  readonly source: number;
  readonly place: number;
  /** By number of policy. */
  readonly lost: number[];
  row: LateRow | undefined;
}

/** Told once for each cell with losses, when no more evidence can change it. */
export type Settled = (
  policy: number,
  verdict: VerdictKind,
  loss: { readonly count: number; readonly secondMs: number; readonly place: number; readonly source: number },
) => void;

const everyMs = 1_000;
/** Nothing can happen in a long pause but in its first and last moments. */
const restRounds = 6;
/** A cell that is undecided for so long stays so. */
const settleAfterMs = 180_000;
export const maxKeptIncidents = 500;

/**
 * Why records of a history were late: the agent's and the collector's own path, a report and a tick each second of the
 * history's time. A log does not say when a record was processed: it is taken to be when it arrived, unless the history knows.
 */
export class Causes {
  readonly incidents: Map<string, Incident> = new Map();
  /** There were more incidents than are kept. */
  hasForgotten = false;
  readonly #directory: Directory;
  readonly #tasks: TaskSharing;
  readonly #policies: readonly AuditPolicy[];
  readonly #settled: Settled;
  readonly #hasAppendTimes: boolean;
  readonly #state = createState();
  readonly #observation = createObservation({
    id: 'audit',
    host: 'audit',
    processId: 0,
    startedMs: 0,
    version: '0',
    client: 'a history',
  });
  readonly #taskStates = new Map<string, TaskState>();
  /** By place, then source. */
  readonly #lanes: Lane[][] = [];
  readonly #openByPlace: (Pending | undefined)[][] = [];
  readonly #pending = new Map<string, Pending>();
  readonly #seen = {} as RecordSeen;
  #assessment: Assessment = firstAssessment(0);
  #nowMs = Number.NEGATIVE_INFINITY;
  #tickMs = Number.NaN;
  #isLate = false;

  constructor(options: {
    readonly directory: Directory;
    readonly tasks: TaskSharing;
    readonly policies: readonly AuditPolicy[];
    readonly hasAppendTimes: boolean;
    readonly settled: Settled;
  }) {
    this.#directory = options.directory;
    this.#tasks = options.tasks;
    this.#policies = options.policies;
    this.#hasAppendTimes = options.hasAppendTimes;
    this.#settled = options.settled;
  }

  /** Before the policies judge it. */
  take(record: Audited): void {
    const processedMs = record.processedMs >= record.arrivalMs ? record.processedMs : record.arrivalMs;
    if (processedMs > this.#nowMs) this.#nowMs = processedMs;
    if (this.#tickMs <= this.#nowMs || Number.isNaN(this.#tickMs)) this.#passTime(this.#nowMs);
    const seen = this.#seen;
    const lane = this.#laneOf(record);
    seen.lane = lane;
    seen.offset = record.offset;
    seen.eventMs = record.eventMs;
    seen.createMs = record.eventMs;
    // Without the broker's stamp, the moment that the order was taken by stands for it; another order has noted it.
    seen.appendMs = this.#hasAppendTimes || !Number.isNaN(record.appendMs) ? record.appendMs : record.arrivalMs;
    seen.processedMs = this.#nowMs;
    this.#isLate = (observe(lane.partition.task, seen) & flag.late) !== 0;
  }

  /** The last record was lost under a policy: its cell will say why. */
  lost(policy: number, { place, source }: Audited): void {
    const task = this.#lanes[place]![source]!.partition.task;
    const open = (this.#openByPlace[place] ??= []);
    let pending = open[source];
    if (pending === undefined || pending.secondMs !== task.secondMs) {
      pending = { secondMs: task.secondMs, source, place, lost: this.#policies.map(() => 0), row: undefined };
      open[source] = pending;
      const { topic, partition } = this.#directory.places[place]!;
      this.#pending.set(
        rowKeyOf(topic, partition, sourceKey(this.#directory.sources[source]!), task.secondMs),
        pending,
      );
    }
    pending.lost[policy]!++;
  }

  /** Late by the stream time of its task, as the agent has it. */
  get isLate(): boolean {
    return this.#isLate;
  }

  end(): void {
    if (Number.isNaN(this.#tickMs)) return;
    this.#report(this.#tickMs, true);
    this.#tick(this.#tickMs);
    this.#settle(Number.POSITIVE_INFINITY);
  }

  #passTime(untilMs: number): void {
    if (Number.isNaN(this.#tickMs)) this.#tickMs = secondOf(untilMs) + everyMs;
    for (let round = 0; this.#tickMs <= untilMs; round++) {
      if (round === restRounds) this.#tickMs = Math.max(this.#tickMs, secondOf(untilMs) - everyMs);
      this.#report(this.#tickMs, false);
      this.#tick(this.#tickMs);
      this.#settle(this.#tickMs);
      this.#tickMs += everyMs;
    }
  }

  #report(atMs: number, final: boolean): void {
    const before = this.#state.lateRows.length;
    const said = {
      clock: { source: 'none: a history', readings: [], steps: [] },
      health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
    };
    ingest(this.#state, takeReport(this.#observation, atMs, said, final), atMs);
    for (let i = before; i < this.#state.lateRows.length; i++) {
      const row = this.#state.lateRows[i]!;
      const { topic, partition, source, secondMs } = row.cell;
      const pending = this.#pending.get(rowKeyOf(topic, partition, sourceKey(source), secondMs));
      if (pending !== undefined) pending.row = row;
    }
  }

  #tick(nowMs: number): void {
    const assessment = assess(this.#assessment, this.#state, nowMs);
    if (assessment.incidents !== this.#assessment.incidents) {
      for (const incident of assessment.incidents) {
        if (this.incidents.size < maxKeptIncidents || this.incidents.has(incident.id))
          this.incidents.set(incident.id, incident);
        else this.hasForgotten = true;
      }
    }
    this.#assessment = assessment;
  }

  #settle(nowMs: number): void {
    for (const [key, pending] of this.#pending) {
      const verdict = pending.row?.verdict?.kind;
      const isDecided = verdict !== undefined && verdict !== 'undecided';
      if (!isDecided && nowMs - pending.secondMs < settleAfterMs) continue;
      // A cell whose second is not over may still grow.
      if (nowMs - pending.secondMs < 2 * everyMs) continue;
      this.#pending.delete(key);
      const { secondMs, place, source } = pending;
      for (const [policy, count] of pending.lost.entries()) {
        if (count > 0) this.#settled(policy, verdict ?? 'undecided', { count, secondMs, place, source });
      }
    }
  }

  #laneOf({ place, source }: Audited): Lane {
    const ofPlace = (this.#lanes[place] ??= []);
    return (ofPlace[source] ??= this.#openLane(place, source));
  }

  #openLane(place: number, source: number): Lane {
    const { topic, partition } = this.#directory.places[place]!;
    const key = taskKeyOf(this.#tasks, { topic, partition });
    let task = this.#taskStates.get(key);
    if (task === undefined) {
      task = openTask(this.#observation, { group: 'audit', member: key, policies: this.#tumbling() });
      this.#taskStates.set(key, task);
    }
    return laneOf(partitionOf(task, topic, partition), this.#directory.sources[source]!);
  }

  /** So that incidents name what they cost; other shapes are judged by their dialects alone. */
  #tumbling(): Policy[] {
    return this.#policies.flatMap(({ name, spec }) =>
      hasGrid(spec) && spec.window.kind === 'tumbling'
        ? [{ id: name, window: { kind: 'tumbling', sizeMs: spec.window.sizeMs }, graceMs: slackMsOf(spec) }]
        : [],
    );
  }
}

function secondOf(atMs: number): number {
  return Math.floor(atMs / everyMs) * everyMs;
}

function rowKeyOf(topic: string, partition: number, source: string, secondMs: number): string {
  return `${topic}/${partition}/${source}/${secondMs}`;
}
