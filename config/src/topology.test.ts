import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCollectorSettings } from './collector.ts';
import { faultLine } from './faults.ts';
import { readTopology } from './topology.ts';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const example = /```yaml\n([^`]*)```/.exec(page)![1]!;

test('the example of the documentation', () => {
  expect(readTopology(example, 'topology.yaml')).toEqual({
    ok: true,
    value: {
      nodes: [
        { group: 'billing', reads: ['orders', 'prices'], writes: ['billing-by-user-repartition'] },
        { group: 'billing', stage: 'by-user', reads: ['billing-by-user-repartition'], writes: ['totals'] },
      ],
    },
  });
});

test.for<{ why: string; text: string; want: string[] }>([
  {
    why: 'no YAML',
    text: 'nodes: [',
    want: [
      't.yaml, line 1: got "Flow sequence in block collection must be sufficiently indented and end with a ]"; expected YAML',
    ],
  },
  { why: 'nothing', text: '', want: ['t.yaml: not set; expected nodes: a list of nodes'] },
  {
    why: 'all faults at once, each where it is',
    text: 'nodes:\n  - group: a\n    reads: []\n  - group: 7\n    reads: [x, "a b"]\n    wirtes: [y]\n',
    want: [
      't.yaml: nodes[0].reads: got "[]"; expected at least one topic',
      't.yaml: nodes[1].group: got "7"; expected the name of a consumer group',
      't.yaml: nodes[1].reads[1]: got "a b"; expected the name of a topic',
      't.yaml: nodes[1]: got "{\\"group\\":7,\\"reads\\":[\\"x\\",\\"a b\\"],\\"wirtes\\":[\\"y\\"]}"; expected no wirtes; only group, stage, reads, writes',
    ],
  },
  {
    why: 'a group in two nodes that cannot be told apart',
    text: 'nodes: [{ group: a, reads: [x] }, { group: a, reads: [y] }, { group: a, stage: z, reads: [y] }]',
    want: [
      't.yaml: nodes[1].stage: got "a second node of a without a stage"; expected a name that no other node of a has',
      't.yaml: nodes[2].reads: got "y"; expected a topic that no other node of a reads',
    ],
  },
])('$why', ({ text, want }) => {
  const read = readTopology(text, 't.yaml');
  expect(read.ok ? [] : read.faults.map(faultLine)).toEqual(want);
});

test('the collector names its faults beside those of the settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-topology-'));
  const file = join(folder, 'topology.yaml');
  writeFileSync(file, example);
  expect(readCollectorSettings({ TIDEMARK_TOPOLOGY: file })).toMatchObject({
    ok: true,
    value: { topology: { nodes: [{}, {}] } },
  });
  rmSync(folder, { recursive: true });
  const read = readCollectorSettings({}, ['--tick', 'soon', '--topology', file]);
  expect(read.ok ? [] : read.faults.map(faultLine)).toEqual([
    '--tick: got "soon"; expected a duration from 100ms to 1m such as 1s',
    `${file}: got "ENOENT"; expected a YAML file that can be read`,
  ]);
});
