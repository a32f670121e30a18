import { Kafka, logLevel } from 'kafkajs';

// The same by kafkajs alone, record by record.
const [broker = '', topic = '', wanted = ''] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `bench-${process.pid}`, readUncommitted: true });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
let startedMs: number | undefined;
consumer.on(consumer.events.FETCH_START, () => {
  startedMs ??= performance.now();
});
let records = 0;
let latestMs = 0;
const done = new Promise<void>((resolve) => {
  void consumer.run({
    eachMessage: async ({ message }) => {
      const ms = Number(message.timestamp);
      if (ms > latestMs) latestMs = ms;
      if (++records === Number(wanted)) resolve();
    },
  });
});
await done;
console.log(JSON.stringify({ records: Number(wanted), elapsedMs: performance.now() - startedMs! }));
process.exit(0);
