/**
 * A mergeable histogram of signed values with a proven relative error.
 *
 * Lateness and clock skew are signed, and the usual sketches lose the negative side: one forgets it on merge, one throws,
 * one drops the value. This one is OpenTelemetry's base-2 exponential histogram with both sides and a *fixed* scale, so that
 * any two of them merge by adding counts at equal indexes: merging is associative and commutative by construction.
 *
 * Bucket `i` of a side holds the magnitudes in `(base^i, base^(i+1)]`, base = 2^(1/32) at scale 5. A value is given back as
 * the harmonic middle of its bucket, which is off by at most (base − 1) / (base + 1) = 1.083 %. Magnitudes at or below
 * `zeroThreshold` count as zero: there the error is absolute, and smaller than that.
 */
export interface Sketch {
  readonly scale: number;
  readonly count: number;
  readonly zero: number;
  readonly positive: SketchSide;
  readonly negative: SketchSide;
}

/** Counts of neighbouring buckets, the first of which has index `offset`. */
export interface SketchSide {
  readonly offset: number;
  readonly counts: readonly number[];
}

export const sketchScale = 5;
export const zeroThreshold: number = 2 ** -10;
/** (base − 1) / (base + 1), and a hair for the rounding of `log2` at a bucket's edge. */
export const relativeError = 0.01084;

const bucketsPerDoubling = 2 ** sketchScale;
/** No index can be outside: magnitudes are in (2^-10, 2^53], larger ones are taken for 2^53. */
const largestMagnitude = 2 ** 53;

interface MutableSide {
  offset: number;
  counts: number[];
}

export interface MutableSketch extends Sketch {
  count: number;
  zero: number;
  readonly positive: MutableSide;
  readonly negative: MutableSide;
}

export function createSketch(): MutableSketch {
  return {
    scale: sketchScale,
    count: 0,
    zero: 0,
    positive: { offset: 0, counts: [] },
    negative: { offset: 0, counts: [] },
  };
}

/** Adds a finite value, `times` times. A value that is not a number is the caller's to refuse. */
export function addToSketch(sketch: MutableSketch, value: number, times = 1): void {
  sketch.count += times;
  const magnitude = Math.abs(value);
  if (magnitude <= zeroThreshold) sketch.zero += times;
  else addToBucket(value > 0 ? sketch.positive : sketch.negative, bucketOf(magnitude), times);
}

/** Adds all of `from` to `into`. */
export function mergeSketch(into: MutableSketch, from: Sketch): void {
  if (from.scale !== sketchScale) throw new RangeError(`sketch of scale ${from.scale}; expected ${sketchScale}`);
  into.count += from.count;
  into.zero += from.zero;
  mergeSide(into.positive, from.positive);
  mergeSide(into.negative, from.negative);
}

/**
 * The value of rank `ceil(q × count)` (at least 1) in ascending order, to within `relativeError`; undefined when empty.
 * `q` in [0, 1].
 */
export function quantile(sketch: Sketch, q: number): number | undefined {
  if (sketch.count === 0) return undefined;
  let rest = Math.max(1, Math.ceil(q * sketch.count));
  const { negative, positive } = sketch;
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    rest -= negative.counts[i]!;
    if (rest <= 0) return -middleOf(negative.offset + i);
  }
  rest -= sketch.zero;
  if (rest <= 0) return 0;
  for (let i = 0; i < positive.counts.length; i++) {
    rest -= positive.counts[i]!;
    if (rest <= 0) return middleOf(positive.offset + i);
  }
  return middleOf(positive.offset + positive.counts.length - 1);
}

/** How many values are above `value`, which is positive, and the least of them, to within `relativeError`; ∞ if there is none. */
export function above({ positive }: Sketch, value: number): { readonly count: number; readonly leastMs: number } {
  const from = bucketOf(value) + 1;
  let count = 0;
  let leastMs = Number.POSITIVE_INFINITY;
  for (let i = Math.max(0, from - positive.offset); i < positive.counts.length; i++) {
    if (positive.counts[i]! > 0 && count === 0) leastMs = middleOf(positive.offset + i);
    count += positive.counts[i]!;
  }
  return { count, leastMs };
}

function bucketOf(magnitude: number): number {
  return Math.ceil(Math.log2(Math.min(magnitude, largestMagnitude)) * bucketsPerDoubling) - 1;
}

/** Harmonic middle of a bucket: the value whose relative error is the same at both ends. */
function middleOf(bucket: number): number {
  const low = 2 ** (bucket / bucketsPerDoubling);
  const high = 2 ** ((bucket + 1) / bucketsPerDoubling);
  return (2 * low * high) / (low + high);
}

function addToBucket(side: MutableSide, bucket: number, times: number): void {
  const { counts } = side;
  if (counts.length === 0) side.offset = bucket;
  while (bucket < side.offset) {
    counts.unshift(0);
    side.offset--;
  }
  while (bucket >= side.offset + counts.length) counts.push(0);
  counts[bucket - side.offset]! += times;
}

function mergeSide(into: MutableSide, from: SketchSide): void {
  for (let i = 0; i < from.counts.length; i++) {
    const times = from.counts[i]!;
    if (times > 0) addToBucket(into, from.offset + i, times);
  }
}
