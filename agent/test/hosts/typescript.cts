import kafkajs = require('kafkajs');

const consume: (client: unknown, options: unknown) => Promise<void> = require('./consume.cjs');
void consume(kafkajs, JSON.parse(process.argv[2] as string));
