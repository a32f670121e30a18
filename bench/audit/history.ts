/** Sixteen partitions and eight producers that all write to them, mostly in order, one record in ten late by up to a minute. */
export class History {
  readonly count: number;
  readonly eventsMs: Float64Array;
  readonly arrivalsMs: Float64Array;
  readonly partitions: Uint8Array;
  readonly sources: Uint8Array;
  readonly offsets: Float64Array;

  constructor(count: number) {
    this.count = count;
    this.eventsMs = new Float64Array(count);
    this.arrivalsMs = new Float64Array(count);
    this.partitions = new Uint8Array(count);
    this.sources = new Uint8Array(count);
    this.offsets = new Float64Array(count);
    let state = 1;
    const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
    const next = new Float64Array(partitionCount);
    for (let i = 0, nowMs = 1_700_000_000_000; i < count; i++) {
      nowMs += random() * 2;
      this.arrivalsMs[i] = Math.floor(nowMs) + 5;
      this.eventsMs[i] = Math.floor(random() < 0.1 ? nowMs - random() * 60_000 : nowMs);
      const partition = Math.floor(random() * partitionCount);
      this.partitions[i] = partition;
      this.sources[i] = Math.floor(random() * 8);
      this.offsets[i] = next[partition]!++;
    }
  }
}

export const partitionCount = 16;
