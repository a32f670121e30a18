export * as kafkaStreams from './kafka-streams/index.ts';
export * from './windows.ts';
