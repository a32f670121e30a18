import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, kafkaToolJars } from './jars.ts';
import { findJava } from './java.ts';

const run = promisify(execFile);

/** What the scripts in Kafka's `bin` start; the scripts themselves are not on Maven Central. */
const mainClasses: { readonly [script: string]: string } = {
  'kafka-consumer-groups.sh': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-streams-application-reset.sh': 'org.apache.kafka.tools.StreamsResetter',
};

/** Runs a command line as Kafka's script of that name would, and gives what it prints. Its words must need no quotes. */
export async function runKafkaCommand(line: string): Promise<string> {
  const [script = '', ...words] = line.split(' ');
  const main = mainClasses[script];
  if (main === undefined) throw new RangeError(`${script}: its main class is not in kafka-command.ts`);
  const [java, jars] = await Promise.all([
    findJava(),
    kafkaToolJars(cacheFolder(), (progress) => process.stderr.write(`${progress}\n`)),
  ]);
  const { stdout, stderr } = await run(java, ['-Xmx256m', '-cp', join(jars, '*'), main, ...words]);
  return stdout + stderr;
}
