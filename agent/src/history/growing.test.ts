import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { recordsOf } from '../../test/read-set.ts';
import { encodeBatch } from '../../test/record-batches.ts';
import { AnswerCursor, decodeAnswer } from './fetch-answer.ts';
import { Growing } from './growing.ts';
import { Reader } from './reader.ts';
import { createTrack, type Track } from './track.ts';
import { walk } from './walk.ts';

interface Set {
  readonly partition: number;
  readonly records: Buffer;
  readonly aborted?: number;
  readonly errorCode?: number;
}

/** A Fetch answer as Kafka's protocol says it, of one topic. */
function encodeAnswer(version: number, sets: readonly Set[]): Buffer {
  const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
  const int32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const int64 = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(value));
    return bytes;
  };
  return Buffer.concat([
    int32(7),
    ...(version >= 7 ? [int16(0), int32(0)] : []),
    int32(1),
    int16(6),
    Buffer.from('orders'),
    int32(sets.length),
    ...sets.flatMap(({ partition, records, aborted = 0, errorCode = 0 }) => [
      int32(partition),
      int16(errorCode),
      int64(1e9),
      int64(1e9),
      ...(version >= 5 ? [int64(0)] : []),
      int32(aborted),
      ...Array.from({ length: aborted }, (_, i) => [int64(i), int64(100 + i)]).flat(),
      ...(version >= 11 ? [int32(-1)] : []),
      int32(records.length),
      records,
    ]),
  ]);
}

function batches(partition: number, count: number, perBatch: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, n) =>
      encodeBatch({
        baseOffset: n * perBatch,
        baseTimestampMs: 1.7e12 + partition,
        records: Array.from({ length: perBatch }, (_, i) => ({
          offsetDelta: i,
          timestampDelta: i,
          key: null,
          value: Buffer.alloc(100),
        })),
      }),
    ),
  );
}

const versions = [4, 5, 7, 8, 11];

test.for(versions)('an answer of version %i, however little comes at a time', (version) => {
  const payload = encodeAnswer(version, [
    { partition: 3, records: batches(3, 2, 3), aborted: 2 },
    { partition: 5, records: Buffer.alloc(0), errorCode: 6 },
    { partition: 0, records: batches(0, 1, 1) },
  ]);
  const whole = decodeAnswer(payload, version);
  expect(whole.partitions.map(({ partition, errorCode }) => [partition, errorCode])).toEqual([
    [3, 0],
    [5, 6],
    [0, 0],
  ]);
  expect(whole.partitions[0]!.aborted).toEqual([
    { producerId: 0, firstOffset: 100 },
    { producerId: 1, firstOffset: 101 },
  ]);
  const cursor = new AnswerCursor(version);
  const found = [];
  for (let filled = 0; filled <= payload.length; filled++) {
    for (let set = cursor.next(payload, filled); set !== undefined; set = cursor.next(payload, filled)) found.push(set);
  }
  expect(found).toEqual(whole.partitions);
  expect(cursor.isDone).toBe(true);
  for (let length = 0; length < payload.length; length++) {
    expect(() => decodeAnswer(payload.subarray(0, length), version)).toThrow('shorter than it says');
  }
});

/** What a scan does of one answer that comes in pieces. */
function readInPieces(payload: Buffer, tracks: readonly Track[], pieces: readonly number[]) {
  const reader = new Reader('orders', false);
  let calls = 0;
  const growing = new Growing(1, tracks, () => calls++);
  const lines: string[] = [];
  const take = (partition: number, read: ReturnType<typeof recordsOf>): void =>
    void lines.push(...read.map(({ offset, createMs }) => `${partition}/${offset} ${createMs}`));
  // What has not come yet is not there.
  const there = Buffer.alloc(payload.length, 0xee);
  for (const filled of pieces) {
    payload.copy(there, 0, 0, filled);
    growing.grow(there, filled, 11);
    const looked = growing.look();
    if (looked === undefined) continue;
    for (const set of growing.sets) {
      for (const block of reader.readAhead(looked.payload, set, looked.filled, 1))
        take(set.track.partition, recordsOf(block));
    }
  }
  const early = lines.length;
  growing.complete();
  for (const set of decodeAnswer(payload, 11).partitions) {
    const track = tracks.find(({ partition }) => partition === set.partition)!;
    const ahead = growing.aheadOf(set);
    const { end, nextOffset } = walk(payload, { set, track, ahead });
    const arrived = { set, track, end, nextOffset: nextOffset!, ahead };
    for (const block of reader.read(payload, arrived, 1)) take(track.partition, recordsOf(block));
  }
  return { lines, early, calls, growing };
}

const perPartition = 2_000;
const answer = encodeAnswer(
  11,
  [0, 1, 2].map((partition) => ({ partition, records: batches(partition, 20, 100) })),
);
const newTracks = (): Track[] =>
  [0, 1, 2].map((partition) => createTrack(partition, { fromOffset: 0, toOffset: perPartition }, 1e6));

test('most is read before all is there, and every record once, wherever the pieces end', () => {
  const whole = readInPieces(answer, newTracks(), []);
  expect(whole).toMatchObject({ early: 0, calls: 0 });
  expect(whole.lines).toHaveLength(3 * perPartition);
  for (let seed = 1; seed <= 50; seed++) {
    const random = prng(seed);
    const pieces = Array.from({ length: 12 }, () => Math.floor(random() * answer.length)).toSorted((a, b) => a - b);
    const tracks = newTracks();
    const { lines, early } = readInPieces(answer, tracks, [...pieces, answer.length - 1]);
    expect(early, `seed ${seed}`).toBeGreaterThan(5_000);
    expect(lines.toSorted(), `seed ${seed}`).toEqual(whole.lines.toSorted());
    expect(tracks.map(({ bytes, records }) => [bytes, records])).toEqual(
      decodeAnswer(answer, 11).partitions.map(({ start, end }) => [end - start, perPartition]),
    );
  }
});

test('a connection that breaks: what was read is not asked for again, and no more is read of what had come', () => {
  const tracks = newTracks();
  const { growing } = readInPieces(answer, tracks, [200_000]);
  const half = newTracks();
  const reader = new Reader('orders', false);
  const broken = new Growing(1, half, () => {});
  broken.grow(answer, 200_000, 11);
  const { payload, filled } = broken.look()!;
  const [first] = broken.sets;
  expect([...reader.readAhead(payload, first!, filled / 2, 1)]).toHaveLength(1);
  const { nextOffset } = half[0]!;
  expect(nextOffset).toBeGreaterThan(0);
  broken.giveUp();
  expect(half[0]!.fetchOffset).toBe(nextOffset);
  expect([...reader.readAhead(payload, first!, filled, 1)]).toEqual([]);
  expect(broken.look()).toBeUndefined();
  // Some of it may still come.
  broken.grow(answer, 400_000, 11);
  expect(broken.look()).toBeUndefined();
  expect(growing.look()).toBeUndefined();
});
