import { Kafka, logLevel } from 'kafkajs';
// @ts-expect-error: plain CommonJS without types
import consume from './consume.cjs';

interface Options {
  readonly brokers: string[];
}
const options: Options = JSON.parse(process.argv[2]!);
await consume({ Kafka, logLevel }, options);
