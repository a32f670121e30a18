import { createRequire } from 'node:module';
import type { KafkaMessage } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { readSet } from '../../test/read-set.ts';
import { type BatchRecord, type BatchShape, encodeBatch, sealBatch } from '../../test/record-batches.ts';

/** kafkajs's own decoder, which it does not export. */
const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as (
  decoder: object,
) => Promise<(KafkaMessage & { readonly batchContext: { readonly producerId: string } })[]>;

const startMs = 1_700_000_000_000;

function records(count: number, timestampDelta: (i: number) => number = (i) => i): BatchRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    offsetDelta: i,
    timestampDelta: timestampDelta(i),
    key: null,
    value: Buffer.from('v'),
  }));
}

function batch(baseOffset: number, count: number, more: Partial<BatchShape> = {}): Buffer {
  return encodeBatch({ baseOffset, baseTimestampMs: startMs, records: records(count), ...more });
}

const offsetsOf = (read: ReturnType<typeof readSet>): number[] => read.records.map(({ offset }) => offset);

describe('as kafkajs reads it', () => {
  test.for([
    { why: 'not packed', codec: 0 as const },
    { why: 'gzip', codec: 1 as const },
  ])('$why', async ({ codec }) => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = prng(seed);
      const upTo = (most: number): number => Math.floor(random() * (most + 1));
      let offset = upTo(1e6);
      const from = offset;
      const batches = Array.from({ length: 1 + upTo(5) }, () => {
        let offsetDelta = 0;
        const made = Array.from({ length: 1 + upTo(300) }, () => ({
          // Some are gone, as the log cleaner leaves it.
          offsetDelta: (offsetDelta += 1 + (random() < 0.1 ? upTo(300) : 0)) - 1,
          timestampDelta: random() < 0.1 ? upTo(4e12) - 2e12 : upTo(20_000) - 10_000,
          key: random() < 0.3 ? null : 'k'.repeat(upTo(200)),
          value: Buffer.alloc(upTo(200)),
          headers: upTo(2),
        }));
        const baseOffset = offset;
        offset += made.at(-1)!.offsetDelta + 1 + (random() < 0.3 ? upTo(1000) : 0);
        return encodeBatch({ baseOffset, baseTimestampMs: startMs, producerId: upTo(9), codec, records: made });
      });
      const payload = Buffer.concat(batches);
      const sized = Buffer.concat([Buffer.alloc(4), payload]);
      sized.writeInt32BE(payload.length);
      const want = (await decodeMessages(new Decoder(sized))).map((message) => ({
        offset: Number(message.offset),
        createMs: Number(message.timestamp),
        appendMs: undefined,
        producerId: Number(message.batchContext.producerId),
        key: message.key === null ? null : message.key.toString(),
      }));
      const { records: got, coverage } = readSet(payload, { from, to: offset, withKeys: true });
      expect(got, `seed ${seed}`).toEqual(want);
      expect(coverage.skipped.compacted, `seed ${seed}`).toBe(coverage.nextOffset - from - want.length);
    }
  });
});

test('LogAppendTime: the producer’s stamps are still there beneath the broker’s', () => {
  const isLogAppendTime = true;
  const { records: got } = readSet(batch(0, 3, { isLogAppendTime, maxTimestampMs: startMs + 900 }), { to: 3 });
  expect(got.map(({ createMs, appendMs }) => [createMs - startMs, appendMs! - startMs])).toEqual([
    [0, 900],
    [1, 900],
    [2, 900],
  ]);
});

test('both kinds of timestamps in one topic, which was changed: a block has one', () => {
  const { records: got } = readSet(Buffer.concat([batch(0, 1), batch(1, 1, { isLogAppendTime: true })]), { to: 2 });
  expect(got.map(({ appendMs }) => appendMs === undefined)).toEqual([true, false]);
});

test.for([
  { why: 'committed only: those of a transaction that was given up are passed over', aborted: [5], want: [0, 1, 6, 7] },
  { why: 'uncommitted too: the broker lists none', aborted: [], want: [0, 1, 3, 4, 6, 7] },
])('transactions, $why', ({ aborted, want }) => {
  const isTransactional = true;
  const payload = Buffer.concat([
    batch(0, 2, { producerId: 4, isTransactional }),
    batch(2, 1, { producerId: 4, isTransactional, isControl: true }),
    batch(3, 2, { producerId: 5, isTransactional }),
    batch(5, 1, { producerId: 5, isTransactional, isControl: true }),
    batch(6, 1, { producerId: 5, isTransactional }),
    batch(7, 1, { producerId: 5 }),
  ]);
  const transactions = aborted.map((producerId) => ({ producerId, firstOffset: 3 }));
  const got = readSet(payload, { to: 8, aborted: transactions });
  expect(offsetsOf(got)).toEqual(want);
  expect(got.coverage.skipped).toMatchObject({ markers: 2, aborted: 2 * aborted.length, compacted: 0 });
});

test.for<{
  why: string;
  payload: Buffer;
  from?: number;
  to: number;
  highWaterOffset?: number;
  want: number[];
  coverage: object;
  fault?: RegExp;
}>([
  {
    why: 'from and to lie within batches',
    payload: Buffer.concat([batch(10, 5), batch(15, 5)]),
    from: 12,
    to: 17,
    highWaterOffset: 20,
    want: [12, 13, 14, 15, 16],
    coverage: { end: { kind: 'complete' }, records: 5 },
  },
  {
    why: 'the log cleaner took records, batches, and all of a batch but its last offset',
    payload: Buffer.concat([batch(2, 1, { lastOffsetDelta: 3 }), batch(8, 0, { lastOffsetDelta: 1 }), batch(12, 1)]),
    to: 13,
    want: [2, 12],
    coverage: { end: { kind: 'complete' }, skipped: { compacted: 11 } },
  },
  {
    why: 'the answer is cut off within a batch: the rest is asked for again',
    payload: Buffer.concat([batch(0, 2), batch(2, 2).subarray(0, 70)]),
    to: 4,
    want: [0, 1],
    coverage: { nextOffset: 2, end: { kind: 'reading' } },
    fault: /not whole/,
  },
  {
    why: 'it is cut off within a header',
    payload: Buffer.concat([batch(0, 2), batch(2, 2).subarray(0, 10)]),
    to: 4,
    want: [0, 1],
    coverage: { nextOffset: 2 },
    fault: /not whole/,
  },
  {
    why: 'the format before Kafka 0.11',
    payload: Buffer.concat([batch(0, 1), asOldFormat(batch(1, 1))]),
    to: 2,
    want: [0],
    coverage: { nextOffset: 1 },
    fault: /message format v1, of Kafka before 0.11/,
  },
  {
    why: 'a wrong checksum in the middle: counted, and named by offset',
    payload: Buffer.concat([batch(0, 2), spoilt(batch(2, 3)), batch(5, 1)]),
    to: 6,
    want: [0, 1, 5],
    coverage: {
      end: { kind: 'complete' },
      skipped: { unreadable: 3 },
      unreadable: [{ offset: 2, why: 'its checksum is wrong' }],
    },
  },
  {
    why: 'a wrong checksum at the end: what follows could not be known',
    payload: Buffer.concat([batch(0, 2), spoilt(batch(2, 3))]),
    to: 6,
    want: [0, 1],
    coverage: { nextOffset: 2, end: { kind: 'reading' } },
    fault: /checksum/,
  },
  {
    why: 'a codec that nobody knows',
    payload: Buffer.concat([batch(0, 2), batch(2, 2, { codec: 5 as never }), batch(4, 1)]),
    to: 5,
    want: [0, 1, 4],
    coverage: { skipped: { unreadable: 2 }, unreadable: [{ offset: 2 }] },
  },
  {
    why: 'what does not unpack',
    payload: Buffer.concat([asZstd(batch(0, 2)), batch(2, 1)]),
    to: 3,
    want: [2],
    coverage: { skipped: { unreadable: 2 }, unreadable: [{ why: expect.stringContaining('zstd cannot be unpacked') }] },
  },
  {
    why: 'more bytes than its records take',
    payload: Buffer.concat([countingLess(batch(0, 2)), batch(2, 1)]),
    to: 3,
    want: [2],
    coverage: { skipped: { unreadable: 2 }, unreadable: [{ why: 'its records do not fit in it' }] },
  },
  {
    why: 'no timestamp, before 1970, after 2262: handed over as they are, and counted',
    payload: Buffer.concat([
      batch(0, 2, { baseTimestampMs: -1, records: records(2, () => 0) }),
      batch(2, 1, { baseTimestampMs: -86_400_000 }),
      batch(3, 1, { baseTimestampMs: 9_223_372_036_855 }),
      batch(4, 1, { baseTimestampMs: 9_223_372_036_854 }),
    ]),
    to: 5,
    want: [0, 1, 2, 3, 4],
    coverage: { timestamps: { none: 2, before1970: 1, after2262: 1, overwritten: 0 } },
  },
  {
    why: 'the log cleaner wrote its own date where the create time was',
    payload: batch(0, 2, { isLogAppendTime: true, hasDeleteHorizon: true }),
    to: 2,
    want: [0, 1],
    coverage: { timestamps: { none: 0, before1970: 0, after2262: 0, overwritten: 2 } },
  },
])('$why', ({ payload, from = 0, to, highWaterOffset = to, want, coverage, fault }) => {
  const got = readSet(payload, { from, to, highWaterOffset });
  expect(offsetsOf(got)).toEqual(want);
  const { skipped, timestamps, unreadable, ...rest } = got.coverage;
  expect({ ...rest, skipped, timestamps, unreadable }).toMatchObject(coverage);
  if (fault === undefined) expect(got.fault).toBeUndefined();
  else expect(got.fault).toMatch(fault);
});

function spoilt(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1]! ^= 1;
  return copy;
}

function asOldFormat(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[16] = 1;
  return copy;
}

/** Its records are not, though. */
function asZstd(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeInt16BE(4, 21);
  return sealBatch(copy);
}

function countingLess(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeInt32BE(copy.readInt32BE(57) - 1, 57);
  return sealBatch(copy);
}
