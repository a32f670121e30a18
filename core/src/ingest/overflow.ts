/** What went beyond a bound of the collector, by what it was: counted, not kept. */
export interface Overflow {
  tasks: number;
  lanes: number;
  partitions: number;
  lateRows: number;
  ranges: number;
  totals: number;
  nodes: number;
  suspicions: number;
  rhythms: number;
  producers: number;
}

export function createOverflow(): Overflow {
  return {
    tasks: 0,
    lanes: 0,
    partitions: 0,
    lateRows: 0,
    ranges: 0,
    totals: 0,
    nodes: 0,
    suspicions: 0,
    rhythms: 0,
    producers: 0,
  };
}
