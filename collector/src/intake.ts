import {
  type Assessment,
  assess,
  ingest,
  isDuplicate,
  type Report,
  type SeriesPoint,
  type State,
  seriesBetween,
} from '@tidemark/core';
import type { Logger } from 'pino';
import type { Board } from './board.ts';
import type { Metrics } from './metrics.ts';
import type { RawReport } from './read-report.ts';
import { shownMs } from './series-json.ts';
import { historyStepMs, rollUp, stepOf } from './store/rollup.ts';
import type { Store } from './store/store.ts';
import type { Streams } from './streams.ts';

export type ReportOutcome = 'accepted' | 'duplicate' | 'notKept';

/**
 * The only way into the state. With a store, a report or a tick is written before it is folded (`store/journal.ts`), so what the
 * log has and what is believed never part; without one it is folded at once.
 */
export class Intake {
  readonly #state: State;
  readonly #board: Board;
  readonly #streams: Streams;
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #store: Store | undefined;
  /** Called after each report that was counted: there may be news in it. */
  onAccepted: () => void = () => {};
  /** From here on the points of the store are older than those of memory. */
  #rolledUpToMs = Number.NEGATIVE_INFINITY;
  #revisedFromMs = Number.POSITIVE_INFINITY;

  constructor(parts: {
    readonly state: State;
    readonly board: Board;
    readonly streams: Streams;
    readonly metrics: Metrics;
    readonly log: Logger;
    readonly store: Store | undefined;
  }) {
    this.#state = parts.state;
    this.#board = parts.board;
    this.#streams = parts.streams;
    this.#metrics = parts.metrics;
    this.#log = parts.log;
    this.#store = parts.store;
    if (this.#store !== undefined) this.#restore(this.#store.folded.assessment);
  }

  async report(report: Report, raw: RawReport, atMs: number): Promise<ReportOutcome> {
    const outcome = await this.#take(report, raw, atMs);
    if (outcome === 'accepted') this.onAccepted();
    return outcome;
  }

  async #take(report: Report, raw: RawReport, atMs: number): Promise<ReportOutcome> {
    const store = this.#store;
    if (store === undefined) return ingest(this.#state, report, atMs);
    // One that is known needs no place in the log.
    if (isDuplicate(this.#state, report)) return 'duplicate';
    const entry = { kind: 'report', atMs, ...raw } as const;
    let written = false;
    try {
      return await store.journal.write(entry, () => {
        written = true;
        store.wrote(entry);
        return ingest(this.#state, report, atMs);
      });
    } catch (error) {
      if (written) throw error;
      return 'notKept';
    }
  }

  /** Judges what has come in and tells the open pages. A fault is counted and said; the last assessment is still served. */
  async tick(atMs: number): Promise<void> {
    const store = this.#store;
    if (store === undefined) {
      this.#judge(atMs);
      return;
    }
    const entry = { kind: 'tick', atMs } as const;
    try {
      await store.journal.write(entry, () => {
        store.wrote(entry);
        const before = this.#board.assessment;
        if (this.#judge(atMs)) this.#keep(store, before, this.#board.assessment);
      });
      store.housekeep();
    } catch (error) {
      this.#failed(error);
    }
  }

  #judge(atMs: number): boolean {
    const startedMs = performance.now();
    try {
      this.#post(assess(this.#board.assessment, this.#state, atMs));
      if (this.#streams.size > 0) this.#streams.sendAll(this.#board.tickFrame());
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      this.#metrics.health.ticked(performance.now() - startedMs);
    }
  }

  #failed(error: unknown): void {
    this.#metrics.health.failed('tick');
    this.#log.error({ err: error }, 'a tick failed');
  }

  #post(assessment: Assessment): readonly SeriesPoint[] {
    const points = seriesBetween(this.#state, assessment.revisedFromMs, assessment.nowMs);
    this.#board.post(assessment, points);
    return points;
  }

  /** What has changed is written again: an incident that is not the object that it was, and each step since the earliest revision. */
  #keep(store: Store, before: Assessment, { incidents, revisedFromMs, nowMs }: Assessment): void {
    if (incidents !== before.incidents) {
      const known = new Set(before.incidents);
      store.journal.keep({ incidents: incidents.filter((incident) => !known.has(incident)), points: [] });
    }
    this.#revisedFromMs = Math.min(this.#revisedFromMs, revisedFromMs);
    // A step that is not over yet would be written once a second.
    const untilMs = stepOf(nowMs);
    if (untilMs <= this.#rolledUpToMs) return;
    // Memory may have lost the beginning of its first step; the store has it.
    const wholeFromMs = untilMs - shownMs + historyStepMs;
    const fromMs = Math.max(wholeFromMs, Math.min(stepOf(this.#revisedFromMs), untilMs));
    store.journal.keep({ incidents: [], points: rollUp(seriesBetween(this.#state, fromMs, untilMs - 1)) });
    this.#rolledUpToMs = untilMs;
    this.#revisedFromMs = untilMs;
  }

  /** The kill may have come between the log and what is kept of it: all that memory has is written once more. */
  #restore(assessment: Assessment): void {
    if (assessment.tick === 0) return;
    const points = seriesBetween(this.#state, Number.NEGATIVE_INFINITY, assessment.nowMs);
    const first = points.findIndex(({ tasks }) => tasks.length > 0);
    const known = first === -1 ? [] : points.slice(first);
    this.#board.restore(assessment, known);
    this.#revisedFromMs = known[0]?.atMs ?? assessment.nowMs;
    this.#store?.journal.keep({ incidents: assessment.incidents, points: [] });
  }
}
