const maxBins = 360;

/** A count over time, of several kinds, in bins that grow wider as the time does: never more than `maxBins`. */
export class TimeBins {
  readonly #bins = new Map<number, number[]>();
  readonly #kinds: number;
  #widthMs: number;
  #index = Number.NaN;
  #bin: number[] = [];

  constructor(kinds: number, widthMs = 1_000) {
    this.#kinds = kinds;
    this.#widthMs = widthMs;
  }

  get widthMs(): number {
    return this.#widthMs;
  }

  add(atMs: number, kind: number, count = 1): void {
    const index = Math.floor(atMs / this.#widthMs);
    if (index !== this.#index) this.#enter(index);
    this.#bin[kind]! += count;
  }

  /** Ascending; bins without anything are left out. */
  bins(): { readonly atMs: number; readonly counts: readonly number[] }[] {
    return [...this.#bins]
      .sort(([one], [other]) => one - other)
      .map(([index, counts]) => ({ atMs: index * this.#widthMs, counts }));
  }

  #enter(index: number): void {
    this.#index = index;
    this.#bin = this.#bins.get(index) ?? this.#zeros();
    // Without a time it counts nowhere.
    if (!Number.isFinite(index) || this.#bins.has(index)) return;
    this.#bins.set(index, this.#bin);
    if (this.#bins.size <= maxBins) return;
    let mine = index;
    while (this.#bins.size > maxBins / 2) {
      this.#widen();
      mine = Math.floor(mine / 2);
    }
    this.#index = mine;
    this.#bin = this.#bins.get(mine)!;
  }

  #widen(): void {
    this.#widthMs *= 2;
    const before = [...this.#bins];
    this.#bins.clear();
    for (const [index, counts] of before) {
      const half = Math.floor(index / 2);
      const into = this.#bins.get(half);
      if (into === undefined) this.#bins.set(half, counts);
      else for (let kind = 0; kind < this.#kinds; kind++) into[kind]! += counts[kind]!;
    }
  }

  #zeros(): number[] {
    return Array.from({ length: this.#kinds }, () => 0);
  }
}
