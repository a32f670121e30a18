import type { Source } from './source.ts';

/**
 * What the silence of sources costs a consumer if they are cut off and come back now, by their own rate before. It is a
 * forecast of a loss that is not certain: a source that is idle holds nothing.
 */
export interface Forecast {
  readonly sources: readonly Source[];
  /** How far the stream time is past the last event that came of them: of the one that is furthest behind. */
  readonly leadMs: number;
  /** Records that they usually make in a second, together, and so would hold by now. */
  readonly perSecond: number;
  readonly heldRecords: number;
  readonly policies: readonly PolicyForecast[];
}

export interface PolicyForecast {
  readonly policy: string;
  readonly graceMs: number;
  /** Of the held records, those that the policy would refuse if they came now. */
  readonly lostRecords: number;
  /** Until it refuses the first of them, if the stream time goes on as time does; 0 when it does already. */
  readonly firstLostInMs: number;
}
