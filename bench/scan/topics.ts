import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { prng } from '../../testbed/src/story/prng.ts';
import { cacheOf } from '../report.ts';

export interface ScanTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly compression: 'none' | 'lz4' | 'zstd';
}

const recordBytes = 100;
const payloads = 10_000;

/** Fills a topic with Kafka's own performance producer, at its own size of batches. */
export async function fillTopic(
  { topic, partitions, compression }: ScanTopic,
  { java, tools, brokers, records }: { java: string; tools: string; brokers: readonly string[]; records: number },
): Promise<void> {
  await createTopic(brokers, topic, partitions);
  const producer = ['org.apache.kafka.tools.ProducerPerformance', '--topic', topic, '--num-records', String(records)];
  const settings = [`bootstrap.servers=${brokers[0]}`, `compression.type=${compression}`, 'linger.ms=5', 'acks=1'];
  execFileSync(
    java,
    ['-Xmx512m', '-cp', join(tools, '*'), ...producer, '--throughput', '-1', '--payload-file', payloadFile()].concat([
      '--command-property',
      ...settings,
    ]),
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
}

export async function createTopic(brokers: readonly string[], topic: string, partitions: number): Promise<void> {
  const admin = new Kafka({ clientId: 'filler', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
  });
  await admin.disconnect();
}

/** Lines of 100 random letters, as that producer makes them: but it takes longer to make five million than to send them. */
function payloadFile(): string {
  const path = join(cacheOf('scan'), 'payloads.txt');
  const next = prng(1);
  const letter = (): string => String.fromCharCode(65 + Math.floor(next() * 26));
  const line = (): string => Array.from({ length: recordBytes }, letter).join('');
  writeFileSync(path, Array.from({ length: payloads }, line).join('\n'));
  return path;
}
