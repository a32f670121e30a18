import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { type FollowSettings, faultLine, readFollowSettings } from '@tidemark/config';
import kafkajs, { type KafkaConfig } from 'kafkajs';
import { Follower } from 'tidemark/follow';

/** `tidemark agent`: follows a consumer group until it is asked to end. */
export async function runAgent(flags: readonly string[]): Promise<void> {
  const read = readFollowSettings(process.env, flags);
  if (!read.ok) {
    for (const fault of read.faults) process.stderr.write(`tidemark agent: ${faultLine(fault)}\n`);
    process.exitCode = 1;
    return;
  }
  if (!read.value.agent.enabled) {
    process.stderr.write('tidemark agent: not started: switched off by TIDEMARK_ENABLED\n');
    return;
  }
  registerZstd();
  const follower = new Follower(
    new kafkajs.Kafka(kafkaConfig(read.value)),
    read.value,
    'tidemark agent, kafkajs 2.2.4',
  );
  follower.start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void follower.stop());
}

function kafkaConfig({ brokers, tls, sasl }: FollowSettings): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId: 'tidemark-agent',
    // What is in the way is said by the follower, once and in words.
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 5_000,
    requestTimeout: 10_000,
    // It asks again by itself, and sooner knows what is wrong.
    retry: { retries: 1, initialRetryTime: 100 },
    ssl: tls,
    ...(sasl === undefined ? {} : { sasl: sasl as NonNullable<KafkaConfig['sasl']> }),
  };
}

/** kafkajs brings gzip only. Zstandard is in Node since 22.15; Snappy and LZ4 are in neither. */
function registerZstd(): void {
  if (typeof zstdDecompress !== 'function') return;
  const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { readonly buffer: Buffer }) => compress(encoder.buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
}
