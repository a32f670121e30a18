/**
 * A binary heap that breaks ties exactly as `java.util.PriorityQueue` does. Which of two partitions with equal head
 * timestamps Kafka Streams takes is not specified anywhere: it falls out of how that heap sifts, so the sifting is the rule.
 */
export class PriorityQueue<T> {
  readonly #heap: T[] = [];
  readonly #rank: (item: T) => number;

  /** `rank` must not change while an item is queued. */
  constructor(rank: (item: T) => number) {
    this.#rank = rank;
  }

  get size(): number {
    return this.#heap.length;
  }

  offer(item: T): void {
    const heap = this.#heap;
    const rank = this.#rank(item);
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (rank >= this.#rank(heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  poll(): T | undefined {
    const heap = this.#heap;
    const head = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return head;
    const rank = this.#rank(last);
    const half = heap.length >>> 1;
    let at = 0;
    while (at < half) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && this.#rank(heap[child]!) > this.#rank(heap[child + 1]!)) child++;
      if (rank <= this.#rank(heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return head;
  }
}
