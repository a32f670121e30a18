/** An application that makes a consumer and ends, without a broker. Runs on every Node. */
const { Kafka, logLevel } = require(process.env.KAFKAJS || 'kafkajs');

const kafka = new Kafka({
  clientId: 'plain',
  brokers: ['127.0.0.1:1'],
  logLevel: logLevel?.NOTHING,
  retry: { retries: 0 },
});
const consumer = kafka.consumer({ groupId: 'billing' });
const methods = Object.keys(consumer).length;
console.log(JSON.stringify({ methods }));
if (process.argv[2]?.includes('run')) {
  consumer.run({ eachMessage() {} }).catch(() => {});
  // kafkajs would look for the broker for ever.
  setTimeout(() => process.exit(0), 100);
}
