/** What a host with OpenTelemetry preloads: its kafkajs instrumentation, for imports and requires alike, and a tracer. */
import { register } from 'node:module';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import { TracerProvider } from '@opentelemetry/sdk-trace';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
let spans = 0;
const spanProcessors = [{ onStart() {}, onEnd: () => spans++, shutdown: async () => {}, forceFlush: async () => {} }];
const tracerProvider = new TracerProvider({ spanProcessors });
registerInstrumentations({ tracerProvider, instrumentations: [new KafkaJsInstrumentation()] });
process.on('exit', () => console.log(JSON.stringify({ spans })));
