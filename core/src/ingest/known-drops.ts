import { assessLimits } from '../assess/assessment.ts';
import { addRange } from '../offset-ranges.ts';
import type { Cell, Drops, TopicPartition } from '../report.ts';
import type { State } from './state.ts';

/** All drops that agents have reported: group → policy → topic → partition → inclusive, sorted, merged offsets. */
export interface DropsByGroup {
  [group: string]: { [policy: string]: { [topic: string]: { [partition: string]: [first: number, last: number][] } } };
}

export interface KnownDrops extends TopicPartition {
  readonly group: string;
  readonly policy: string;
  readonly ranges: [first: number, last: number][];
}

export const maxRangesPerPartition = 10_000;

export function noteDrops(state: State, group: string, cell: Cell, drops: Drops): void {
  const { topic, partition } = cell;
  const key = `${group}|${drops.policy}|${topic}|${partition}`;
  let known = state.drops.get(key);
  if (known === undefined && state.drops.size >= assessLimits.maxTotals) {
    state.overflow.ranges += drops.offsets.length;
    return;
  }
  if (known === undefined) {
    known = { group, policy: drops.policy, topic, partition, ranges: [] };
    state.drops.set(key, known);
  }
  for (const [first, last] of drops.offsets) addRange(known.ranges, first, last);
  const tooMany = known.ranges.length - maxRangesPerPartition;
  if (tooMany > 0) {
    known.ranges.splice(0, tooMany);
    state.overflow.ranges += tooMany;
  }
}

export function dropsOf(state: State): DropsByGroup {
  const byGroup: DropsByGroup = dictionary();
  for (const { group, policy, topic, partition, ranges } of state.drops.values()) {
    const byPolicy = (byGroup[group] ??= dictionary());
    const byTopic = (byPolicy[policy] ??= dictionary());
    const byPartition = (byTopic[topic] ??= dictionary());
    byPartition[partition] = ranges;
  }
  return byGroup;
}

/** Names come from outside: in a plain object one called `__proto__` would be every object's. */
function dictionary<T>(): { [name: string]: T } {
  return Object.create(null);
}
