import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { type ReadRecord, readSet } from '../../test/read-set.ts';
import { type BatchShape, encodeBatch, headerBytes, sealBatch } from '../../test/record-batches.ts';
import { Reader } from './reader.ts';

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const mutations = 1_000_000;
const sealedMutations = 200_000;

/** Three batches one after the other without a gap, of which the one in the middle will be spoilt. */
interface Triple {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly to: number;
  /** What is in it, by batch: one line for each record. */
  readonly want: readonly (readonly string[])[];
}

const reader = new Reader('orders', true);
const lineOf = ({ offset, createMs, appendMs, producerId, key }: ReadRecord): string =>
  `${offset} ${createMs} ${appendMs} ${producerId} ${key}`;

function makeTriple(random: () => number, codec: BatchShape['codec']): Triple {
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const isLogAppendTime = random() < 0.3;
  let offset = 1000;
  const batches = [0, 1, 2].map(() => {
    const records = Array.from({ length: 1 + upTo(4) }, (_, i) => ({
      offsetDelta: i,
      timestampDelta: random() < 0.2 ? upTo(1e12) - 5e11 : upTo(200) - 100,
      key: random() < 0.3 ? null : `key-${upTo(99)}`,
      value: Buffer.from('v'.repeat(upTo(60))),
      headers: upTo(1),
    }));
    const shape = { baseOffset: offset, baseTimestampMs: 1.7e12, producerId: upTo(5) - 1, isLogAppendTime, records };
    offset += records.length;
    return encodeBatch({ ...shape, ...(codec === undefined ? {} : { codec }) });
  });
  const bytes = Buffer.concat(batches);
  const start = batches[0]!.length;
  const { records } = readSet(bytes, { from: 1000, to: offset, reader, withKeys: true });
  expect(records.length).toBe(offset - 1000);
  const bases = batches.map((batch) => Number(batch.readBigInt64BE(0)));
  const want = bases.map((base, i) =>
    records.filter((record) => record.offset >= base && record.offset < (bases[i + 1] ?? offset)).map(lineOf),
  );
  return { bytes, start, end: start + batches[1]!.length, to: offset, want };
}

/** Bits, bytes and runs of them, lengths that lie, bytes gone, come, and the answer cut off. */
function spoil({ bytes, start, end }: Triple, random: () => number): Buffer {
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const place = (): number => (random() < 0.5 ? start + upTo(headerBytes - 1) : start + upTo(end - start - 1));
  const at = place();
  switch (upTo(9)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + upTo(8))]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + upTo(8), upTo(255)), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
    default: {
      const spoilt = Buffer.from(bytes);
      for (let i = upTo(3); i >= 0; i--) {
        const which = place();
        if (random() < 0.5) spoilt[which]! ^= 1 << upTo(7);
        else if (random() < 0.7) spoilt[which] = upTo(255);
        else spoilt.fill(random() < 0.5 ? 0xff : 0, which, Math.min(end, which + 1 + upTo(8)));
      }
      return spoilt;
    }
  }
}

test(`a million spoilt batches, seed ${seed}: each is refused whole or read as it was, and every offset is accounted for`, () => {
  const random = prng(seed);
  const fail = (i: number, why: string, spoilt: Buffer): never => {
    throw new Error(`seed ${seed}, mutation ${i}: ${why}: ${spoilt.toString('hex')}`);
  };
  // Unpacking by zlib costs ten times the rest, so those are fewer.
  const plain = Array.from({ length: 60 }, (_, i) => makeTriple(random, ([0, 0, 2, 3] as const)[i % 4]));
  const slow = Array.from({ length: 10 }, (_, i) => makeTriple(random, i % 2 === 0 ? 1 : 4));
  let refused = 0;
  let same = 0;
  for (let i = 0; i < mutations; i++) {
    const from = i % 50 === 0 ? slow : plain;
    const triple = from[Math.floor(random() * from.length)]!;
    const spoilt = spoil(triple, random);
    const { records, coverage, fault } = readSet(spoilt, { from: 1000, to: triple.to, reader, withKeys: true });
    const got = records.map(lineOf);
    if (i % 5 === 0) {
      const comes = Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.floor(random() * spoilt.length));
      comes.sort((one, other) => one - other);
      const early = readSet(spoilt, { from: 1000, to: triple.to, reader, withKeys: true, comes });
      const isSame = JSON.stringify([early.records.map(lineOf), early.coverage]) === JSON.stringify([got, coverage]);
      if (!isSame) fail(i, `read at ${comes} it is another`, spoilt);
    }
    let at = 0;
    for (const lines of triple.want) {
      if (got[at] === lines[0] && lines.every((line, k) => got[at + k] === line)) at += lines.length;
    }
    if (at !== got.length) fail(i, 'a record was read that is not there', spoilt);
    const { nextOffset, skipped } = coverage;
    if (records.length + skipped.unreadable !== nextOffset - 1000) fail(i, 'offsets are not accounted for', spoilt);
    const isWhole = nextOffset === triple.to && skipped.unreadable === 0;
    if (!isWhole && coverage.unreadable.length === 0 && fault === undefined) {
      fail(i, 'it does not say why', spoilt);
    }
    if (isWhole) same++;
    else refused++;
  }
  // It must be able to fail: nearly all are to be refused, and some were spoilt where nothing hangs on it.
  expect(refused).toBeGreaterThan(mutations * 0.9);
  expect(same).toBeGreaterThan(100);
}, 600_000);

test(`spoilt records under a right checksum, seed ${seed}: refused, or what is read is in order and within the batch`, () => {
  const random = prng(seed + 1);
  const triples = Array.from({ length: 40 }, (_, i) => makeTriple(random, ([0, 0, 2, 3] as const)[i % 4]));
  let refused = 0;
  for (let i = 0; i < sealedMutations; i++) {
    const triple = triples[i % triples.length]!;
    const spoilt = Buffer.from(triple.bytes);
    for (let k = Math.floor(random() * 3); k >= 0; k--) {
      const at = triple.start + headerBytes + Math.floor(random() * (triple.end - triple.start - headerBytes));
      spoilt[at] = Math.floor(random() * 256);
    }
    sealBatch(spoilt.subarray(triple.start, triple.end));
    const { records, coverage } = readSet(spoilt, { from: 1000, to: triple.to, reader });
    if (coverage.nextOffset !== triple.to) throw new Error(`seed ${seed}, mutation ${i}: ${coverage.nextOffset}`);
    let previous = 999;
    for (const { offset } of records) {
      if (offset <= previous || offset >= triple.to) throw new Error(`seed ${seed}, mutation ${i}: offset ${offset}`);
      previous = offset;
    }
    if (coverage.skipped.unreadable > 0) refused++;
  }
  expect(refused).toBeGreaterThan(sealedMutations * 0.1);
}, 600_000);
