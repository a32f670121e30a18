import { expect, test } from 'vitest';
import { Pipeline, startMs } from '../../test/simulated-pipeline.ts';
import { events, orders, shuffle } from '../../test/simulated-shuffle.ts';

// Event times are milliseconds after the start.

test('the least of what the inputs have processed, and the input that it is', () => {
  const pipeline = new Pipeline();
  pipeline.start({ group: 'billing', reads: orders });
  pipeline.append('orders', 0, startMs + 900);
  pipeline.append('orders', 0, startMs + 700);
  pipeline.append('orders', 1, startMs + 400);
  pipeline.run(2_000);
  expect(pipeline.watermark('billing')).toBe(400);
  expect(pipeline.node('billing')).toMatchObject({
    topics: ['orders'],
    heldBy: { node: 'billing', topic: 'orders', partition: 1, state: 'live', via: [], task: 'billing/m1' },
    tasks: [{ id: 'billing/m1', watermarkMs: startMs + 400 }],
    inputs: [{ partition: 1 }, { partition: 0 }],
  });
});

test('an input that has nothing more to give does not count, and it is said since when', () => {
  const pipeline = new Pipeline();
  pipeline.start({ group: 'billing', reads: [...orders, ['orders', 2]] });
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  pipeline.run(20_000, () => events(pipeline, 0));
  expect(pipeline.watermark('billing')).toBeGreaterThan(28_000);
  const { inputs, inputCounts } = pipeline.node('billing');
  expect(inputCounts).toEqual({ live: 1, behind: 0, idle: 2, unheard: 0 });
  // Partition 2 never had a record: it does not hold all others at nothing.
  expect(inputs.slice(1)).toMatchObject([
    { partition: 1, state: 'idle', sinceMs: startMs + 10_000 },
    { partition: 2, state: 'idle' },
  ]);
});

test('silence is judged by the habit of the input', () => {
  const pipeline = new Pipeline();
  pipeline.start({ group: 'billing', reads: orders });
  pipeline.run(120_000, () => events(pipeline, 0, ...((pipeline.nowMs - startMs) % 10_000 === 0 ? [1] : [])));
  pipeline.run(15_000, () => events(pipeline, 0));
  expect(pipeline.node('billing').heldBy).toMatchObject({ partition: 1, state: 'live' });
  expect(pipeline.watermark('billing')).toBe(110_000);
});

test.for(['stuck', 'paused'] as const)('an input that is not read to its end is never idle: %s', (how) => {
  const pipeline = new Pipeline();
  const reader = pipeline.start({ group: 'billing', reads: orders });
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  reader[how].add('orders/1');
  pipeline.run(1_000, () => events(pipeline, 0, 1));
  pipeline.run(60_000, () => events(pipeline, 0));
  expect(pipeline.watermark('billing')).toBe(9_900);
  expect(pipeline.node('billing').heldBy).toMatchObject(
    how === 'stuck'
      ? { partition: 1, state: 'behind', waiting: 10, sinceMs: startMs + 10_000 }
      : { partition: 1, state: 'live', paused: true },
  );
  reader[how].clear();
  pipeline.run(2_000, () => events(pipeline, 0, 1));
  expect(pipeline.watermark('billing')).toBeGreaterThan(72_000);
});

test('one that returns from idleness with what is old holds it where it is', () => {
  const pipeline = new Pipeline();
  pipeline.start({ group: 'billing', reads: orders });
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  pipeline.run(10_000, () => events(pipeline, 0));
  const before = pipeline.watermark('billing')!;
  pipeline.run(2_000, () => {
    events(pipeline, 0);
    pipeline.append('orders', 1, pipeline.nowMs - 9_000);
  });
  expect(pipeline.watermark('billing')).toBeGreaterThanOrEqual(before);
  expect(pipeline.watermark('billing')).toBeLessThan(before + 1_100);
  expect(pipeline.node('billing').heldBy).toMatchObject({ partition: 1, progressMs: startMs + 12_900 });
});

test('when all are idle, all that there was has been processed', () => {
  const pipeline = new Pipeline();
  pipeline.start({ group: 'billing', reads: orders });
  pipeline.append('orders', 0, startMs + 500);
  pipeline.append('orders', 1, startMs + 100);
  pipeline.run(10_000);
  expect(pipeline.watermark('billing')).toBe(500);
  expect(pipeline.node('billing').heldBy).toBeUndefined();
});

test('a backlog of which nothing was processed: unknown, not zero', () => {
  const pipeline = new Pipeline();
  const reader = pipeline.start({ group: 'billing', reads: orders });
  reader.stuck.add('orders/1');
  pipeline.run(5_000, () => events(pipeline, 0, 1));
  expect(pipeline.watermark('billing')).toBeUndefined();
  expect(pipeline.node('billing').heldBy).toMatchObject({ partition: 1, state: 'behind' });
});

test('through a shuffle: a lagging task upstream holds all tasks downstream, and is named', () => {
  const pipeline = new Pipeline();
  const { up, id } = shuffle(pipeline);
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  up[1]!.stuck.add('orders/1');
  pipeline.run(20_000, () => events(pipeline, 0, 1));
  expect(pipeline.watermark('billing')).toBe(9_900);
  expect(pipeline.watermark(id)).toBe(9_900);
  const root = { node: 'billing', topic: 'orders', partition: 1, state: 'behind', task: 'billing/up1' };
  expect(pipeline.node('billing').heldBy).toMatchObject({ ...root, via: [] });
  expect(pipeline.node(id).heldBy).toMatchObject({ ...root, via: [{ node: 'billing', task: 'billing/up1' }] });
  expect(pipeline.node(id).tasks.map(({ watermarkMs }) => watermarkMs)).toEqual([startMs + 9_900, startMs + 9_900]);
  expect(pipeline.assessment.topology.edges).toEqual([
    { topic: 'billing-by-user-repartition', from: 'billing', to: id, by: 'name' },
  ]);
});

test('a task downstream that lags is its own cause, and holds nobody beside it', () => {
  const pipeline = new Pipeline();
  const { down, by, id } = shuffle(pipeline);
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  pipeline.run(2_000);
  const settled = pipeline.watermark(id)!;
  down[0]!.stuck.add(`${by}/0`);
  pipeline.run(20_000, () => events(pipeline, 0, 1));
  expect(settled).toBe(9_900);
  expect(pipeline.watermark('billing')).toBeGreaterThan(30_000);
  expect(pipeline.node(id)).toMatchObject({
    watermarkMs: startMs + settled,
    heldBy: { node: id, topic: by, partition: 0, state: 'behind', via: [], task: 'billing/down0' },
    tasks: [{ id: 'billing/down0', watermarkMs: startMs + settled }, { id: 'billing/down1' }],
  });
  expect(pipeline.node(id).tasks[1]!.watermarkMs).toBeGreaterThan(startMs + 27_000);
});

test('a task that lags and never gets to the end goes on nevertheless, by the append times of what it processes', () => {
  const pipeline = new Pipeline();
  const { down, by, id } = shuffle(pipeline);
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  down[0]!.stuck.add(`${by}/0`);
  pipeline.run(5_000, () => events(pipeline, 0, 1));
  down[0]!.stuck.clear();
  // As many as come in.
  down[0]!.limit = 1;
  pipeline.run(20_000, () => events(pipeline, 0, 1));
  expect(pipeline.node(id).heldBy).toMatchObject({ partition: 0, state: 'behind' });
  expect(pipeline.watermark(id)).toBeGreaterThan(26_000);
  expect(pipeline.watermark(id)).toBeLessThan(30_000);
});

test('an idle node upstream is passed over, as an idle input is', () => {
  const pipeline = new Pipeline();
  for (const [n, place] of orders.entries())
    pipeline.start({ group: `enrich${n}`, reads: [place], writes: () => ['enriched', 0] });
  pipeline.start({ group: 'billing', reads: [['enriched', 0]] });
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  pipeline.run(15_000, () => events(pipeline, 0));
  expect(pipeline.watermark('billing')).toBeGreaterThan(21_000);
  expect(pipeline.node('billing').heldBy?.via.map(({ node }) => node)).toEqual(['enrich0']);
  pipeline.run(15_000);
  expect(pipeline.node('billing').inputCounts).toMatchObject({ live: 0, idle: 1 });
  expect(pipeline.node('enrich0').tasks).toEqual([{ id: 'enrich0/m1' }]);
});

test('a group that reads from further back goes back, and it is said; those behind it do not', () => {
  const pipeline = new Pipeline();
  const writes = () => ['enriched', 0] as const;
  const first = pipeline.start({ group: 'enrich', reads: [orders[0]!], writes });
  pipeline.start({ group: 'billing', reads: [['enriched', 0]] });
  pipeline.run(10_000, () => events(pipeline, 0));
  first.isGone = true;
  const second = pipeline.start({
    group: 'enrich',
    member: 'm2',
    reads: [orders[0]!],
    writes,
    from: { 'orders/0': 20 },
  });
  second.stuck.add('orders/0');
  // Until the former has been silent for as long, the partition may still be his.
  pipeline.run(12_000);
  const reset = { resets: 1, lastReset: { topic: 'orders', partition: 0, watermarkMs: startMs + 9_900 } };
  expect(pipeline.node('enrich')).toMatchObject(reset);
  expect(pipeline.watermark('enrich')).toBeUndefined();
  expect(pipeline.watermark('billing')).toBe(9_900);
  second.stuck.clear();
  pipeline.run(3_000, () => events(pipeline, 0));
  expect(pipeline.watermark('enrich')).toBeGreaterThan(23_500);
  expect(pipeline.node('enrich')).toMatchObject(reset);
});

test('a clock that is set back by an hour stops nothing', () => {
  const pipeline = new Pipeline();
  const reader = pipeline.start({ group: 'billing', reads: orders });
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  reader.aheadMs = -3_600_000;
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  expect(pipeline.watermark('billing')).toBeGreaterThan(18_500);
  reader.stuck.add('orders/1');
  pipeline.run(10_000, () => events(pipeline, 1));
  expect(pipeline.node('billing').inputCounts).toMatchObject({ behind: 1, idle: 1 });
});

test('two agents that watch the same group do not make it go back and forth', () => {
  const pipeline = new Pipeline();
  pipeline.start({ group: 'billing', reads: [orders[0]!] });
  const sidecar = pipeline.start({ group: 'billing', member: 'orders-0', agent: 'sidecar', reads: [orders[0]!] });
  // It sees commits, which come later than what is processed.
  sidecar.limit = 1;
  pipeline.run(20_000, () => {
    events(pipeline, 0);
    events(pipeline, 0);
  });
  expect(pipeline.node('billing')).toMatchObject({ resets: 0, inputCounts: { live: 1, behind: 0 } });
  expect(pipeline.watermark('billing')).toBeGreaterThan(18_500);
});

test('a partition whose agent is gone counts with what was last known, and is said to be unheard', () => {
  const pipeline = new Pipeline();
  const readers = orders.map((place, n) => pipeline.start({ group: 'billing', member: `m${n}`, reads: [place] }));
  pipeline.run(10_000, () => events(pipeline, 0, 1));
  readers[1]!.isGone = true;
  pipeline.run(20_000, () => events(pipeline, 0, 1));
  expect(pipeline.watermark('billing')).toBe(9_900);
  expect(pipeline.node('billing').heldBy).toMatchObject({ partition: 1, state: 'unheard' });
  // Another member takes the partition over, from where the former had committed.
  pipeline.start({ group: 'billing', member: 'm2', reads: [orders[1]!], from: { 'orders/1': 100 } });
  pipeline.run(3_000, () => events(pipeline, 0, 1));
  expect(pipeline.watermark('billing')).toBeGreaterThan(31_000);
  expect(pipeline.node('billing')).toMatchObject({ resets: 0, inputCounts: { live: 2 } });
});
