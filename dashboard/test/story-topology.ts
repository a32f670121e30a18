import type { HeldBy, InputState, NodeInput, SeriesPoint, Topology, TopologyNode } from '@tidemark/core';

/** Orders are counted by user and joined with payments; the upstream task of orders-1 is held back. */
export function topologyOf(nowMs: number, isHeld = true): Topology {
  const nodes: TopologyNode[] = [];
  const node = (
    id: string,
    own: { topics: string[]; writes?: string[]; behindMs: number; heldBy: HeldBy; idle?: NodeInput[] },
  ): void => {
    const { topics, writes = [], behindMs, heldBy, idle = [] } = own;
    const [group, stage] = id.split('/') as [string, string | undefined];
    const counts: { [S in InputState]: number } = { live: 4, behind: 0, idle: idle.length, unheard: 0 };
    nodes.push({
      id,
      group,
      ...(stage === undefined ? {} : { stage }),
      topics,
      writes,
      watermarkMs: nowMs - behindMs,
      heldBy,
      tasks: [],
      inputs: [heldBy, ...idle],
      inputCounts: counts,
      resets: 0,
    });
  };
  const own = (nodeId: string, topic: string): HeldBy => ({
    topic,
    partition: 0,
    state: 'live',
    node: nodeId,
    via: [],
  });
  const held: HeldBy = {
    topic: 'orders',
    partition: 1,
    state: 'behind',
    waiting: 1_240,
    sinceMs: nowMs - 34_000,
    node: 'order-counts',
    via: [],
  };
  const downstream = (via: readonly string[]): HeldBy => ({ ...held, via: via.map((it) => ({ node: it })) });
  const idle = [3, 4].map((partition): NodeInput => ({ topic: 'payments', partition, state: 'idle' }));
  const bySide = 'order-counts-by-user-repartition';
  const behindMs = isHeld ? 34_000 : 400;
  node('order-counts', {
    topics: ['orders'],
    writes: [bySide],
    behindMs,
    heldBy: isHeld ? held : own('order-counts', 'orders'),
  });
  node('order-counts/by-user', {
    topics: [bySide],
    writes: ['user-counts'],
    behindMs: isHeld ? 34_600 : 700,
    heldBy: isHeld ? downstream(['order-counts']) : own('order-counts/by-user', bySide),
  });
  node('payments', {
    topics: ['payments'],
    writes: ['paid'],
    behindMs: 350,
    heldBy: own('payments', 'payments'),
    idle,
  });
  node('billing', {
    topics: ['user-counts', 'paid'],
    behindMs: isHeld ? 35_100 : 900,
    heldBy: isHeld ? downstream(['order-counts/by-user', 'order-counts']) : own('billing', 'paid'),
  });
  return {
    nodes,
    edges: [
      { topic: bySide, from: 'order-counts', to: 'order-counts/by-user', by: 'name' },
      { topic: 'user-counts', from: 'order-counts/by-user', to: 'billing', by: 'process' },
      { topic: 'paid', from: 'payments', to: 'billing', by: 'process' },
    ],
  };
}

/** Each kept up until it came to where it stands now. */
export function watermarksAt({ nodes }: Topology, atMs: number): NonNullable<SeriesPoint['watermarks']> {
  return nodes.flatMap(({ id, watermarkMs }) =>
    watermarkMs === undefined ? [] : [{ node: id, watermarkMs: Math.min(watermarkMs, atMs) }],
  );
}
