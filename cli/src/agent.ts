import { faultLine, readFollowSettings } from '@tidemark/config';
import kafkajs from 'kafkajs';
import { Follower, registerCodecs } from 'tidemark/follow';
import { kafkaClient } from './kafka-client.ts';

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
  const follower = new Follower(kafkaClient(read.value, 'tidemark-agent'), read.value, 'tidemark agent, kafkajs 2.2.4');
  follower.start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void follower.stop());
}
