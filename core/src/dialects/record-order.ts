import type { RecordPlace } from '../report.ts';
import type { SpecFault } from './fault.ts';

/**
 * Whether a record can come next in its partition. Offsets may have gaps, after compaction and transactions, but never go
 * back; times are whole milliseconds that a double holds exactly, which is narrower than any engine's own range.
 */
export class RecordOrder {
  readonly #lastOffset = new Map<string, number>();

  /** What is wrong with it, or undefined; only a record without fault counts as seen. */
  fault({ topic, partition, offset }: RecordPlace, eventMs: number): SpecFault | undefined {
    const id = `${partition} ${topic}`;
    const last = this.#lastOffset.get(id) ?? -1;
    if (!Number.isSafeInteger(offset) || offset <= last) {
      return {
        path: `${topic}-${partition} offset`,
        got: offset,
        expected: `an offset above ${last}: sort by partition and offset`,
      };
    }
    if (!Number.isSafeInteger(eventMs)) {
      const expected = 'whole milliseconds within ±2^53: check the unit, nanoseconds do not fit';
      return { path: `${topic}-${partition}@${offset} event time`, got: eventMs, expected };
    }
    this.#lastOffset.set(id, offset);
    return undefined;
  }
}
