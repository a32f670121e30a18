import { Kafka, logLevel } from 'kafkajs';
import { attach } from 'tidemark';
import consume from './consume.cjs';

const { attachOptions, ...options } = JSON.parse(process.argv[2]);
class Attached extends Kafka {
  constructor(config) {
    super(config);
    const same = attach(this, attachOptions);
    if (same !== this) throw new Error('attach gives back another object');
  }
}
await consume({ Kafka: Attached, logLevel }, options);
