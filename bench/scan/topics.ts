import { Kafka, logLevel } from 'kafkajs';
import { anyBroker, createCluster } from '../../agent/src/kafkajs/cluster.ts';
import type { Kafka as KafkaShape } from '../../agent/src/kafkajs/shapes.ts';
import { encodeBatch } from '../../agent/test/record-batches.ts';
import { createTopics } from '../../testbed/src/broker/create-topics.ts';
import { prng } from '../../testbed/src/story/prng.ts';

export interface ScanTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly compression: 'uncompressed' | 'lz4' | 'zstd';
}

/** A batch of Java's producer at its own settings, 16 KB, holds so many records of 100 bytes. */
const recordsPerBatch = 150;
const recordBytes = 100;
const distinctBatches = 64;
const requestsAtOnce = 32;

/** kafkajs's connection, over which a request of our own is sent: see `agent/src/history/raw-broker.ts`. */
interface RawBroker {
  lookupRequest(apiKey: number, definition: object): (request: ProduceRequest) => object;
  readonly connectionPool: { send(request: object): Promise<void> };
}

interface ProduceRequest {
  readonly topic: string;
  /** One for each partition: a broker takes no more in one request. */
  readonly batches: readonly Buffer[];
}

/**
 * Fills a topic with batches that are made once and sent again and again, because making five million records anew takes longer
 * than all that is measured. Where it is to be packed, the broker does that, each batch by itself.
 */
export async function fillTopic(
  brokers: readonly string[],
  { topic, partitions, compression }: ScanTopic,
  records: number,
): Promise<void> {
  const batches = makeBatches();
  const requests = Math.ceil(records / recordsPerBatch / partitions);
  await sendBatches(brokers, { topic, partitions, compression }, requests, (request) =>
    Array.from({ length: partitions }, (_, p) => batches[(request + p) % distinctBatches]!),
  );
}

/** Makes a topic and writes to it so many requests, each with one batch for every partition. */
export async function sendBatches(
  brokers: readonly string[],
  { topic, partitions, compression }: ScanTopic,
  requests: number,
  batchesOf: (request: number) => readonly Buffer[],
): Promise<void> {
  const kafka = new Kafka({ clientId: 'filler', brokers: [...brokers], logLevel: logLevel.NOTHING });
  await createTopic(kafka, topic, partitions, compression);
  const cluster = createCluster(kafka as unknown as KafkaShape);
  await cluster.connect();
  await cluster.refreshMetadata();
  const broker = (await anyBroker(cluster)) as unknown as RawBroker;
  const produce = broker.lookupRequest(0, produceDefinition);
  for (let sent = 0; sent < requests; sent += requestsAtOnce) {
    const some = Array.from({ length: Math.min(requestsAtOnce, requests - sent) }, (_, i) => {
      return broker.connectionPool.send(produce({ topic, batches: batchesOf(sent + i) }));
    });
    await Promise.all(some);
  }
  await cluster.disconnect();
}

async function createTopic(
  kafka: Kafka,
  topic: string,
  partitions: number,
  compression: ScanTopic['compression'],
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'compression.type', value: compression }];
  const one = { topic, numPartitions: partitions, replicationFactor: 1, configEntries };
  await createTopics(admin, [one]);
  await admin.disconnect();
}

/** Letters by chance, as Java's performance producer writes them. */
function makeBatches(): Buffer[] {
  const next = prng(1);
  const value = (): Buffer => Buffer.from(Array.from({ length: recordBytes }, () => 65 + Math.floor(next() * 26)));
  const baseTimestampMs = Date.now();
  return Array.from({ length: distinctBatches }, () => {
    const records = Array.from({ length: recordsPerBatch }, (_, i) => ({
      offsetDelta: i,
      timestampDelta: i >> 4,
      key: null,
      value: value(),
    }));
    return encodeBatch({ baseOffset: 0, baseTimestampMs, records });
  });
}

/** The Produce request in the form in which kafkajs keeps its own; from 3 to 8 it is the same. */
const produceDefinition = {
  versions: [3, 4, 5, 6, 7, 8],
  protocol:
    ({ version }: { readonly version: number }) =>
    (request: ProduceRequest) => ({
      request: {
        apiKey: 0,
        apiVersion: version,
        apiName: 'Produce',
        encode: async () => {
          const buffer = encode(request);
          return { buf: buffer, buffer };
        },
      },
      response: {
        decode: async (payload: Buffer) => ({ payload, clientSideThrottleTime: 0 }),
        parse: async ({ payload }: { readonly payload: Buffer }) => refuseFaults(payload),
      },
    }),
};

function encode({ topic, batches }: ProduceRequest): Buffer {
  const head = Buffer.alloc(2 + 2 + 4 + 4 + 2 + topic.length + 4);
  // No transaction; the leader's own word is enough.
  let at = head.writeInt16BE(-1, 0);
  at = head.writeInt16BE(1, at);
  at = head.writeInt32BE(30_000, at);
  at = head.writeInt32BE(1, at);
  at = head.writeInt16BE(topic.length, at);
  at += head.write(topic, at);
  head.writeInt32BE(batches.length, at);
  const parts = batches.flatMap((batch, partition) => {
    const place = Buffer.alloc(8);
    place.writeInt32BE(partition, 0);
    place.writeInt32BE(batch.length, 4);
    return [place, batch];
  });
  return Buffer.concat([head, ...parts]);
}

/** One topic; of each partition its number, an error, and more that is not looked at. */
function refuseFaults(payload: Buffer): void {
  const first = 4 + 2 + payload.readInt16BE(4) + 4;
  const error = payload.readInt16BE(first + 4);
  if (error !== 0) throw new Error(`the broker refuses a batch with code ${error}`);
}
