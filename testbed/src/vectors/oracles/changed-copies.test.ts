import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isObject } from '../compare.ts';
import { readVector } from '../files.ts';
import { changedCopies } from './changed-copies.ts';
import { judgeOracle } from './judge.ts';

const folder = fileURLToPath(new URL('../../../../testdata/oracles', import.meta.url));
const never = /(^|\.)(wall|differences)(\.|$)/;

// What the oracles' own description calls informative, spelled out a second time: the judges must not have the last word on it.
test.for([
  { file: 'kafka-streams/ks-tumbling-edges-5000-0', informative: never },
  { file: 'kafka-streams/ks-hopping-null-keys-and-filter', informative: never },
  { file: 'kafka-streams/ks-sliding-near-zero', informative: never },
  { file: 'kafka-streams/ks-session-negative-skip', informative: never },
  { file: 'kafka-streams/ks-session-bridges-1000-0', informative: never },
  { file: 'kafka-streams/ks-tumbling-per-partition-outage', informative: never },
  {
    file: 'kafka-streams/ks-tumbling-negative-fail',
    informative: /^expected\.(windows|final|counters|error\.exception|records\.2)(\.|$)/,
  },
  { file: 'kafka-streams/ks-task-skipped-records', informative: never },
  { file: 'kafka-streams/ks-task-equal-timestamps', informative: never },
  { file: 'kafka-broker/broker-on-window-close', informative: /^expected\.events|wall/ },
  { file: 'kafka-broker/broker-restart', informative: /^expected\.events|wall|order\.([4-9]|10)\.updates/ },
  { file: 'kafka-broker/broker-two-partitions-two-tasks', informative: /^expected\.events|wall/ },
  { file: 'kafka-broker/broker-preloaded-idle-0', informative: /^expected\.events|wall|enforced/ },
  { file: 'flink/flink-tumbling-edges-10000-1000-2000', informative: never },
  { file: 'flink/flink-hopping-gaps', informative: never },
  { file: 'flink/flink-session-firing-edges', informative: never },
  { file: 'flink/flink-per-channel-all-idle', informative: never },
  { file: 'flink/flink-valve-3-channels-1', informative: never },
  { file: 'flink/flink-multiplexer-4-splits-5', informative: never },
  { file: 'flink/flink-two-inputs-0', informative: never },
  { file: 'beam/beam-session-bridges', informative: /^expected\.panes/ },
  { file: 'samza/samza-bootstrap-slow', informative: never },
])('no changed copy of $file passes', ({ file, informative }) => {
  const content = readVector(`${folder}/${file}.json.gz`);
  if (!isObject(content)) throw new Error(`${file} is no vector`);
  const copies = changedCopies(content, (path) => informative.test(path));
  expect(copies.length).toBeGreaterThan(10);
  const passed = copies.filter((copy) => judgeOracle(copy.content).length === 0).map((copy) => copy.where);
  expect(passed).toEqual([]);
});
