/**
 * An ordinary kafkajs consumer: it counts events per key in tumbling windows of event time and drops what comes too late.
 * It prints one JSON line for each window's counts, for each record that it dropped, and for its progress.
 *
 *   node examples/consumer.ts --brokers localhost:9092 --topic events --group counter --window 5000 --grace 2000
 */
import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { TumblingCounts } from './windows.ts';

const { values: options } = parseArgs({
  options: {
    brokers: { type: 'string', default: 'localhost:9092' },
    topic: { type: 'string', default: 'events' },
    group: { type: 'string', default: 'counter' },
    window: { type: 'string', default: '5000' },
    grace: { type: 'string', default: '2000' },
  },
});

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const fail = (line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(1);
};

const kafka = new Kafka({ clientId: 'counter', brokers: options.brokers.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: options.group, allowAutoTopicCreation: false });
const counts = new TumblingCounts({ sizeMs: Number(options.window), graceMs: Number(options.grace) });
let processed = 0;
let dropped = 0;

consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => print({ joined: payload.memberAssignment }));
consumer.on(consumer.events.CRASH, ({ payload }) => fail(`Consumer stopped: ${payload.error.message}`));

await consumer.connect();
await consumer.subscribe({ topics: [options.topic], fromBeginning: true }).catch((error: Error) => {
  fail(`Topic ${options.topic} on ${options.brokers}: ${error.message}. Create it, or name another with --topic.`);
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
