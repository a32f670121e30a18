import { Kafka, logLevel } from 'kafkajs';
import { scan } from 'tidemark/history';

// Reads all of a topic, as an audit does: every record's timestamp is looked at.
const [broker = '', topic = ''] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING });
const history = scan(kafka, { topic, isolation: 'readUncommitted' });
let latestMs = 0;
for await (const { createMs, count } of history) {
  for (let i = 0; i < count; i++) if (createMs[i]! > latestMs) latestMs = createMs[i]!;
}
const { records, elapsedMs, isComplete } = history.coverage();
if (!isComplete || latestMs === 0) throw new Error(JSON.stringify(history.coverage()));
console.log(JSON.stringify({ records, elapsedMs }));
