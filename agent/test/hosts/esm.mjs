import { Kafka, logLevel } from 'kafkajs';
import consume from './consume.cjs';

await consume({ Kafka, logLevel }, JSON.parse(process.argv[2]));
