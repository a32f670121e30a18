import { encodeBatch, sealBatch } from '../../agent/test/record-batches.ts';
import { prng } from '../../testbed/src/story/prng.ts';
import { sendBatches } from '../scan/topics.ts';

const recordsPerBatch = 150;
const distinctBatches = 64;
/** Event time runs at this speed; one record in a hundred is late by up to 3 s, so some of them are dropped. */
const recordsPerMs = 5;
const lateRatio = 0.01;
const latenessMs = 3_000;

/** A topic of one partition with so many records of 100 bytes. Batches are made once; each time they are sent they are later. */
export async function fillTopic(brokers: readonly string[], topic: string, records: number): Promise<void> {
  const batches = makeBatches();
  const requests = Math.ceil(records / recordsPerBatch);
  const startMs = Date.now() - records / recordsPerMs;
  await sendBatches(brokers, { topic, partitions: 1, compression: 'uncompressed' }, requests, (request) => {
    const { batch, maxDeltaMs } = batches[request % distinctBatches]!;
    const later = Buffer.from(batch);
    const baseMs = Math.floor(startMs + (request * recordsPerBatch) / recordsPerMs);
    later.writeBigInt64BE(BigInt(baseMs), 27);
    later.writeBigInt64BE(BigInt(baseMs + maxDeltaMs), 35);
    return [sealBatch(later)];
  });
}

function makeBatches(): readonly { readonly batch: Buffer; readonly maxDeltaMs: number }[] {
  const next = prng(7);
  const value = Buffer.alloc(100, 'x');
  return Array.from({ length: distinctBatches }, (_, n) => {
    const records = Array.from({ length: recordsPerBatch }, (_, i) => ({
      offsetDelta: i,
      timestampDelta: Math.floor(i / recordsPerMs - (next() < lateRatio ? next() * latenessMs : 0)),
      key: `k${(n + i) % 64}`,
      value,
    }));
    return {
      batch: encodeBatch({ baseOffset: 0, baseTimestampMs: 0, records }),
      maxDeltaMs: Math.max(...records.map(({ timestampDelta }) => timestampDelta)),
    };
  });
}
