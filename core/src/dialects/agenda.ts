/**
 * What falls due when, as event time passes. Items of one time share a bucket, because the windows of all keys end at the
 * same moments: a heap of times stays small where a heap of windows would not.
 */
export class Agenda<T> {
  readonly #buckets = new Map<number, Set<T>>();
  /** A binary min-heap of the times that have a bucket, or had one that was emptied since. */
  readonly #times: number[] = [];

  get size(): number {
    return this.#buckets.size;
  }

  add(atMs: number, item: T): void {
    const bucket = this.#buckets.get(atMs);
    if (bucket) {
      bucket.add(item);
      return;
    }
    this.#buckets.set(atMs, new Set([item]));
    this.#push(atMs);
  }

  delete(atMs: number, item: T): void {
    this.#buckets.get(atMs)?.delete(item);
  }

  /** Removes and visits everything due at or before `untilMs`, earliest first. */
  take(untilMs: number, visit: (item: T, atMs: number) => void): void {
    for (let atMs = this.#times[0]; atMs !== undefined && atMs <= untilMs; atMs = this.#times[0]) {
      this.#pop();
      const bucket = this.#buckets.get(atMs);
      this.#buckets.delete(atMs);
      for (const item of bucket ?? []) visit(item, atMs);
    }
  }

  #push(atMs: number): void {
    const times = this.#times;
    let at = times.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (times[parent]! <= atMs) break;
      times[at] = times[parent]!;
      at = parent;
    }
    times[at] = atMs;
  }

  #pop(): void {
    const times = this.#times;
    const last = times.pop()!;
    if (times.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= last) break;
      times[at] = times[child]!;
      at = child;
    }
    times[at] = last;
  }
}
