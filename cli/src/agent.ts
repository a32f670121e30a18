import { type FollowSettings, faultLine, readFollowSettings } from '@tidemark/config';
import kafkajs, { type KafkaConfig } from 'kafkajs';
import { Follower, registerCodecs } from 'tidemark/follow';

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
  registerCodecs(kafkajs);
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
