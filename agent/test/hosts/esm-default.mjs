import kafkajs from 'kafkajs';
import consume from './consume.cjs';

await consume(kafkajs, JSON.parse(process.argv[2]));
