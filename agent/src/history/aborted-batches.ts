import type { Batch } from './batch.ts';
import type { AbortedTransaction } from './fetch-answer.ts';

/**
 * Which batches of one answer belong to transactions that were given up. The broker lists those by producer and first offset;
 * each ends with its producer's next marker.
 */
export class AbortedBatches {
  readonly #begins: readonly AbortedTransaction[];
  readonly #givenUp = new Set<number>();
  #next = 0;

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#begins = aborted.toSorted((one, other) => one.firstOffset - other.firstOffset);
  }

  /** Batches must come in the order of the log. */
  includes(batch: Batch): boolean {
    for (; this.#next < this.#begins.length; this.#next++) {
      const { firstOffset, producerId } = this.#begins[this.#next]!;
      if (firstOffset > batch.lastOffset) break;
      this.#givenUp.add(producerId);
    }
    if (this.#givenUp.size === 0) return false;
    if (batch.isControl) {
      this.#givenUp.delete(batch.producerId);
      return false;
    }
    return batch.isTransactional && this.#givenUp.has(batch.producerId);
  }
}
