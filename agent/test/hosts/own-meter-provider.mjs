/** A host that runs an OpenTelemetry SDK of its own for metrics, set up in code. */
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

process.once('beforeExit', async () => {
  await reader.forceFlush();
  const names = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap((scope) =>
      scope.metrics.map(({ descriptor }) => `${scope.scope.name}: ${descriptor.name} ${descriptor.unit}`),
    );
  console.log(JSON.stringify({ hostMetrics: [...new Set(names)] }));
});
