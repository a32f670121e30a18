import type { EdgeEvidence, TopologyEdge, TopologySpec } from './topology.ts';

/**
 * Which group reads what another writes. A consumer's topics are known; what it writes is not in its group's protocol. Three
 * things tell: the user's file; the process, where an agent in it saw it produce; and the name, since Kafka Streams begins the
 * name of its own topics with that of its group.
 *
 * What this cannot see: which of several repartition topics of one group feeds which. Kafka Streams numbers the steps of an
 * application from its inputs on, so a numbered topic is taken to be written by stages with lower numbers; where its owner has
 * named the topics, by the stage that reads from outside. A file says better.
 */
export interface NodeSeen {
  readonly id: string;
  readonly group: string;
  readonly stage: string | undefined;
  readonly topics: ReadonlySet<string>;
  /** Written by the processes that read for it. */
  readonly produced: ReadonlySet<string>;
}

const repartition = '-repartition';
const changelog = '-changelog';

export function nodeIdOf(group: string, stage: string | undefined): string {
  return stage === undefined ? group : `${group}/${stage}`;
}

/** In which stage of its group a topic is read. */
export function stageOf(spec: TopologySpec | undefined, group: string, topic: string): string | undefined {
  const said = spec?.nodes.find((node) => node.group === group && node.reads.includes(topic));
  if (said !== undefined) return said.stage;
  const isOwn = topic.startsWith(`${group}-`) && topic.endsWith(repartition);
  return isOwn ? topic.slice(group.length + 1, -repartition.length) : undefined;
}

/** Edges between nodes that are seen; loops are cut, so that nobody waits for himself. */
export function discover(spec: TopologySpec | undefined, nodes: readonly NodeSeen[]): TopologyEdge[] {
  const found = new Map<string, TopologyEdge>();
  const readers = new Map<string, NodeSeen[]>();
  for (const node of nodes) {
    for (const topic of node.topics) readers.set(topic, [...(readers.get(topic) ?? []), node]);
  }
  const add = (topic: string, from: NodeSeen, by: EdgeEvidence): void => {
    for (const to of readers.get(topic) ?? []) {
      const key = JSON.stringify([topic, from.id, to.id]);
      if (from !== to && !found.has(key)) found.set(key, { topic, from: from.id, to: to.id, by });
    }
  };
  const isSaid = (node: NodeSeen) => spec?.nodes.some(({ group }) => group === node.group) ?? false;
  for (const node of nodes) {
    for (const topic of saidWrites(spec, node)) add(topic, node, 'file');
    if (!isSaid(node)) for (const topic of node.produced) add(topic, node, 'process');
  }
  const byGroup = Map.groupBy(nodes, ({ group }) => group);
  for (const topic of readers.keys()) {
    for (const node of byGroup.get(ownerOf(topic, byGroup) ?? '') ?? []) {
      if (!isSaid(node) && mayWrite(node, topic)) add(topic, node, 'name');
    }
  }
  return withoutLoops([...found.values()]);
}

export function saidWrites(spec: TopologySpec | undefined, node: NodeSeen): readonly string[] {
  const said = spec?.nodes.find(({ group, stage }) => group === node.group && stage === node.stage);
  return said?.writes ?? [];
}

/** The group with the longest name that the topic's begins with: `billing-eu-x-repartition` is not of `billing`. */
function ownerOf(topic: string, groups: ReadonlyMap<string, unknown>): string | undefined {
  if (!topic.endsWith(repartition) && !topic.endsWith(changelog)) return undefined;
  for (let end = topic.lastIndexOf('-'); end > 0; end = topic.lastIndexOf('-', end - 1)) {
    if (groups.has(topic.slice(0, end))) return topic.slice(0, end);
  }
  return undefined;
}

function mayWrite({ group, stage }: NodeSeen, topic: string): boolean {
  if (stage === undefined || topic.endsWith(changelog)) return true;
  const own = stepOf(stage);
  const its = stepOf(topic.slice(group.length + 1, -repartition.length));
  return own !== undefined && its !== undefined && own < its;
}

/** `KSTREAM-AGGREGATE-STATE-STORE-0000000003`: the third step. */
function stepOf(stage: string): number | undefined {
  const digits = /-(\d{10})$/.exec(stage)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** An edge is left out when what it leads to leads back to where it comes from. */
function withoutLoops(edges: readonly TopologyEdge[]): TopologyEdge[] {
  const next = Map.groupBy(edges, ({ from }) => from);
  const leadsTo = (start: string, end: string): boolean => {
    const seen = new Set([start]);
    for (const node of seen) {
      if (node === end) return true;
      for (const { to } of next.get(node) ?? []) seen.add(to);
    }
    return false;
  };
  const reached = new Map<string, boolean>();
  return edges.filter(({ from, to }) => {
    const key = JSON.stringify([to, from]);
    const known = reached.get(key) ?? leadsTo(to, from);
    reached.set(key, known);
    return !known;
  });
}
