/** An application that only produces, and ends as soon as it has. */
import { Kafka, logLevel } from 'kafkajs';

const { brokers, topic, records } = JSON.parse(process.argv[2]);
const producer = new Kafka({ clientId: 'host', brokers, logLevel: logLevel.NOTHING }).producer({ idempotent: true });
await producer.connect();
const messages = Array.from({ length: records }, (_, i) => ({ value: String(i), partition: 0 }));
const [{ baseOffset }] = await producer.send({ topic, messages });
await producer.disconnect();
console.log(JSON.stringify({ baseOffset }));
