import { EngineStopped } from './aggregation.ts';

export type TimestampExtractor =
  | 'FailOnInvalidTimestamp'
  | 'LogAndSkipOnInvalidTimestamp'
  | 'UsePartitionTimeOnInvalidTimestamp';

export const timestampExtractors: readonly TimestampExtractor[] = [
  'FailOnInvalidTimestamp',
  'LogAndSkipOnInvalidTimestamp',
  'UsePartitionTimeOnInvalidTimestamp',
];

/** The time of a record as its extractor has it; undefined: the record is skipped. Negative times are invalid. */
export function extractMs(extractor: TimestampExtractor, eventMs: number, partitionTimeMs: number): number | undefined {
  if (eventMs >= 0) return eventMs;
  switch (extractor) {
    case 'LogAndSkipOnInvalidTimestamp':
      return undefined;
    case 'UsePartitionTimeOnInvalidTimestamp':
      if (partitionTimeMs >= 0) return partitionTimeMs;
      throw new EngineStopped(`timestamp ${eventMs} is negative and its partition has no valid one yet`);
    case 'FailOnInvalidTimestamp':
      throw new EngineStopped(`timestamp ${eventMs} is negative`);
  }
}
