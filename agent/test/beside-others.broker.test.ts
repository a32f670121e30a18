import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cellsOf, type ReportTaker, startReportTaker, sum } from './collector.ts';
import { preload, runHost } from './host.ts';
import { type FilledTopic, fillTopic, steadyMessages } from './topic.ts';

// What else may be in a host's process: other instrumentation, several consumers, errors of its own, no collector.

const { brokers, missing } = inject('broker');
const expected = 60;
const hostFile = (name: string) => fileURLToPath(new URL(`hosts/${name}`, import.meta.url));

describe.skipIf(missing !== undefined)(`the preload beside others${missing ? ` (${missing})` : ''}`, () => {
  let taker: ReportTaker;
  let filled: FilledTopic;
  beforeAll(async () => {
    taker = await startReportTaker();
    filled = await fillTopic(brokers, steadyMessages(expected), { partitions: 2 });
  });
  afterAll(() => taker?.stop());

  const openTelemetry = ['--import', hostFile('open-telemetry.mjs')];
  test.for([
    { why: 'OpenTelemetry before us, ES module', file: 'esm.mjs', nodeArguments: [...openTelemetry, ...preload] },
    { why: 'OpenTelemetry after us, ES module', file: 'esm.mjs', nodeArguments: [...preload, ...openTelemetry] },
    { why: 'OpenTelemetry before us, CommonJS', file: 'commonjs.cjs', nodeArguments: [...openTelemetry, ...preload] },
    { why: 'OpenTelemetry after us, CommonJS', file: 'commonjs.cjs', nodeArguments: [...preload, ...openTelemetry] },
  ])('$why: both see each record once', async ({ file, nodeArguments }) => {
    const group = filled.group();
    const run = await runHost({
      file,
      nodeArguments,
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url },
    });
    expect(run.errors).toEqual([]);
    expect(run.said).toMatchObject([{ processed: expected }, { spans: expected }]);
    expect(sum(cellsOf(taker.reports, group).map(({ count }) => count))).toBe(expected);
  });

  test('several consumers in one process are tasks of one agent, and each says that it is attached', async () => {
    const groups = [filled.group(), filled.group(), filled.group()];
    const run = await runHost({
      file: 'esm.mjs',
      options: { brokers, topic: filled.topic, groups, handler: 'eachMessage', expected },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url },
    });
    expect(run.ours).toHaveLength(groups.length);
    for (const group of groups) {
      expect(run.ours.filter((line) => line.includes(`group "${group}"`))).toHaveLength(1);
      expect(sum(cellsOf(taker.reports, group).map(({ count }) => count))).toBe(expected);
    }
    const agents = new Set(
      taker.reports
        .filter(({ tasks }) => tasks.some((task) => groups.includes(task.group)))
        .map(({ agent }) => agent.id),
    );
    expect(agents.size).toBe(1);
  });

  test('a handler that throws is retried by kafkajs as without us, and what comes again is not counted again', async () => {
    const group = filled.group();
    const run = await runHost({
      file: 'esm.mjs',
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected, throwAt: 20 },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url },
    });
    expect(run.said).toMatchObject([{ processed: expected, thrown: 1 }]);
    expect(run.ours).toHaveLength(1);
    expect(sum(cellsOf(taker.reports, group).map(({ count }) => count))).toBe(expected);
    const last = taker.reports.filter(({ tasks }) => tasks.some((task) => task.group === group)).at(-1)!;
    expect(last.health).toMatchObject({ errors: 0, redelivered: 1 });
  });

  test('kafkajs loaded before us: attached all the same, and a loud line says what is not seen', async () => {
    const group = filled.group();
    const run = await runHost({
      file: 'commonjs.cjs',
      nodeArguments: ['--require', hostFile('kafkajs-first.cjs'), ...preload],
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url },
    });
    expect(run.ours).toEqual([
      expect.stringMatching(
        /^kafkajs was loaded before Tidemark \(.*\): consumers that were created by then are not seen/,
      ),
      expect.stringMatching(/^attached to kafkajs 2\.2\.4/),
    ]);
    expect(sum(cellsOf(taker.reports, group).map(({ count }) => count))).toBe(expected);
  });

  test('a collector that is down is said once and costs the host nothing', async () => {
    const group = filled.group();
    const run = await runHost({
      file: 'esm.mjs',
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected },
      environment: { TIDEMARK_COLLECTOR_URL: 'http://127.0.0.1:1', TIDEMARK_REPORT_INTERVAL: '100ms' },
    });
    expect(run.code).toBe(0);
    expect(run.said).toMatchObject([{ processed: expected }]);
    expect(run.ours).toEqual([
      expect.stringMatching(/^attached to/),
      expect.stringMatching(/^the collector at http:\/\/127\.0\.0\.1:1 cannot be reached \(.*ECONNREFUSED.*\)/),
    ]);
  });

  test('attached in code, with settings of its own', async () => {
    const group = filled.group();
    const run = await runHost({
      file: 'in-code.mjs',
      nodeArguments: ['--conditions=tidemark-source'],
      options: {
        brokers,
        topic: filled.topic,
        groups: [group],
        handler: 'eachBatch',
        expected,
        attachOptions: { collectorUrl: taker.url, source: { kind: 'header', name: 'producer' } },
      },
    });
    expect(run.said).toMatchObject([{ processed: expected }]);
    const cells = cellsOf(taker.reports, group);
    expect(sum(cells.map(({ count }) => count))).toBe(expected);
    expect(new Set(cells.map(({ source }) => JSON.stringify(source)))).toEqual(
      new Set([JSON.stringify({ kind: 'named', name: 'A' })]),
    );
  });

  test('attached twice, by the preload and in code: counted once, by the settings in code', async () => {
    const group = filled.group();
    const run = await runHost({
      file: 'in-code.mjs',
      options: {
        brokers,
        topic: filled.topic,
        groups: [group],
        handler: 'eachMessage',
        expected,
        attachOptions: { collectorUrl: taker.url, cluster: 'in code' },
      },
    });
    expect(run.ours).toHaveLength(1);
    const tasks = taker.reports.flatMap(({ tasks }) => tasks).filter((task) => task.group === group);
    expect(new Set(tasks.map(({ cluster }) => cluster))).toEqual(new Set(['in code']));
    expect(sum(cellsOf(taker.reports, group).map(({ count }) => count))).toBe(expected);
  });
});
