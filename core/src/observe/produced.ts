import { topologyLimits } from '../topology/topology.ts';

/** Topics that a process writes, as far as its producers were seen. Bounded; what goes beyond is counted. */
export interface Produced {
  readonly topics: Set<string>;
  overflow: number;
}

export function createProduced(): Produced {
  return { topics: new Set(), overflow: 0 };
}

/** Once for each call that sends, never for each record. */
export function noteProduced(produced: Produced, topic: string): void {
  if (produced.topics.has(topic)) return;
  if (produced.topics.size >= topologyLimits.maxProducedTopics) produced.overflow++;
  else produced.topics.add(topic);
}
