/**
 * Producers that bring their records later than others do. A constant delay cannot be told from a clock that is behind, so
 * this proves nothing; but among many producers on one broker an odd one out is worth a look.
 */
export interface ProducerFloor {
  readonly producer: string;
  /** The floor of append − create time. */
  readonly gapMs: number;
}

export interface OddFloor {
  readonly producer: string;
  /** Above the median of the others. */
  readonly byMs: number;
  /** What to say of it. */
  readonly sentence: string;
}

const smallestSpreadMs = 2;
/** The median absolute deviation of a normal distribution times this is its standard deviation. */
const madToDeviation = 1.48;
const deviations = 4;
const fewestOthers = 3;

export function findOddFloors(floors: readonly ProducerFloor[]): OddFloor[] {
  const odd: OddFloor[] = [];
  for (const floor of floors) {
    const others = floors.filter((other) => other.producer !== floor.producer).map(({ gapMs }) => gapMs);
    if (others.length < fewestOthers) continue;
    const middleMs = median(others);
    const spreadMs = madToDeviation * median(others.map((gapMs) => Math.abs(gapMs - middleMs)));
    const byMs = floor.gapMs - middleMs;
    if (byMs <= deviations * Math.max(spreadMs, smallestSpreadMs)) continue;
    const sentence = `${floor.producer}: clock behind or records held back by about ${Math.round(byMs)} ms`;
    odd.push({ producer: floor.producer, byMs, sentence });
  }
  return odd;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
