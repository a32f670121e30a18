import { type ProducerReport, producerLimits } from '@tidemark/core';
import { z } from 'zod';
import { list } from './report-lists.ts';
import { count, instantMs, name, node, offsetRanges, topicPartition } from './report-values.ts';
import type { SameType } from './same-type.ts';

/** A producer in a report: `core/src/producer-report.ts`. */
const { maxBrokersPerProducer, maxWritesPerProducer, maxRangesPerWrite } = producerLimits;

const waiting = z.strictObject({
  records: count,
  sends: count,
  sinceMs: instantMs,
  newestMs: instantMs,
  createdMs: instantMs.exactOptional(),
});

const broker = z.strictObject({
  node: node.exactOptional(),
  acknowledgedMs: instantMs.exactOptional(),
  unansweredSinceMs: instantMs.exactOptional(),
  failures: z.strictObject({
    timeout: count.exactOptional(),
    connectionClosed: count.exactOptional(),
    noConnection: count.exactOptional(),
    refused: count.exactOptional(),
    other: count.exactOptional(),
  }),
});

const write = z.strictObject({
  ...topicPartition,
  leader: node.exactOptional(),
  records: count,
  offsets: offsetRanges(maxRangesPerWrite),
  overflow: count,
  acknowledgedMs: instantMs,
});

const schema = z.strictObject({
  id: name.min(1),
  cluster: name.exactOptional(),
  producerId: name.exactOptional(),
  closed: z.literal(true).exactOptional(),
  waiting: waiting.exactOptional(),
  givenUp: count,
  brokers: list(broker, maxBrokersPerProducer),
  writes: list(write, maxWritesPerProducer),
});

export const producer: z.ZodType<ProducerReport> = schema;

const sameType: SameType<z.infer<typeof schema>, ProducerReport> = true;
void sameType;
