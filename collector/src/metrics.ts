import {
  assessLimits,
  lagMetrics,
  lagsOf,
  type Metric,
  metrics,
  producerMetrics,
  producersOf,
  type State,
} from '@tidemark/core';
import { Counter, Histogram, Registry } from 'prom-client';
import type { Board } from './board.ts';
import { type RefusalReason, refusalReasons } from './read-report.ts';
import { register } from './register-metric.ts';
import { RowCap } from './row-cap.ts';
import type { Store } from './store/store.ts';
import { registerStore } from './store-metrics.ts';
import type { Streams } from './streams.ts';

/** What the collector counts of itself while it works. */
export interface Health {
  readonly accepted: () => void;
  readonly duplicate: () => void;
  /** It could not be written; its agent keeps it. */
  readonly notKept: () => void;
  readonly refused: (reason: RefusalReason) => void;
  readonly ticked: (durationMs: number) => void;
  readonly failed: (where: 'tick' | 'request') => void;
}

export interface Metrics {
  readonly health: Health;
  readonly contentType: string;
  /** What `/metrics` answers. */
  readonly text: () => Promise<string>;
}

/**
 * The assessment's samples and the collector's own health, for Prometheus. Nothing is kept up to date between scrapes: rows
 * are made of the latest assessment when somebody asks, so a group that is gone leaves no row behind.
 */
export function createMetrics(parts: {
  readonly state: State;
  readonly board: Board;
  readonly streams: Streams;
  readonly store?: Store | undefined;
  readonly version: string;
  readonly maxRowsPerMetric?: number;
}): Metrics {
  const registry = new Registry();
  const cap = new RowCap(parts.maxRowsPerMetric);
  for (const metric of metrics) {
    register(registry, metric, () => cap.apply(metric, metric.rows(parts.board.assessment)));
  }
  const { state, board } = parts;
  for (const metric of lagMetrics) {
    register(registry, metric, () => cap.apply(metric, metric.rows(lagsOf(state, board.assessment.nowMs))));
  }
  for (const metric of producerMetrics) {
    const all = () => ({
      producers: producersOf(state, board.assessment.nowMs, assessLimits.maxProducers),
      incidents: board.assessment.incidents,
    });
    register(registry, metric, () => cap.apply(metric, metric.rows(all())));
  }
  registerLive(registry, parts);
  if (parts.store !== undefined) registerStore(registry, parts.store);
  return { health: createHealth(registry), contentType: registry.contentType, text: () => registry.metrics() };
}

function registerLive(
  registry: Registry,
  { board, streams, version }: { readonly board: Board; readonly streams: Streams; readonly version: string },
): void {
  const one = (name: string, kind: Metric['kind'], help: string, value: () => number) =>
    register(registry, { name, kind, help, labels: [] }, () => [{ labels: [], value: value() }]);

  register(
    registry,
    {
      name: 'tidemark_collector_build_info',
      kind: 'gauge',
      help: 'Always 1: the version of the collector and of the Node that it runs on.',
      labels: ['version', 'node'],
    },
    () => [{ labels: [version, process.version], value: 1 }],
  );
  register(
    registry,
    {
      name: 'tidemark_collector_overflow_total',
      kind: 'counter',
      help: 'What the collector had to leave out because it was beyond one of its bounds.',
      labels: ['what'],
    },
    () => Object.entries(board.assessment.overflow).map(([what, count]) => ({ labels: [what], value: count })),
  );
  one('tidemark_collector_ready', 'gauge', '1 once the first tick is done.', () => Number(board.ready));
  one(
    'tidemark_collector_last_tick_timestamp_seconds',
    'gauge',
    'When the latest assessment was made.',
    () => board.assessment.nowMs / 1000,
  );
  one('tidemark_collector_streams', 'gauge', 'Pages that are open (server-sent events).', () => streams.size);
  one(
    'tidemark_collector_streams_cut_off_total',
    'counter',
    'Pages that were cut off because they did not take what they were sent.',
    () => streams.cutOff,
  );
  one(
    'tidemark_collector_streams_turned_away_total',
    'counter',
    'Pages that were turned away because too many were open.',
    () => streams.turnedAway,
  );
  one('tidemark_collector_resident_memory_bytes', 'gauge', 'Memory of the collector process that is in use.', () =>
    process.memoryUsage.rss(),
  );
}

function createHealth(registry: Registry): Health {
  const registers = [registry];
  const accepted = new Counter({
    name: 'tidemark_collector_reports_accepted_total',
    help: 'Reports that were taken.',
    registers,
  });
  const duplicate = new Counter({
    name: 'tidemark_collector_reports_duplicate_total',
    help: 'Reports that had come before: acknowledged, not counted again.',
    registers,
  });
  const notKept = new Counter({
    name: 'tidemark_collector_reports_not_kept_total',
    help: 'Reports that could not be written to the store. Their agents keep them and send them again.',
    registers,
  });
  const refused = new Counter({
    name: 'tidemark_collector_reports_refused_total',
    help: 'Reports that were refused at the door, by reason.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of refusalReasons) refused.inc({ reason }, 0);
  const failures = new Counter({
    name: 'tidemark_collector_failures_total',
    help: 'Faults of the collector itself, by where. Its log has the reason.',
    labelNames: ['where'],
    registers,
  });
  for (const where of ['tick', 'request']) failures.inc({ where }, 0);
  const ticks = new Histogram({
    name: 'tidemark_collector_tick_duration_seconds',
    help: 'How long it took to judge what had come in and to tell the open pages.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  });
  return {
    accepted: () => accepted.inc(),
    duplicate: () => duplicate.inc(),
    notKept: () => notKept.inc(),
    refused: (reason) => refused.inc({ reason }),
    ticked: (durationMs) => ticks.observe(durationMs / 1000),
    failed: (where) => failures.inc({ where }),
  };
}
