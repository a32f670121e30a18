import { Worker } from 'node:worker_threads';
import type { Report } from '@tidemark/core';
import { messageOf, say } from '../say.ts';
import { hostOpenTelemetry } from '../untraced.ts';
import { createRecorder, metricsOf, type ReportMetrics } from './metrics.ts';
import type { ToWorker } from './worker.ts';

/**
 * Metrics to whatever OTLP endpoint the user has. Decided when the first report is made, when the host has had its chance to
 * set up its own: if it has a meter provider our instruments go there, else to an SDK in a thread of ours.
 */
export interface MetricsExport {
  record(report: Report): void;
  flush(): void;
  /** The process ends: sends what is left, for at most `deadlineMs`. */
  end(deadlineMs: number): Promise<void>;
}

export function createMetricsExport(environment: NodeJS.ProcessEnv, version: string): MetricsExport | undefined {
  const endpoint = environment.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  return hostOpenTelemetry()?.metrics !== undefined ? exportByHost(version) : exportByWorker(version, environment);
}

function exportByHost(version: string): MetricsExport {
  let record: ((metrics: ReportMetrics) => void) | undefined;
  const loaded = import('@opentelemetry/api').then(
    ({ metrics }) => {
      record = createRecorder(metrics.getMeter('tidemark', version));
    },
    (error: unknown) => say(`no OpenTelemetry metrics: ${messageOf(error)}`),
  );
  return {
    record(report) {
      const metrics = metricsOf(report);
      if (record === undefined) void loaded.then(() => record?.(metrics));
      else record(metrics);
    },
    // The host's SDK is flushed by the host.
    flush() {},
    end: () => loaded,
  };
}

function exportByWorker(version: string, environment: NodeJS.ProcessEnv): MetricsExport {
  // The host's preloads, ourselves among them, have no business in there.
  const { NODE_OPTIONS: _, ...rest } = environment;
  const inherited = process.execArgv.filter((argument) => argument.startsWith('--conditions'));
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: { version },
    env: rest,
    execArgv: inherited,
  });
  let alive = true;
  worker.unref();
  worker.on('error', (error) => say(`no OpenTelemetry metrics: ${messageOf(error)}`));
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      alive = false;
      resolve();
    });
  });
  const tell = (message: ToWorker): void => {
    if (alive) worker.postMessage(message);
  };
  return {
    record: (report) => tell({ kind: 'metrics', metrics: metricsOf(report) }),
    flush: () => tell({ kind: 'flush' }),
    async end(deadlineMs) {
      if (!alive) return;
      worker.ref();
      tell({ kind: 'end' });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, deadlineMs);
      });
      await Promise.race([ended, late]);
      clearTimeout(timer);
      worker.unref();
    },
  };
}
