import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Kafka as KafkaClass, KafkaConfig } from 'kafkajs';

export const libraryNames = ['none', 'tidemark', 'otel', 'datadog'] as const;
export type Library = (typeof libraryNames)[number];

/** A kafkajs that a library is attached to, as its guide says. Where its data go is in the environment (`environmentOf`). */
export interface Attached {
  kafka(config: KafkaConfig): KafkaClass;
}

export interface Kafkajs {
  readonly Kafka: typeof KafkaClass;
}

/**
 * `bare` is the kafkajs that the other consumer of the process is made of. What attaches to an object takes the same: two copies of
 * one code are compiled each by itself, and differ by up to a tenth for as long as the process lives. What patches the modules
 * needs a copy of its own.
 */
type Load = (require: NodeJS.Require, bare: Kafkajs) => Promise<Attached>;

const own = (require: NodeJS.Require): Attached => {
  const { Kafka } = require('kafkajs') as Kafkajs;
  return { kafka: (config) => new Kafka(config) };
};

export const libraries: { readonly [L in Library]: Load } = {
  none: async (_require, { Kafka }) => ({ kafka: (config) => new Kafka(config) }),
  tidemark: async (_require, { Kafka }) => {
    const { attach } = await import('tidemark');
    return { kafka: (config) => attach(new Kafka(config)) };
  },
  otel: async (require) => {
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace');
    const { KafkaJsInstrumentation } = await import('@opentelemetry/instrumentation-kafkajs');
    // Its spans are gathered and thrown away: an exporter that encodes and sends them costs more, and as much as one lets it.
    const discarding: SpanExporter = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} };
    new NodeSDK({
      serviceName: 'bench',
      instrumentations: [new KafkaJsInstrumentation()],
      spanProcessors: [new BatchSpanProcessor({ exporter: discarding })],
    }).start();
    return own(require);
  },
  datadog: async (require) => {
    (require(process.env.BENCH_DD_TRACE!) as { init(): void }).init();
    return own(require);
  },
};

/** Where they send what they send: to a sink that takes everything. */
export function environmentOf(library: Library, sinkUrl: string): { readonly [name: string]: string } {
  switch (library) {
    case 'none':
      return {};
    case 'tidemark':
      return {
        TIDEMARK_COLLECTOR_URL: sinkUrl,
        TIDEMARK_WINDOW: 'tumbling:5s',
        TIDEMARK_GRACE: '2s',
        TIDEMARK_CHRONY: 'off',
      };
    case 'otel':
      return { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    case 'datadog':
      return {
        DD_TRACE_AGENT_URL: sinkUrl,
        DD_DATA_STREAMS_ENABLED: 'true',
        DD_SERVICE: 'bench',
        DD_TRACE_STARTUP_LOGS: 'false',
        DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
        DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      };
  }
}
