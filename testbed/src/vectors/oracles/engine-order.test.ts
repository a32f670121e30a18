import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit } from '@tidemark/core';
import { expect, test } from 'vitest';
import { readVector, vectorFiles } from '../files.ts';
import { readTrace } from './trace.ts';

// The order in which the real task of Kafka Streams took its records, against the order that an audit derives from nothing but
// when they arrived. Only runs whose polls bring all that the broker has, at a steady pace: that is the fetch model.

interface TaskCase {
  readonly kind: string;
  readonly spec: { readonly topics: readonly string[]; readonly maxTaskIdleMs: number };
  readonly polls: readonly {
    readonly wall: number;
    readonly fetched: { readonly [topic: string]: readonly number[] };
    readonly endOffsets: { readonly [topic: string]: number };
  }[];
  readonly trace: unknown;
  readonly expected: { readonly order: readonly { readonly i: number | null; readonly dropped: number }[] };
}

const folder = fileURLToPath(new URL('../../../../testdata/oracles/kafka-streams', import.meta.url));
const cases = vectorFiles(folder)
  .map((path) => ({ name: relative(folder, path), content: readVector(path) as TaskCase }))
  .filter(({ content }) => content.kind === 'task' && bringsAll(content));

function everyMs({ polls }: TaskCase): number {
  return polls[1]!.wall - polls[0]!.wall;
}

function bringsAll(content: TaskCase): boolean {
  const { polls, spec } = content;
  const got = new Map<string, number>();
  return polls.every(({ wall, fetched, endOffsets }, at) => {
    const isSteady = wall === polls[0]!.wall + at * everyMs(content);
    return spec.topics.every((topic) => {
      got.set(topic, (got.get(topic) ?? 0) + (fetched[topic]?.length ?? 0));
      return isSteady && endOffsets[topic] === got.get(topic);
    });
  });
}

test.for(cases)('$name', ({ content }) => {
  const { spec, polls, expected } = content;
  const trace = readTrace(content.trace, { arrivalsOrdered: true });
  const directory = new audit.Directory();
  for (const topic of spec.topics) directory.placeOf(topic, 0);
  const order: string[] = [];
  const said = (topic: string, offset: number): string => `${topic}@${offset}`;
  const engine = new audit.EngineOrder(
    {
      directory,
      tasks: 'all',
      appendTimes: 'broker',
      maxIdleMs: spec.maxTaskIdleMs,
      fetchEveryMs: everyMs(content),
    },
    ({ place, offset }) => order.push(said(directory.places[place]!.topic, offset)),
  );
  const record = audit.createAudited();
  for (const { wall, fetched } of polls) {
    for (const topic of spec.topics) {
      for (const i of fetched[topic] ?? []) {
        Object.assign(record, trace[i], { place: directory.placeOf(topic, 0), arrivalMs: wall });
        engine.take(record);
      }
    }
  }
  engine.end();
  const want = expected.order.flatMap(({ i }) => (i === null ? [] : [said(trace[i]!.topic!, trace[i]!.offset)]));
  // What the run was stopped before is in ours at its end.
  expect(order.slice(0, want.length)).toEqual(want);
  expect(want.length).toBeGreaterThan(0);
});

test('runs that never wait, wait for the broker only, and wait for a silent partition are among them', () => {
  const idles = new Set(cases.map(({ content }) => content.spec.maxTaskIdleMs));
  for (const ms of [-1, 0, 500, 10_000]) expect(idles).toContain(ms);
});
