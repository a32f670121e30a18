import { countError } from '../guard.ts';
import type { WallClock } from '../wall-clock.ts';
import type { ConsumerTap } from './consumer.ts';
import { readRecord } from './reading.ts';
import type { MessagePayload } from './shapes.ts';

/**
 * Records whose processing has started and that are not observed yet. Between two calls of the host's handler all of kafkajs and of
 * the host runs, and our code has left the processor's caches by the next one: so a call only notes the record and the time, and
 * some dozens are observed together. They are observed in their order and before anything else is: before the answer to a fetch,
 * a seek, an assignment, a report.
 */
export interface Started {
  count: number;
  readonly payloads: (MessagePayload | undefined)[];
  /** By the wall clock, fractions and all. */
  readonly atMs: Float64Array;
  /** Whether the host handles `clockEvery` records in less than `quickMs`. */
  isQuick: boolean;
}

const capacity = 32;
/**
 * A look at the clock costs as much as all else that is done for a record, and times are kept in milliseconds. So of a host that
 * handles eight records within one, the clock is read for every eighth, and the others have started then or later: where one of
 * them is slow, those up to the next reading are taken for earlier than they are, once.
 */
const clockEvery = 8;
const quickMs = 1;

/** Where the record is read beyond its timestamp, that is done at once: the host's handler may change its key and headers. */
export function createStarted(readsAtOnce: boolean): Started {
  const length = readsAtOnce ? 1 : capacity;
  return { count: 0, payloads: new Array(length).fill(undefined), atMs: new Float64Array(length), isQuick: false };
}

export function noteStarted(tap: ConsumerTap, payload: MessagePayload): void {
  const { started } = tap;
  const { count } = started;
  started.payloads[count] = payload;
  if (started.isQuick && count % clockEvery !== 0) started.atMs[count] = started.atMs[count - 1]!;
  else readClock(started, tap.host.wallClock);
  started.count = count + 1;
  if (started.count === started.payloads.length) observeStarted(tap);
}

function readClock(started: Started, { baseMs }: WallClock): void {
  const { count, atMs } = started;
  atMs[count] = baseMs + performance.now();
  if (count === 0) return;
  const sinceMs = atMs[count]! - atMs[count - 1]!;
  started.isQuick = sinceMs < (started.isQuick ? quickMs : quickMs / clockEvery);
}

/** Nothing is kept of them afterwards: a record holds on to all the bytes that were fetched with it. */
export function observeStarted(tap: ConsumerTap): void {
  const { guard, reading, started } = tap;
  const { count, payloads, atMs } = started;
  started.count = 0;
  for (let i = 0; i < count; i++) {
    const payload = payloads[i]!;
    payloads[i] = undefined;
    if (guard.detached) continue;
    try {
      const { topic, partition, message } = payload;
      reading.seen.processedMs = Math.floor(atMs[i]!);
      readRecord(reading, topic, partition, message);
    } catch (error) {
      countError(guard, error);
    }
  }
}
