import { dialects } from '@tidemark/core';
import type { KafkaStreamsSpec } from './kafka-streams-spec.ts';
import type { TraceRecord } from './trace.ts';
import { removedRowOf, rowOf, type WindowRow } from './window-table.ts';

const { kafkaStreams } = dialects;

/** Collects what an aggregation sends on for one record. */
export class Updates implements dialects.kafkaStreams.WindowSink {
  #rows: WindowRow[] = [];
  readonly #next: dialects.kafkaStreams.WindowSink | undefined;

  constructor(next?: dialects.kafkaStreams.WindowSink) {
    this.#next = next;
  }

  updated(window: Readonly<dialects.WindowCount>): void {
    this.#rows.push(rowOf(window));
    this.#next?.updated(window);
  }

  removed(window: Readonly<dialects.WindowCount>): void {
    this.#rows.push(removedRowOf(window));
    this.#next?.removed(window);
  }

  take(): WindowRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}

/** What the application makes of a record once a task has chosen it: the filter, then the windowed count. */
export function aggregate(
  aggregation: dialects.kafkaStreams.Aggregation,
  spec: KafkaStreamsSpec,
  record: TraceRecord,
  at: { readonly eventMs: number; readonly nowMs: number },
  out: dialects.kafkaStreams.WindowSink,
): number {
  if (record.key !== undefined && spec.filteredKeys.has(record.key)) return 0;
  return aggregation.take({ key: record.key, hasValue: record.hasValue, ...at }, out);
}

/** `record-lateness` and `dropped-records-total` of one task. */
export class TaskMetrics {
  dropped = 0;
  #taken = 0;
  #sumMs = 0;
  #maxMs = 0;

  lateness(ms: number): void {
    this.#taken++;
    this.#sumMs += ms;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  get latenessAvg(): number {
    return this.#taken === 0 ? 0 : this.#sumMs / this.#taken;
  }

  get latenessMax(): number {
    return this.#maxMs;
  }
}

/** One task of `kafka-streams`, kind `window`: the same records through the count, through suppress, through onWindowClose. */
export class WindowRun {
  readonly metrics: TaskMetrics = new TaskMetrics();
  readonly #spec: KafkaStreamsSpec;
  readonly #group: dialects.kafkaStreams.PartitionGroup<TraceRecord>;
  readonly #count: dialects.kafkaStreams.Aggregation;
  readonly #countToClose: dialects.kafkaStreams.Aggregation;
  readonly #updates: Updates;
  readonly #closed = new Updates();
  #suppressed: WindowRow[] = [];

  constructor(spec: KafkaStreamsSpec, emitIntervalMs: number) {
    this.#spec = spec;
    const { window, graceMs, retentionMs, extractor } = spec;
    const partitions = [{ topic: 'input', partition: 0 }];
    this.#group = new kafkaStreams.PartitionGroup({ partitions, extractor, maxTaskIdleMs: -1 });
    this.#count = kafkaStreams.windowedCount({ window, graceMs, retentionMs });
    this.#countToClose = kafkaStreams.windowedCount({
      window,
      graceMs,
      retentionMs,
      emit: 'onWindowClose',
      emitIntervalMs,
    });
    this.#updates = new Updates(
      new kafkaStreams.Suppress(kafkaStreams.suppressionMs(window, graceMs), (final) =>
        this.#suppressed.push(rowOf(final)),
      ),
    );
  }

  take(record: TraceRecord): {
    readonly record: { i: number; streamTime: number; outOfOrder: boolean; dropped: number; updates: WindowRow[] };
    readonly suppressed: WindowRow[];
    readonly closed: WindowRow[];
  } {
    const outOfOrder = record.eventMs < this.#group.streamTimeMs;
    let dropped = -this.#group.skipped;
    this.#group.add({ topic: 'input', partition: 0 }, [record]);
    const nowMs = record.arrivalMs;
    for (let step = this.#group.next(nowMs); step !== undefined; step = this.#group.next(nowMs)) {
      this.metrics.lateness(step.latenessMs);
      if (step.record === undefined) continue;
      const at = { eventMs: step.eventMs, nowMs };
      dropped += aggregate(this.#count, this.#spec, step.record, at, this.#updates);
      aggregate(this.#countToClose, this.#spec, step.record, at, this.#closed);
    }
    dropped += this.#group.skipped;
    this.metrics.dropped += dropped;
    const suppressed = this.#suppressed;
    this.#suppressed = [];
    return {
      record: { i: record.i, streamTime: this.#group.streamTimeMs, outOfOrder, dropped, updates: this.#updates.take() },
      suppressed,
      closed: this.#closed.take(),
    };
  }
}
