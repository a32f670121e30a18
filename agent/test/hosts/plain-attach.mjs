/** As `plain.cjs`, attached in code. Runs on every Node. */
import { Kafka } from 'kafkajs';
import { attach } from 'tidemark';

const kafka = new Kafka({ clientId: 'plain', brokers: ['127.0.0.1:1'] });
attach(new Kafka({ clientId: 'another', brokers: ['127.0.0.1:1'] }), { cluster: 'another' });
if (attach(kafka) !== kafka) throw new Error('attach gives back another object');
console.log(JSON.stringify({ methods: Object.keys(kafka.consumer({ groupId: 'billing' })).length }));
