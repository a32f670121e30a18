const { Kafka, logLevel } = require('kafkajs');
const consume = require('./consume.cjs');

consume({ Kafka, logLevel }, JSON.parse(process.argv[2]));
