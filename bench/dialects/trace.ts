/** 64 keys, mostly in order, one record in ten late by up to a minute. */
export interface Trace {
  readonly keys: readonly string[];
  readonly eventsMs: Float64Array;
}

export function makeTrace(records: number): Trace {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
  const eventsMs = new Float64Array(records);
  const keys: string[] = [];
  for (let i = 0, nowMs = 1_700_000_000_000; i < records; i++) {
    nowMs += Math.floor(random() * 20);
    eventsMs[i] = random() < 0.1 ? nowMs - Math.floor(random() * 60_000) : nowMs;
    keys.push(`key-${Math.floor(random() * 64)}`);
  }
  return { keys, eventsMs };
}
