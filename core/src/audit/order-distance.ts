/** How far an order of processing is from the order of event times. Pairs of records, but for `displacement`. */
export interface Distance {
  /** In the wrong order, wherever within their bound the clocks were. */
  readonly certain: number;
  /** Possibly in the wrong order: the certain ones and those that are closer than the clocks' bound can tell. */
  readonly possible: number;
  /** Records that come later than they should, past so many that belong after them. */
  readonly displaced: number;
  readonly displacementSum: number;
  readonly displacementMax: number;
  /** Disorder reached farther back than what was kept: `certain` is then a lower bound. */
  readonly isCut: boolean;
}

const slots = 1 << 16;
const firstWidthMs = 16;

/**
 * Inversions, counted as records come: for each, how many before it have a later event time. A binary indexed tree over the
 * latest 65,536 slices of event time holds how many records lie in each; where disorder reaches farther back, slices are made
 * twice as wide. Within a slice the order is not told apart, so those pairs are only possible inversions.
 */
export class OrderDistance {
  readonly #doubtMs: number;
  readonly #tree = new Float64Array(slots + 1);
  readonly #counts = new Float64Array(slots);
  #widthMs = firstWidthMs;
  /** The highest slice; the ring holds it and those before it. */
  #top = Number.NEGATIVE_INFINITY;
  #highestMs = Number.NEGATIVE_INFINITY;
  #inside = 0;
  #hasForgotten = false;
  #certain = 0;
  #possible = 0;
  #displaced = 0;
  #sum = 0;
  #max = 0;
  #isCut = false;

  /** `clockBoundMs`: how far each clock may be off; two of them by twice as much. */
  constructor(clockBoundMs: number) {
    this.#doubtMs = 2 * clockBoundMs;
  }

  take(eventMs: number): void {
    let slice = Math.floor(eventMs / this.#widthMs);
    if (slice > this.#top) this.#advance(slice);
    while (slice <= this.#top - slots) {
      this.#isCut ||= this.#hasForgotten;
      this.#widen();
      slice = Math.floor(eventMs / this.#widthMs);
    }
    const doubt = this.#doubtMs;
    const sure = Math.floor((eventMs + doubt) / this.#widthMs);
    if (sure < this.#top) this.#late(this.#above(sure));
    const from = doubt === 0 ? slice : Math.floor((eventMs - doubt) / this.#widthMs);
    if (doubt > 0 || eventMs < this.#highestMs) this.#possible += this.#above(from - 1);
    if (eventMs > this.#highestMs) this.#highestMs = eventMs;
    this.#add(slice, 1);
  }

  result(): Distance {
    return {
      certain: this.#certain,
      possible: Math.max(this.#certain, this.#possible),
      displaced: this.#displaced,
      displacementSum: this.#sum,
      displacementMax: this.#max,
      isCut: this.#isCut,
    };
  }

  #late(before: number): void {
    if (before === 0) return;
    this.#certain += before;
    this.#displaced++;
    this.#sum += before;
    if (before > this.#max) this.#max = before;
  }

  /** How many lie in slices above this one. */
  #above(slice: number): number {
    if (slice >= this.#top) return 0;
    if (slice <= this.#top - slots) return this.#inside;
    const from = place(slice + 1);
    const to = place(this.#top);
    return from <= to ? this.#upTo(to) - this.#upTo(from - 1) : this.#inside - this.#upTo(from - 1) + this.#upTo(to);
  }

  #advance(slice: number): void {
    if (slice - this.#top >= slots) {
      if (this.#inside > 0) this.#hasForgotten = true;
      this.#clear();
    } else {
      for (let passed = this.#top + 1; passed <= slice; passed++) {
        const count = this.#counts[place(passed)]!;
        if (count === 0) continue;
        this.#hasForgotten = true;
        this.#add(passed, -count);
      }
    }
    this.#top = slice;
  }

  #widen(): void {
    const before: [slice: number, count: number][] = [];
    for (let slice = this.#top - slots + 1; slice <= this.#top; slice++) {
      const count = this.#counts[place(slice)]!;
      if (count > 0) before.push([Math.floor(slice / 2), count]);
    }
    this.#clear();
    this.#widthMs *= 2;
    this.#top = Math.floor(this.#top / 2);
    for (const [slice, count] of before) this.#add(slice, count);
  }

  #clear(): void {
    this.#tree.fill(0);
    this.#counts.fill(0);
    this.#inside = 0;
  }

  #add(slice: number, count: number): void {
    const at = place(slice);
    this.#counts[at]! += count;
    this.#inside += count;
    for (let i = at + 1; i <= slots; i += i & -i) this.#tree[i]! += count;
  }

  #upTo(at: number): number {
    let sum = 0;
    for (let i = at + 1; i > 0; i -= i & -i) sum += this.#tree[i]!;
    return sum;
  }
}

function place(slice: number): number {
  return ((slice % slots) + slots) % slots;
}
