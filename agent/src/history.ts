export type { Block, Keys } from './history/block.ts';
export type { Place } from './history/bounds.ts';
export type {
  Coverage,
  OddTimestamps,
  PartitionCoverage,
  PartitionEnd,
  SkippedOffsets,
  UnreadableBatch,
} from './history/coverage.ts';
export type { Isolation } from './history/fetch-protocol.ts';
export type { Progress } from './history/progress.ts';
export { type Scan, type ScanOptions, scan } from './history/scan.ts';
