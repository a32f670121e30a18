import { EngineStopped } from '../dialects/kafka-streams/aggregation.ts';
import { extractMs, type TimestampExtractor } from '../dialects/kafka-streams/timestamp-extractor.ts';
import type { Audited } from './audited.ts';
import { begin, type Judgement, skip } from './judgement.ts';

/** The timestamp extractor of Kafka Streams, which knows the highest time of each partition. */
export class Extraction {
  readonly #extractor: TimestampExtractor;
  readonly #partitionTimesMs: number[] = [];

  constructor(extractor: TimestampExtractor) {
    this.#extractor = extractor;
  }

  /** False: the record goes no further, and the judgement says why. */
  begin(judgement: Judgement, { eventMs }: Audited, index: number): boolean {
    const partitionTimeMs = this.#partitionTimesMs[index] ?? -1;
    if (eventMs >= 0) {
      if (eventMs > partitionTimeMs) this.#partitionTimesMs[index] = eventMs;
      begin(judgement, eventMs);
      return true;
    }
    begin(judgement, eventMs);
    try {
      const extractedMs = extractMs(this.#extractor, eventMs, partitionTimeMs);
      if (extractedMs === undefined) skip(judgement, 'timestamp');
      else judgement.eventMs = extractedMs;
    } catch (error) {
      if (!(error instanceof EngineStopped)) throw error;
      skip(judgement, 'stopped');
    }
    return judgement.skipped === undefined;
  }
}
