export * from './aggregation.ts';
export type { Emission } from './emission.ts';
export * from './partition-group.ts';
export * from './suppress.ts';
export * from './timestamp-extractor.ts';
export { windowFaults } from './window-faults.ts';
export * from './windowed-count.ts';
