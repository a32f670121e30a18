import type { Cell, Source } from '@tidemark/core';
import { expect, test } from 'vitest';
import { batchContext, joinedTap, message } from '../../test/tap.ts';
import { readRecord } from './reading.ts';
import type { Message } from './shapes.ts';

const t0 = 1_700_000_000_000;
const place = { topic: 'orders', partition: 0 };
const named = (name: string): Source => ({ kind: 'named', name });
const producer = (producerId: string): Source => ({ kind: 'producer', producerId });

function read(environment: { readonly [name: string]: string }, messages: readonly Message[]): Cell[] {
  const joined = joinedTap(environment);
  joined.tap.reading.seen.processedMs = Date.now();
  for (const each of messages) readRecord(joined.tap.reading, place.topic, place.partition, each);
  return [...joined.report().tasks[0]!.cells];
}

/** Sources in order of their first record, with their counts. */
function sourcesOf(cells: readonly Cell[]): [Source, number][] {
  return cells.map(({ source, count }) => [source, count]);
}

test.for<{
  why: string;
  environment: { readonly [name: string]: string };
  records: Partial<Message>[];
  want: [Source, number][];
}>([
  {
    why: 'batches of two producers take turns',
    environment: {},
    records: ['1', '2', '1', '2', '2'].map((producerId) => ({ batchContext: batchContext({ producerId }) })),
    want: [
      [producer('1'), 2],
      [producer('2'), 3],
    ],
  },
  {
    why: 'no idempotent producer: only the partition is known',
    environment: {},
    records: [
      { batchContext: batchContext({ producerId: '-1' }) },
      { batchContext: batchContext({ producerId: '-1' }) },
    ],
    want: [[{ kind: 'partition', ...place }, 2]],
  },
  {
    why: 'the message format before 0.11 has no batch context',
    environment: {},
    records: [{ batchContext: batchContext({ producerId: '7' }) }, {}, {}],
    want: [
      [producer('7'), 1],
      [{ kind: 'partition', ...place }, 2],
    ],
  },
  {
    why: 'a header names the source, and comes as bytes, text or several times',
    environment: { TIDEMARK_SOURCE: 'header:from' },
    records: [
      { headers: { from: Buffer.from('till-1') } },
      { headers: { from: Buffer.from('till-2') } },
      { headers: { from: 'till-1' } },
      { headers: { from: [Buffer.from('till-2'), Buffer.from('till-1')] } },
    ],
    want: [
      [named('till-1'), 2],
      [named('till-2'), 2],
    ],
  },
  {
    why: 'a record without the header falls back to its producer',
    environment: { TIDEMARK_SOURCE: 'header:from' },
    records: [
      { headers: { from: Buffer.from('till-1') }, batchContext: batchContext({ producerId: '9' }) },
      { headers: {}, batchContext: batchContext({ producerId: '9' }) },
      { headers: { from: Buffer.alloc(0) }, batchContext: batchContext({ producerId: '9' }) },
    ],
    want: [
      [named('till-1'), 1],
      [producer('9'), 2],
    ],
  },
  {
    why: 'a key prefix names the source; a key without the separator, or none, does not',
    environment: { TIDEMARK_SOURCE: 'key-prefix:::' },
    records: [
      { key: Buffer.from('till-1::42') },
      { key: Buffer.from('till-1::43') },
      { key: Buffer.from('till-1:44') },
      { key: null },
    ],
    want: [
      [named('till-1'), 2],
      [{ kind: 'partition', ...place }, 2],
    ],
  },
])('$why', ({ environment, records, want }) => {
  const messages = records.map((parts, i) => message(i, t0 + i, parts));
  expect(sourcesOf(read(environment, messages))).toEqual(want);
});

test('of a producer that is new, once, with which sequence number its batch began', () => {
  const batch = (producerId: string, firstSequence?: number): Partial<Message> => ({
    batchContext: batchContext({ producerId, ...(firstSequence === undefined ? {} : { firstSequence }) }),
  });
  const joined = joinedTap();
  const begins = (batches: Partial<Message>[], from: number) => {
    batches.forEach((parts, i) => {
      joined.tap.reading.seen.processedMs = t0;
      readRecord(joined.tap.reading, place.topic, place.partition, message(from + i, t0 + i, parts));
    });
    return joined.report().tasks[0]!.cells.map(({ source, firstSequence }) => [source, firstSequence]);
  };
  const first = [batch('1', 0), batch('2', 17), batch('1', 1), batch('3'), batch('-1', -1)];
  expect(begins(first, 0)).toEqual([
    [producer('1'), 0],
    [producer('2'), 17],
    [producer('3'), undefined],
    [{ kind: 'partition', ...place }, undefined],
  ]);
  expect(begins([batch('1', 2), batch('2', 18)], 5)).toEqual([
    [producer('1'), undefined],
    [producer('2'), undefined],
  ]);
});

test('many names in one partition keep their own lanes, also where their hashes collide', () => {
  const names = Array.from({ length: 2_000 }, (_, i) => `source-${i * 7919}`);
  const twice = [...names, ...names];
  const messages = twice.map((name, i) => message(i, t0 + i, { headers: { from: Buffer.from(name) } }));
  const cells = read({ TIDEMARK_SOURCE: 'header:from' }, messages);
  expect(cells).toHaveLength(names.length);
  expect(cells.every(({ count }) => count === 2)).toBe(true);
});

test('more sources than the bound are one row, and nothing is remembered of each of them', () => {
  const joined = joinedTap({ TIDEMARK_SOURCE: 'header:from' });
  joined.tap.reading.seen.processedMs = Date.now();
  for (let i = 0; i < 10_000; i++) {
    const each = message(i, t0 + i, { headers: { from: Buffer.from(`source-${i}`) } });
    readRecord(joined.tap.reading, place.topic, place.partition, each);
  }
  const { tasks, health } = joined.report();
  expect(tasks[0]!.cells.find(({ source }) => source.kind === 'overflow')!.count).toBeGreaterThan(5_000);
  expect(health).toMatchObject({ records: 10_000, errors: 0 });
  expect(joined.tap.reading.places.get(place.topic)![0]!.lanes.byNameHash.size).toBeLessThan(5_000);
});

test('LogAppendTime: appended at the batch’s stamp; the producer’s own is known of the first record only', () => {
  const context = batchContext({
    timestampType: 1,
    firstOffset: '10',
    firstTimestamp: String(t0 - 40),
    maxTimestamp: String(t0),
  });
  const messages = [10, 11, 12].map((offset) => message(offset, t0, { batchContext: context }));
  const [cell] = read({}, messages);
  expect(cell).toMatchObject({
    count: 3,
    first: { append: { lowMs: t0, highMs: t0, exact: true } },
    leaderEpoch: 0,
    createToAppend: { fromMs: t0 - 40, toMs: t0 },
  });
  const [withoutFirst] = read({}, messages.slice(1));
  expect(withoutFirst).not.toHaveProperty('createToAppend');
});

test('CreateTime: the timestamp is the producer’s own, whatever the event time is', () => {
  const [cell] = read({ TIDEMARK_EVENT_TIME: 'header:at' }, [
    message(0, t0, { headers: { at: Buffer.from(String(t0 - 5_000)) }, batchContext: batchContext() }),
  ]);
  expect(cell).toMatchObject({ minEventMs: t0 - 5_000, maxEventMs: t0 - 5_000, first: { append: {} } });
});

test('nothing is observed before the group is joined', () => {
  const { tap, report } = joinedTap();
  tap.reading.task = undefined;
  readRecord(tap.reading, place.topic, place.partition, message(0, t0));
  expect(report().health.records).toBe(0);
});
