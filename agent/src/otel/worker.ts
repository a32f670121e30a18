import { parentPort, workerData } from 'node:worker_threads';
import { metrics } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createRecorder, type ReportMetrics } from './metrics.ts';

/**
 * A thread with an OpenTelemetry SDK of its own. Loading the SDK takes almost half a second and it registers itself
 * globally; in here neither is felt by the host. It reads the `OTEL_*` variables: endpoint, protocol, headers, interval.
 */
export type ToWorker =
  | { readonly kind: 'metrics'; readonly metrics: ReportMetrics }
  /** A consumer has stopped, and the process may end soon: exports now what would wait for the next interval. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'end' };

// Metrics only: traces and logs are the host's affair.
const sdk = new NodeSDK({
  spanProcessors: [],
  logRecordProcessors: [],
  contextManager: null as never,
  textMapPropagator: null,
});
sdk.start();
const { version } = workerData as { readonly version: string };
const provider = metrics.getMeterProvider() as { forceFlush?: () => Promise<void> };
const record = createRecorder(metrics.getMeter('tidemark', version));

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'metrics') record(message.metrics);
  else if (message.kind === 'flush') void provider.forceFlush?.().catch(() => undefined);
  else void sdk.shutdown().finally(() => parentPort?.close());
});
