import type { Clock } from './clock.ts';
import type { Append } from './deliver.ts';
import type { World } from './world.ts';

/** A record as it lies in its partition. */
export interface Entry extends Append {
  readonly offset: number;
  readonly baseOffset: number;
  /** What the broker's clock said; `null` where it leaves no stamp. */
  readonly brokerMs: number | null;
}

/** By partition, what came, in the order in which it came. */
export function logsOf(world: World, appends: readonly Append[], clock: (broker: number) => Clock): Entry[][] {
  return world.partitions.map(({ id, topic, broker }) => {
    const isStamped = world.topics[topic]!.timestampType === 'LogAppendTime';
    const came = appends.filter(({ event }) => event.partition === id).sort((a, b) => a.appendMs - b.appendMs);
    const bases = new Map<Append['batch'], number>();
    return came.map((append, offset): Entry => {
      if (!bases.has(append.batch)) bases.set(append.batch, offset);
      const brokerMs = isStamped ? Math.round(append.appendMs + clock(broker)(append.appendMs)) : null;
      return { ...append, offset, baseOffset: bases.get(append.batch)!, brokerMs };
    });
  });
}

/** How many records lay there at a moment. */
export function countAt(log: readonly Entry[], atMs: number, atLeast: number): number {
  let count = atLeast;
  while (count < log.length && log[count]!.appendMs <= atMs) count++;
  return count;
}
