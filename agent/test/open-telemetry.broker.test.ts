import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ReportTaker, startReportTaker, sum } from './collector.ts';
import { preload, runHost } from './host.ts';
import { lastPoints, type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';
import { type FilledTopic, fillTopic, steadyMessages } from './topic.ts';

const { brokers, missing } = inject('broker');
const expected = 60;

describe.skipIf(missing !== undefined)(`metrics at an OTLP receiver${missing ? ` (${missing})` : ''}`, () => {
  let taker: ReportTaker;
  let receiver: OtlpReceiver;
  let filled: FilledTopic;
  beforeAll(async () => {
    taker = await startReportTaker();
    receiver = await startOtlpReceiver();
    filled = await fillTopic(brokers, steadyMessages(expected), { partitions: 2 });
  });
  afterAll(() => Promise.all([taker?.stop(), receiver?.stop()]));

  test('http/json: every late record by partition, and the stream time, sent before the process ends', async () => {
    const group = filled.group();
    const run = await runHost({
      file: 'esm.mjs',
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected },
      environment: {
        TIDEMARK_COLLECTOR_URL: taker.url,
        TIDEMARK_REPORT_INTERVAL: '100ms',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_SERVICE_NAME: 'billing',
      },
    });
    expect(run.errors).toEqual([]);
    expect(run.ours).toHaveLength(1);
    expect(receiver.requests.at(-1)).toMatchObject({ path: '/v1/metrics' });
    expect(receiver.requests.at(-1)!.body.toString()).toContain('"billing"');
    const points = lastPoints(receiver);
    const late = points.filter(({ name }) => name === 'tidemark.late');
    expect(sum(late.map(({ value }) => value))).toBe(run.said[0]!.late);
    const names = { 'messaging.system': 'kafka', 'messaging.consumer.group.name': group };
    for (const point of late) {
      expect(point).toMatchObject({
        unit: '{record}',
        attributes: { ...names, 'messaging.destination.name': filled.topic },
      });
      expect(point.attributes['messaging.destination.partition.id']).toMatch(/^[01]$/);
    }
    const highestMs = Math.max(...taker.reports.flatMap(({ tasks }) => tasks.map((task) => task.streamTimeMs ?? 0)));
    expect(points.filter(({ name }) => name === 'tidemark.stream_time')).toEqual([
      { name: 'tidemark.stream_time', unit: 's', value: highestMs / 1000, attributes: names },
    ]);
  });

  test('http/protobuf, OpenTelemetry’s default, to the endpoint for metrics alone', async () => {
    await runHost({
      file: 'commonjs.cjs',
      options: { brokers, topic: filled.topic, groups: [filled.group()], handler: 'eachBatch', expected },
      environment: {
        TIDEMARK_COLLECTOR_URL: taker.url,
        TIDEMARK_REPORT_INTERVAL: '100ms',
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/only/metrics`,
      },
    });
    const sent = receiver.requests.at(-1)!;
    expect(sent).toMatchObject({ path: '/only/metrics', type: 'application/x-protobuf' });
    expect(sent.body.includes('tidemark.late')).toBe(true);
    expect(sent.body.includes('tidemark.stream_time')).toBe(true);
  });

  test('a host with a meter provider of its own gets the instruments there, and no second SDK is started', async () => {
    const before = receiver.requests.length;
    const own = fileURLToPath(new URL('hosts/own-meter-provider.mjs', import.meta.url));
    const run = await runHost({
      file: 'esm.mjs',
      nodeArguments: [...preload, '--import', own],
      options: { brokers, topic: filled.topic, groups: [filled.group()], handler: 'eachMessage', expected },
      environment: {
        TIDEMARK_COLLECTOR_URL: taker.url,
        TIDEMARK_REPORT_INTERVAL: '100ms',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      },
    });
    expect(run.said.at(-1)).toEqual({
      hostMetrics: ['tidemark: tidemark.late {record}', 'tidemark: tidemark.stream_time s'],
    });
    expect(receiver.requests).toHaveLength(before);
  });
});
