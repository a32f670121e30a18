/**
 * An ordinary kafkajs consumer: it counts events per key in tumbling windows of event time and drops what comes too late.
 * It prints one JSON line for each window's counts, for each record that it dropped, and for its progress.
 *
 *   node examples/consumer.ts --brokers localhost:9092 --topic events --group counter --window 5000 --grace 2000
 */
import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { TumblingCounts } from './windows.ts';

const fail = (line: string): never => {
  process.stderr.write(`consumer: ${line}\n`);
  process.exit(1);
};
const options = readOptions();
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const kafka = new Kafka({ clientId: 'counter', brokers: options.brokers.split(','), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: options.group, allowAutoTopicCreation: false });
const counts = new TumblingCounts({ sizeMs: options.windowMs, graceMs: options.graceMs });
let processed = 0;
let dropped = 0;

consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => print({ joined: payload.memberAssignment }));
consumer.on(consumer.events.CRASH, ({ payload }) => {
  if (!payload.restart) fail(payload.error.message);
});

await consumer.connect().catch((error: Error) => {
  fail(`brokers ${options.brokers}: ${error.message}. Start Kafka there, or name others with --brokers host:port.`);
});
await consumer.subscribe({ topics: [options.topic], fromBeginning: true }).catch((error: Error) => {
  fail(`topic ${options.topic} on ${options.brokers}: ${error.message}. Create it, or name another with --topic.`);
});
await consumer.run({
  eachMessage: async ({ topic, partition, message }) => {
    const place = { topic, partition, offset: message.offset };
    const refused = counts.add(message.key?.toString() ?? '', Number(message.timestamp), place);
    processed++;
    if (refused) {
      dropped++;
      print({ dropped: { ...place, ...refused } });
    }
    for (const window of counts.takeClosed()) print({ window });
  },
});

const progress = setInterval(() => print({ progress: { processed, dropped } }), 500);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    clearInterval(progress);
    await consumer.disconnect();
    print({ progress: { processed, dropped } });
    process.exit(0);
  });
}

function readOptions() {
  try {
    const { window, grace, ...names } = parseArgs({
      options: {
        brokers: { type: 'string', default: 'localhost:9092' },
        topic: { type: 'string', default: 'events' },
        group: { type: 'string', default: 'counter' },
        window: { type: 'string', default: '5000' },
        grace: { type: 'string', default: '2000' },
      },
    }).values;
    return { ...names, windowMs: milliseconds('--window', window, 1), graceMs: milliseconds('--grace', grace, 0) };
  } catch (error) {
    return fail((error as Error).message);
  }
}

function milliseconds(flag: string, given: string, atLeast: number): number {
  const value = Number(given);
  if (Number.isSafeInteger(value) && value >= atLeast) return value;
  return fail(`${flag}: got "${given}"; expected milliseconds, such as 5000`);
}
