/** A record as whoever took it says in its own log. */
export interface Taken {
  readonly atMs: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventMs: number;
  /** Names the event wherever it comes by: a user and a number. */
  readonly value: string;
}

/** What was taken by `untilMs`, in the order of each partition. */
export function takenBy(log: readonly Taken[], topic: string, untilMs: number): Map<number, Taken[]> {
  const taken = log.filter((one) => one.topic === topic && one.atMs <= untilMs);
  return Map.groupBy(
    taken.toSorted((a, b) => a.offset - b.offset),
    ({ partition }) => partition,
  );
}

/** The highest event time taken in each partition. */
export function partitionTimes(log: readonly Taken[], topic: string, untilMs: number): Map<number, number> {
  const times = [...takenBy(log, topic, untilMs)].map(([partition, taken]): [number, number] => [
    partition,
    Math.max(...taken.map(({ eventMs }) => eventMs)),
  ]);
  return new Map(times);
}

export interface Shuffled {
  readonly upstream: { readonly log: readonly Taken[]; readonly topic: string; readonly partitions: readonly number[] };
  readonly downstream: { readonly log: readonly Taken[]; readonly topic: string; readonly partition: number };
  /** To which partition an event goes on. */
  readonly goesTo: (value: string) => number | undefined;
  readonly untilMs: number;
}

/**
 * The watermark that a stream processor would have sent along to one partition downstream, from the two logs alone: of each task
 * upstream the highest event time that it had taken before the first event that is still on its way; the least of these.
 */
export function passedOn({ upstream, downstream, goesTo, untilMs }: Shuffled): number {
  const arrived = new Set(
    (takenBy(downstream.log, downstream.topic, untilMs).get(downstream.partition) ?? []).map(({ value }) => value),
  );
  const taken = takenBy(upstream.log, upstream.topic, untilMs);
  return Math.min(
    ...upstream.partitions.map((partition) => {
      let highestMs = Number.NEGATIVE_INFINITY;
      for (const { value, eventMs } of taken.get(partition) ?? []) {
        if (goesTo(value) === downstream.partition && !arrived.has(value)) break;
        highestMs = Math.max(highestMs, eventMs);
      }
      return highestMs;
    }),
  );
}
