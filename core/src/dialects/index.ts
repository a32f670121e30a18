export * from './beam.ts';
export * from './event-time-windows.ts';
export type { SpecFault } from './fault.ts';
export * as flink from './flink/index.ts';
export * as kafkaStreams from './kafka-streams/index.ts';
export * from './windows.ts';
