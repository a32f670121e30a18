import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cellsOf, type ReportTaker, startReportTaker, sum } from './collector.ts';
import { runHost } from './host.ts';
import { fillTopic, steadyMessages } from './topic.ts';

// What records carry, as real producers and a real broker put it there.

const { brokers, missing } = inject('broker');

describe.skipIf(missing !== undefined)(`records on a real broker${missing ? ` (${missing})` : ''}`, () => {
  let taker: ReportTaker;
  beforeAll(async () => {
    taker = await startReportTaker();
  });
  afterAll(() => taker?.stop());

  test('records whose event time cannot be read are counted by reason and otherwise left alone', async () => {
    const nowMs = Date.now();
    const value = (at: unknown) => ({ value: JSON.stringify({ event: { at } }) });
    const filled = await fillTopic(brokers, [
      value(nowMs),
      value(new Date(nowMs + 1).toISOString()),
      { value: null },
      { value: 'not JSON at all' },
      { value: '{"event": {}}' },
      value('yesterday'),
      value(-5),
      value(nowMs * 1000 * 1000),
      value(nowMs + 400 * 86_400_000),
      value(nowMs + 2),
    ]);
    const group = filled.group();
    const run = await runHost({
      file: 'esm.mjs',
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected: filled.records },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url, TIDEMARK_EVENT_TIME: 'json:event.at' },
    });
    expect(run.said).toMatchObject([{ processed: filled.records }]);
    expect(run.ours).toHaveLength(1);
    const reports = taker.reports.filter(({ tasks }) => tasks.some((task) => task.group === group));
    expect(reports.at(-1)!.health).toMatchObject({
      records: 4,
      errors: 0,
      unreadable: {
        'no value': 1,
        'not JSON': 1,
        'no field': 1,
        'not a time': 1,
        negative: 1,
        'beyond the calendar': 1,
        'over a year ahead (kept)': 1,
      },
    });
    expect(cellsOf(reports, group)).toMatchObject([{ count: 4, minEventMs: nowMs, late: { count: 1 } }]);
  });

  test('a record without a timestamp is passed over', async () => {
    const filled = await fillTopic(brokers, [
      { value: 'a', timestamp: '-1' },
      { value: 'b', timestamp: '1700000000000' },
    ]);
    const group = filled.group();
    const run = await runHost({
      file: 'commonjs.cjs',
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachBatch', expected: filled.records },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url },
    });
    expect(run.said).toMatchObject([{ processed: 2 }]);
    const reports = taker.reports.filter(({ tasks }) => tasks.some((task) => task.group === group));
    expect(reports.at(-1)!.health.unreadable).toEqual({ 'no timestamp': 1 });
    expect(cellsOf(reports, group)).toMatchObject([{ count: 1, minEventMs: 1_700_000_000_000 }]);
  });

  test('a LogAppendTime topic tells the append time exactly, and the create time of the first of each batch', async () => {
    const messages = steadyMessages(50, 0).map((message) => ({ ...message, partition: 0 }));
    const filled = await fillTopic(brokers, messages, { config: { 'message.timestamp.type': 'LogAppendTime' } });
    const group = filled.group();
    const run = await runHost({
      file: 'esm.mjs',
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected: filled.records },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url },
    });
    expect(run.said).toMatchObject([{ processed: 50, late: 0 }]);
    const cells = cellsOf(taker.reports, group);
    expect(sum(cells.map(({ count }) => count))).toBe(50);
    for (const cell of cells) {
      expect(cell.first.append).toEqual({ lowMs: cell.first.eventMs, highMs: cell.first.eventMs, exact: true });
      // The second batch was created 250 ms after the first: the pair that is closest to its append.
      expect(cell.createToAppend!.fromMs).toBe(Number(messages[25]!.timestamp));
    }
  });

  test('a producer that is not idempotent has no id: its partition is the source', async () => {
    const filled = await fillTopic(brokers, steadyMessages(10), { idempotent: false, partitions: 2 });
    const group = filled.group();
    await runHost({
      file: 'esm.mjs',
      options: { brokers, topic: filled.topic, groups: [group], handler: 'eachMessage', expected: filled.records },
      environment: { TIDEMARK_COLLECTOR_URL: taker.url },
    });
    const sources = cellsOf(taker.reports, group).map(({ source }) => source);
    expect(sources).toEqual(
      expect.arrayContaining([
        { kind: 'partition', topic: filled.topic, partition: 0 },
        { kind: 'partition', topic: filled.topic, partition: 1 },
      ]),
    );
  });
});
