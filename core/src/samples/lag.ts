import type { PartitionLag } from '../ingest/partition-lag.ts';
import { known, type Metric, type Row, row, seconds } from './metric.ts';

type LagMetric = Metric<readonly PartitionLag[]>;

const place: readonly string[] = [
  'cluster_name',
  'group',
  'topic',
  'partition',
  'member_host',
  'consumer_id',
  'client_id',
];

/**
 * The names and labels of kafka-lag-exporter, so that what people have drawn by them goes on working; `docs/metrics.md` says in
 * what the seconds differ. `consumer_id` is the task; `client_id` is not known here, and empty.
 */
export const lagMetrics: readonly LagMetric[] = [
  {
    name: 'kafka_consumergroup_group_lag_seconds',
    kind: 'gauge',
    help: 'How long the oldest record that waits for a group in a partition has waited, at most. No row: not known.',
    labels: place,
    beyondCap: 'highest',
    rows: (lags) => known(lags, labelsOf, ({ lagMs }) => seconds(lagMs)),
  },
  {
    name: 'kafka_consumergroup_group_lag',
    kind: 'gauge',
    help: 'Records of a partition that a group has not processed yet.',
    labels: place,
    beyondCap: 'sum',
    rows: (lags) => known(lags, labelsOf, ({ lag }) => lag),
  },
  {
    name: 'kafka_consumergroup_group_offset',
    kind: 'gauge',
    help: 'The next offset that a group will process in a partition.',
    labels: place,
    beyondCap: 'lowest',
    rows: (lags) => known(lags, labelsOf, ({ position }) => position),
  },
  {
    name: 'kafka_partition_latest_offset',
    kind: 'gauge',
    help: 'The end of a partition, as the fetches of its consumers saw it last.',
    labels: ['cluster_name', 'topic', 'partition'],
    beyondCap: 'highest',
    rows: (lags) =>
      worst(
        lags,
        ({ cluster, topic, partition }) => [cluster ?? '', topic, String(partition)],
        (lag) => lag.highWaterOffset,
      ),
  },
  {
    name: 'kafka_consumergroup_group_max_lag_seconds',
    kind: 'gauge',
    help: 'The highest lag in seconds of a group in any partition.',
    labels: ['cluster_name', 'group'],
    beyondCap: 'highest',
    rows: (lags) => worst(lags, groupOf, ({ lagMs }) => seconds(lagMs)),
  },
  {
    name: 'kafka_consumergroup_group_max_lag',
    kind: 'gauge',
    help: 'The highest lag in records of a group in any partition.',
    labels: ['cluster_name', 'group'],
    beyondCap: 'highest',
    rows: (lags) => worst(lags, groupOf, ({ lag }) => lag),
  },
  {
    name: 'kafka_consumergroup_group_sum_lag',
    kind: 'gauge',
    help: 'Records that a group has not processed yet.',
    labels: ['cluster_name', 'group'],
    beyondCap: 'sum',
    rows: (lags) =>
      folded(
        lags,
        groupOf,
        ({ lag }) => lag,
        (a, b) => a + b,
      ),
  },
  {
    name: 'kafka_consumergroup_group_topic_sum_lag',
    kind: 'gauge',
    help: 'Records of a topic that a group has not processed yet.',
    labels: ['cluster_name', 'group', 'topic'],
    beyondCap: 'sum',
    rows: (lags) =>
      folded(
        lags,
        (lag) => [...groupOf(lag), lag.topic],
        ({ lag }) => lag,
        (a, b) => a + b,
      ),
  },
];

function labelsOf({ cluster, group, topic, partition, host, task }: PartitionLag): string[] {
  return [cluster ?? '', group, topic, String(partition), host, task, ''];
}

function groupOf({ cluster, group }: PartitionLag): string[] {
  return [cluster ?? '', group];
}

type Labels = (lag: PartitionLag) => readonly string[];
type Value = (lag: PartitionLag) => number | undefined;

function worst(lags: readonly PartitionLag[], labels: Labels, value: Value): Row[] {
  return folded(lags, labels, value, Math.max);
}

/** A row for each set of labels, of all that is known under it. */
function folded(
  lags: readonly PartitionLag[],
  labels: Labels,
  value: Value,
  fold: (a: number, b: number) => number,
): Row[] {
  const rows = new Map<string, Row>();
  for (const lag of lags) {
    const known = value(lag);
    if (known === undefined) continue;
    const of = labels(lag);
    const key = JSON.stringify(of);
    const before = rows.get(key);
    rows.set(key, row(of, before === undefined ? known : fold(before.value, known)));
  }
  return [...rows.values()];
}
