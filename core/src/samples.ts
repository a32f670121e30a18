import { agentMetrics } from './samples/agents.ts';
import { clockMetrics } from './samples/clocks.ts';
import { findingMetrics } from './samples/findings.ts';
import { latenessMetrics } from './samples/lateness.ts';
import type { Metric } from './samples/metric.ts';
import { sourceMetrics } from './samples/sources.ts';
import { streamTimeMetrics } from './samples/stream-time.ts';
import { watermarkMetrics } from './samples/watermarks.ts';

export { lagMetrics } from './samples/lag.ts';
export type { Metric, Row } from './samples/metric.ts';
export { producerMetrics } from './samples/producers.ts';

/**
 * An assessment as numbers with names and labels, for whatever collects metrics. Inside, times are milliseconds; from here on
 * they are seconds, and nowhere else are they turned. `docs/metrics.md` says what each one is good for.
 */
export const metrics: readonly Metric[] = [
  ...streamTimeMetrics,
  ...watermarkMetrics,
  ...latenessMetrics,
  ...sourceMetrics,
  ...clockMetrics,
  ...findingMetrics,
  ...agentMetrics,
];
