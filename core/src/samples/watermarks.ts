import type { Assessment } from '../assess/assessment.ts';
import type { TopologyNode } from '../topology/topology.ts';
import { known, type Metric, type Row, row, seconds } from './metric.ts';

const labels: readonly string[] = ['cluster', 'group', 'stage'];

export const watermarkMetrics: readonly Metric[] = [
  {
    name: 'tidemark_watermark_timestamp_seconds',
    kind: 'gauge',
    help: 'Watermark of a stage of a group: what its inputs have to give has been processed up to this event time.',
    labels,
    beyondCap: 'lowest',
    rows: (assessment) => nodes(assessment, (n) => seconds(n.watermarkMs)),
  },
  {
    name: 'tidemark_watermark_held_by',
    kind: 'gauge',
    help: 'Always 1: the input that holds the watermark of a stage where it is, and the group and stage whose input it is.',
    labels: [...labels, 'holding_group', 'holding_stage', 'topic', 'partition', 'state'],
    beyondCap: 'sum',
    rows: heldBy,
  },
  {
    name: 'tidemark_watermark_inputs',
    kind: 'gauge',
    help: 'Partitions that a stage of a group reads, by what they are now. The idle ones do not count for its watermark.',
    labels: [...labels, 'state'],
    beyondCap: 'sum',
    rows: ({ topology }) =>
      topology.nodes.flatMap((n) =>
        Object.entries(n.inputCounts).map(([state, count]) => row([...nodeLabels(n), state], count)),
      ),
  },
  {
    name: 'tidemark_watermark_resets_total',
    kind: 'counter',
    help: 'How often a partition of a stage was read again from further back, so that its watermark may have gone back.',
    labels,
    beyondCap: 'sum',
    rows: (assessment) => nodes(assessment, (n) => n.resets),
  },
];

function nodeLabels({ cluster, group, stage }: TopologyNode): string[] {
  return [cluster ?? '', group, stage ?? ''];
}

function nodes({ topology }: Assessment, value: (node: TopologyNode) => number | undefined): Row[] {
  return known(topology.nodes, nodeLabels, value);
}

function heldBy({ topology }: Assessment): Row[] {
  const byId = new Map(topology.nodes.map((node) => [node.id, node]));
  return topology.nodes.flatMap((node) => {
    const { heldBy } = node;
    const holding = heldBy && byId.get(heldBy.node);
    if (heldBy === undefined || holding === undefined) return [];
    const { topic, partition, state } = heldBy;
    return [row([...nodeLabels(node), holding.group, holding.stage ?? '', topic, String(partition), state], 1)];
  });
}
