import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, type Cluster, rootFault } from '../kafkajs/cluster.ts';
import { firstOffset } from './bounds.ts';
import type { FetchAnswer } from './fetch-answer.ts';
import type { Isolation } from './fetch-protocol.ts';
import { type ArrivedSet, Growing } from './growing.ts';
import { fetchRaw } from './raw-broker.ts';
import { refusalOf } from './refusal.ts';
import { fail, isWanted, type Track } from './track.ts';
import { walk } from './walk.ts';

/** What has come and is to be read. */
export interface Arrived {
  readonly leader: number;
  readonly answer: FetchAnswer;
  readonly sets: readonly ArrivedSet[];
}

export interface LaneOptions {
  readonly cluster: Cluster;
  readonly topic: string;
  readonly isolation: Isolation;
  readonly tracks: readonly Track[];
  readonly signal: AbortSignal;
  /** Resolves when there is room for another answer. */
  readonly arrived: (arrived: Arrived) => Promise<void>;
  readonly giveBack: (payload: Buffer) => void;
  /** A fetch is under way, and what comes of it may be read meanwhile. */
  readonly growing: (growing: Growing) => void;
  readonly toRead: () => void;
  /** Leaders are to be asked for again. */
  readonly leadersMoved: () => Promise<void>;
  readonly fetchSent: () => void;
  /** To ask a broker for at once. */
  readonly fetchBytes: number;
  /** So long nothing but failures is borne. */
  readonly patienceMs: number;
}

/** For a partition whose next batch is larger, or unreadable. */
const maxPartitionBytes = 64 * 1024 * 1024;
const leastFetchBytes = 128 * 1024;
const shrinkBy = 4;
const maxWaitMs = 250;
const backOffMs = 250;
/** A topic that is not there may be one that this broker has not heard of yet, but not for long. */
const goneAfterMs = 5_000;

/** Fetches from one broker what it leads: the next request is sent before the last answer is read. */
export async function runLane(nodeId: string, options: LaneOptions): Promise<void> {
  const { tracks, signal } = options;
  const size: FetchSize = { bytes: options.fetchBytes };
  // Who was served last comes last, because a broker fills its answer in the order of the request.
  let order = tracks.filter(({ leader }) => leader === nodeId);
  while (!signal.aborted) {
    order = order.concat(tracks.filter((track) => track.leader === nodeId && !order.includes(track)));
    order = order.filter((track) => track.leader === nodeId && isWanted(track));
    if (order.length === 0) return;
    const nowMs = performance.now();
    const due = order.filter(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (due.length === 0) {
      await pause(backOffMs, signal);
      continue;
    }
    const asked = await ask(nodeId, due, size, options);
    if (asked === undefined) continue;
    const { broker, answer, growing } = asked;
    const taken = take(answer, due, growing, size, options);
    const served = new Set(taken.sets.map(({ track }) => track));
    order = [...order.filter((track) => !served.has(track)), ...served];
    if (taken.sets.length > 0) await options.arrived({ leader: Number(nodeId), answer, sets: taken.sets });
    else options.giveBack(answer.payload);
    for (const track of taken.outOfRange) await skipRemoved(broker, track, options);
    if (taken.haveMoved) await options.leadersMoved();
  }
}

/** What is asked of the broker at once: less where so much does not come within kafkajs's `requestTimeout`. */
interface FetchSize {
  bytes: number;
}

async function ask(
  nodeId: string,
  due: readonly Track[],
  size: FetchSize,
  options: LaneOptions,
): Promise<{ readonly broker: Broker; readonly answer: FetchAnswer; readonly growing: Growing } | undefined> {
  const { cluster, topic, isolation } = options;
  const growing = new Growing(Number(nodeId), due, options.toRead);
  options.growing(growing);
  try {
    const broker = await cluster.findBroker({ nodeId });
    options.fetchSent();
    const request = {
      topic,
      isolation,
      maxWaitMs,
      maxBytes: Math.max(size.bytes, due[0]!.maxBytes),
      partitions: due.map(({ partition, fetchOffset, maxBytes }) => ({ partition, fetchOffset, maxBytes })),
    };
    const answer = await fetchRaw(broker, request, growing);
    growing.complete();
    if (answer.errorCode !== 0) throw new Error(`it refuses with code ${answer.errorCode}`);
    return { broker, answer, growing };
  } catch (error) {
    if (options.signal.aborted) return undefined;
    if ((error as Error).name === 'KafkaJSRequestTimeoutError' && size.bytes > leastFetchBytes) {
      size.bytes = Math.max(leastFetchBytes, size.bytes / shrinkBy);
      for (const track of due) track.maxBytes = Math.min(track.maxBytes, size.bytes);
      return undefined;
    }
    const why = `broker ${nodeId} cannot be read from: ${rootFault(error).message}`;
    for (const track of due) trouble(track, why, options.patienceMs);
    await options.leadersMoved();
    return undefined;
  }
}

interface Taken {
  readonly sets: readonly ArrivedSet[];
  readonly outOfRange: readonly Track[];
  readonly haveMoved: boolean;
}

/** Moves each partition on to what it is to be asked for next. What an answer brought must not be lost from here on. */
function take(
  answer: FetchAnswer,
  due: readonly Track[],
  growing: Growing,
  size: FetchSize,
  { patienceMs }: LaneOptions,
): Taken {
  const sets: ArrivedSet[] = [];
  const outOfRange: Track[] = [];
  let haveMoved = false;
  for (const set of answer.partitions) {
    const track = due.find(({ partition }) => partition === set.partition);
    if (track === undefined) continue;
    if (set.errorCode !== 0) {
      const refusal = refusalOf(set.errorCode);
      if (refusal.kind === 'final') fail(track, refusal.why);
      else if (refusal.kind === 'outOfRange') outOfRange.push(track);
      else {
        trouble(track, refusal.why, refusal.kind === 'gone' ? Math.min(goneAfterMs, patienceMs) : patienceMs);
        haveMoved = true;
      }
      continue;
    }
    const ahead = growing.aheadOf(set);
    const { end, nextOffset, fault } = walk(answer.payload, { set, track, ahead });
    if (nextOffset !== undefined && nextOffset > track.fetchOffset) {
      track.fetchOffset = nextOffset;
      track.troubledSinceMs = undefined;
      if (fault === undefined) track.maxBytes = size.bytes;
      else widen(track, fault.message);
      sets.push({ set, end, nextOffset, track, ahead });
    } else if (fault?.kind === 'oldFormat') fail(track, fault.message);
    else if (set.end > set.start) widen(track, fault?.message ?? 'its next batch is larger than that');
    else if (track.fetchOffset >= Math.max(set.lastStableOffset, set.highWaterOffset)) {
      trouble(track, `its log ends before offset ${track.toOffset}, where it ended when the scan began`, patienceMs);
    }
  }
  return { sets, outOfRange, haveMoved };
}

/** The next batch is not whole in what was asked for, or unreadable and to be passed together with one that can be read. */
function widen(track: Track, why: string): void {
  if (track.maxBytes >= maxPartitionBytes)
    fail(track, `${why}; nothing readable within ${maxPartitionBytes} bytes behind it`);
  else track.maxBytes *= 2;
}

/** Retention has passed over us: on with what is left, and the rest is counted. */
async function skipRemoved(broker: Broker, track: Track, { topic, patienceMs }: LaneOptions): Promise<void> {
  try {
    const first = await firstOffset(broker, { topic, partition: track.partition });
    if (first <= track.fetchOffset) {
      trouble(track, `its log ends before offset ${track.fetchOffset} (was it cut or made anew?)`, patienceMs);
      return;
    }
    const upTo = Math.min(first, track.toOffset);
    track.skipped.removed += upTo - track.fetchOffset;
    track.fetchOffset = upTo;
  } catch (error) {
    trouble(track, `where its log begins cannot be found: ${rootFault(error).message}`, patienceMs);
  }
}

function trouble(track: Track, why: string, patienceMs: number): void {
  const nowMs = performance.now();
  track.troubledSinceMs ??= nowMs;
  if (nowMs - track.troubledSinceMs > patienceMs) fail(track, why);
  track.notBeforeMs = nowMs + backOffMs;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
