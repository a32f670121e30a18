import type { Report } from '@tidemark/core';

/** What of a report goes to OpenTelemetry, as plain data that can be sent to another thread. */
export interface ReportMetrics {
  readonly late: readonly { readonly count: number; readonly attributes: Attributes }[];
  readonly streamTime: readonly { readonly seconds: number; readonly attributes: Attributes }[];
}

export type Attributes = { readonly [name: string]: string };

/** Names and units as in `docs/attach.md`. */
export const instruments = {
  late: {
    name: 'tidemark.late',
    options: {
      unit: '{record}',
      description: 'Records whose event time was below the stream time when they were processed',
    },
  },
  streamTime: {
    name: 'tidemark.stream_time',
    options: { unit: 's', description: 'Highest event time that a consumer has processed, in seconds since 1970' },
  },
} as const;

export function metricsOf(report: Report): ReportMetrics {
  const late = new Map<string, { count: number; attributes: Attributes }>();
  const streamTime: { seconds: number; attributes: Attributes }[] = [];
  for (const task of report.tasks) {
    const group = { 'messaging.system': 'kafka', 'messaging.consumer.group.name': task.group };
    if (task.streamTimeMs !== undefined) streamTime.push({ seconds: task.streamTimeMs / 1000, attributes: group });
    for (const { topic, partition, late: found } of task.cells) {
      if (found === undefined) continue;
      const key = JSON.stringify([task.group, topic, partition]);
      const row = late.get(key) ?? {
        count: 0,
        attributes: {
          ...group,
          'messaging.destination.name': topic,
          'messaging.destination.partition.id': String(partition),
        },
      };
      row.count += found.count;
      late.set(key, row);
    }
  }
  return { late: [...late.values()], streamTime };
}

interface Meter {
  createCounter(name: string, options: object): { add(count: number, attributes: Attributes): void };
  createGauge(name: string, options: object): { record(value: number, attributes: Attributes): void };
}

/** Once a second at most; never in the path of a record. */
export function createRecorder(meter: Meter): (metrics: ReportMetrics) => void {
  const late = meter.createCounter(instruments.late.name, instruments.late.options);
  const streamTime = meter.createGauge(instruments.streamTime.name, instruments.streamTime.options);
  return (metrics) => {
    for (const { count, attributes } of metrics.late) late.add(count, attributes);
    for (const { seconds, attributes } of metrics.streamTime) streamTime.record(seconds, attributes);
  };
}
