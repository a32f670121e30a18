import { readFileSync } from 'node:fs';
import { type TopologySpec, topologyLimits } from '@tidemark/core';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { described, type SettingDescription } from './described.ts';
import type { Checked, Fault } from './faults.ts';

/**
 * Who reads and writes what, where it cannot be found out:
 *
 *     nodes:
 *       - group: billing
 *         reads: [orders]
 *         writes: [billing-by-user-repartition]
 *       - group: billing
 *         stage: by-user
 *         reads: [billing-by-user-repartition]
 */
const topicsAccepted = 'names of topics such as [orders, prices]';
const topics = z.array(z.string().regex(/^[\w.-]{1,249}$/, 'the name of a topic'), topicsAccepted);
const node = z.strictObject({
  group: z
    .string('the name of a consumer group')
    .min(1, 'the name of a consumer group')
    .describe('the name of a consumer group; needed'),
  stage: z.string('a name').min(1, 'a name').describe('a name; needed where a group has several nodes').exactOptional(),
  reads: topics.min(1, 'at least one topic').describe(`${topicsAccepted}; needed`),
  writes: topics.describe(topicsAccepted).default([]),
});
const schema = z.strictObject(
  {
    nodes: z.array(node, 'a list of nodes').max(topologyLimits.maxNodes, `at most ${topologyLimits.maxNodes} nodes`),
  },
  'nodes: a list of nodes',
);

/** Of each node. */
export const topologyReference: readonly SettingDescription[] = described(node);

export function readTopologyFile(path: string): Checked<TopologySpec> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    return { ok: false, faults: [{ where: path, got: reason, expected: 'a YAML file that can be read' }] };
  }
  return readTopology(text, path);
}

/** `name`: of the file, for what is said of it. */
export function readTopology(text: string, name: string): Checked<TopologySpec> {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    return { ok: false, faults: document.errors.map((error) => notYaml(error, name)) };
  }
  const read = schema.safeParse(document.toJS());
  const faults = read.success
    ? ambiguous(read.data, name)
    : read.error.issues.map((issue): Fault => {
        const got = document.getIn(issue.path.filter((part) => typeof part !== 'symbol'));
        return {
          where: issue.path.length === 0 ? name : `${name}: ${z.core.toDotPath(issue.path)}`,
          got: shown(got),
          expected: expected(issue),
        };
      });
  return read.success && faults.length === 0 ? { ok: true, value: read.data } : { ok: false, faults };
}

function notYaml(
  { message, linePos }: { message: string; linePos?: [{ line: number }, ...unknown[]] },
  name: string,
): Fault {
  const [what = ''] = message.replace(/ at line \d+, column \d+:/, '').split('\n');
  return { where: linePos === undefined ? name : `${name}, line ${linePos[0].line}`, got: what, expected: 'YAML' };
}

function expected(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys'
    ? `no ${issue.keys.join(', ')}; only group, stage, reads, writes`
    : issue.message;
}

function shown(got: unknown): string | undefined {
  if (got === undefined || got === null) return undefined;
  return typeof got === 'object' ? JSON.stringify(got) : String(got);
}

/** Where a topic is read must be clear from its group and name. */
function ambiguous({ nodes }: TopologySpec, name: string): Fault[] {
  return nodes.flatMap((node, i) => {
    const before = nodes.slice(0, i).filter(({ group }) => group === node.group);
    const where = `${name}: nodes[${i}]`;
    const faults: Fault[] = [];
    if (before.some(({ stage }) => stage === node.stage)) {
      const got = node.stage ?? `a second node of ${node.group} without a stage`;
      faults.push({ where: `${where}.stage`, got, expected: `a name that no other node of ${node.group} has` });
    }
    for (const topic of node.reads) {
      if (!before.some(({ reads }) => reads.includes(topic))) continue;
      faults.push({
        where: `${where}.reads`,
        got: topic,
        expected: `a topic that no other node of ${node.group} reads`,
      });
    }
    return faults;
  });
}
