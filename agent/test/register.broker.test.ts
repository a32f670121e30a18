import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cellsOf, type ReportTaker, startReportTaker, sum } from './collector.ts';
import { preload, runHost } from './host.ts';
import { type FilledTopic, fillTopic, steadyMessages } from './topic.ts';

// Applications as users have them, untouched, with the preload in front, on a real broker. What the agent reports must be
// what the application itself counted.

const { brokers, missing } = inject('broker');
const expected = 100;

describe.skipIf(missing !== undefined)(`the preload on a real broker${missing ? ` (${missing})` : ''}`, () => {
  let taker: ReportTaker;
  let filled: FilledTopic;
  beforeAll(async () => {
    taker = await startReportTaker();
    filled = await fillTopic(brokers, steadyMessages(expected), { partitions: 2 });
  });
  afterAll(() => taker?.stop());

  test.for([
    { why: 'an ES module that imports by name', file: 'esm.mjs', handler: 'eachMessage' },
    { why: 'a CommonJS module', file: 'commonjs.cjs', handler: 'eachBatch' },
    { why: 'TypeScript by Node’s type stripping', file: 'typescript.ts', handler: 'eachBatch' },
    { why: 'TypeScript by tsx', file: 'typescript.ts', handler: 'eachMessage', loaders: ['--import', 'tsx'] },
  ])('$why, $handler', async ({ file, handler, loaders = [] }) => {
    const group = filled.group();
    const run = await runHost({
      file,
      nodeArguments: [...loaders, ...preload],
      options: { brokers, topic: filled.topic, groups: [group], handler, expected },
      environment: {
        TIDEMARK_COLLECTOR_URL: taker.url,
        TIDEMARK_WINDOW: 'tumbling:1s',
        TIDEMARK_GRACE: '500ms',
      },
    });
    expect(run.errors).toEqual([]);
    expect(run.code).toBe(0);
    expect(run.ours).toEqual([
      `attached to kafkajs 2.2.4, group "${group}", ${handler}; reports to ${taker.url}; ` +
        'clock: unbounded (no NTP server configured)',
    ]);
    const [said] = run.said;
    // kafkajs calls handlers as methods of its runner.
    expect(said).toMatchObject({ group, processed: expected, thisIs: 'Runner' });
    const cells = cellsOf(taker.reports, group);
    expect(sum(cells.map((cell) => cell.count))).toBe(expected);
    expect(sum(cells.map((cell) => cell.late?.count ?? 0))).toBe(said!.late);
    expect(sum(cells.flatMap((cell) => cell.late?.dropped ?? []).map((drops) => drops.count))).toBeGreaterThan(0);
    expect(cells.every(({ source }) => source.kind === 'producer')).toBe(true);
    // The hook below kafkajs's events was found: appended before the fetch that brought them was answered.
    expect(cells.every(({ first }) => first.append.highMs !== undefined)).toBe(true);
  });
});
