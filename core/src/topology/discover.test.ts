import { expect, test } from 'vitest';
import { discover, nodeIdOf, stageOf } from './discover.ts';
import type { TopologySpec } from './topology.ts';

interface Group {
  readonly group: string;
  readonly reads: readonly string[];
  readonly produced?: readonly string[];
}

/** `from > to (topic, evidence)`, as nodes are made of what groups read. */
function edges(groups: readonly Group[], spec?: TopologySpec): string[] {
  const nodes = groups.flatMap(({ group, reads, produced = [] }) =>
    [...Map.groupBy(reads, (topic) => stageOf(spec, group, topic))].map(([stage, topics]) => ({
      id: nodeIdOf(group, stage),
      group,
      stage,
      topics: new Set(topics),
      produced: new Set(produced),
    })),
  );
  return discover(spec, nodes)
    .map(({ topic, from, to, by }) => `${from} > ${to} (${topic}, ${by})`)
    .sort();
}

const step = (number: number) => `app-KSTREAM-AGGREGATE-STATE-STORE-000000000${number}-repartition`;

test.for<{ why: string; groups: Group[]; spec?: TopologySpec; want: string[] }>([
  {
    why: 'groups that have nothing to do with each other',
    groups: [
      { group: 'a', reads: ['orders'] },
      { group: 'b', reads: ['orders'] },
    ],
    want: [],
  },
  {
    why: 'what one process writes, another reads',
    groups: [
      { group: 'enrich', reads: ['orders'], produced: ['enriched', 'log'] },
      { group: 'billing', reads: ['enriched', 'prices'] },
    ],
    want: ['enrich > billing (enriched, process)'],
  },
  {
    why: 'a repartition topic is written by the group of its name, and may be read by others too',
    groups: [
      { group: 'app', reads: ['orders', 'app-by-user-repartition'] },
      { group: 'audit', reads: ['app-by-user-repartition', 'app-counts-changelog'] },
    ],
    want: [
      'app > app/by-user (app-by-user-repartition, name)',
      'app > audit (app-by-user-repartition, name)',
      'app > audit (app-counts-changelog, name)',
      'app/by-user > audit (app-counts-changelog, name)',
    ],
  },
  {
    why: 'of two groups whose names fit, the longer one',
    groups: [
      { group: 'app', reads: ['orders'] },
      { group: 'app-eu', reads: ['orders'] },
      { group: 'audit', reads: ['app-eu-x-repartition'] },
    ],
    want: ['app-eu > audit (app-eu-x-repartition, name)'],
  },
  {
    why: 'steps that Kafka Streams has numbered feed later ones only',
    groups: [{ group: 'app', reads: ['orders', step(3), step(7)] }],
    want: [
      `app > app/${step(3).slice(4, -12)} (${step(3)}, name)`,
      `app > app/${step(7).slice(4, -12)} (${step(7)}, name)`,
      `app/${step(3).slice(4, -12)} > app/${step(7).slice(4, -12)} (${step(7)}, name)`,
    ],
  },
  {
    why: 'steps with names of their own: nobody can tell, so the input from outside',
    groups: [{ group: 'app', reads: ['orders', 'app-a-repartition', 'app-b-repartition'] }],
    want: ['app > app/a (app-a-repartition, name)', 'app > app/b (app-b-repartition, name)'],
  },
  {
    why: 'a retry topic that a group writes and reads itself is no edge',
    groups: [{ group: 'billing', reads: ['orders', 'retry'], produced: ['retry'] }],
    want: [],
  },
  {
    why: 'a loop of two is cut on both sides, what leads into it stays',
    groups: [
      { group: 'in', reads: ['orders'], produced: ['x'] },
      { group: 'ping', reads: ['x', 'pong'], produced: ['ping'] },
      { group: 'pong', reads: ['ping'], produced: ['pong'] },
    ],
    want: ['in > ping (x, process)'],
  },
  {
    why: 'a file takes the place of what would be discovered of its groups',
    groups: [
      { group: 'app', reads: ['orders', 'app-a-repartition', 'app-b-repartition'] },
      { group: 'other', reads: ['orders'], produced: ['app-a-repartition'] },
    ],
    spec: {
      nodes: [
        { group: 'app', reads: ['orders'], writes: ['app-a-repartition'] },
        { group: 'app', stage: 'a', reads: ['app-a-repartition'], writes: ['app-b-repartition'] },
        { group: 'app', stage: 'b', reads: ['app-b-repartition'], writes: [] },
      ],
    },
    want: [
      'app > app/a (app-a-repartition, file)',
      'app/a > app/b (app-b-repartition, file)',
      'other > app/a (app-a-repartition, process)',
    ],
  },
  {
    why: 'a file may put several topics into one stage: a join',
    groups: [{ group: 'app', reads: ['orders', 'app-a-repartition', 'app-b-repartition'] }],
    spec: {
      nodes: [
        { group: 'app', reads: ['orders'], writes: ['app-a-repartition', 'app-b-repartition'] },
        { group: 'app', stage: 'join', reads: ['app-a-repartition', 'app-b-repartition'], writes: [] },
      ],
    },
    want: ['app > app/join (app-a-repartition, file)', 'app > app/join (app-b-repartition, file)'],
  },
])('$why', ({ groups, spec, want }) => expect(edges(groups, spec)).toEqual(want.sort()));
