import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, Cluster } from '../kafkajs/cluster.ts';
import { firstOffset } from './bounds.ts';
import type { FetchAnswer, FetchedSet, Isolation } from './fetch-protocol.ts';
import { fetchRaw } from './raw-broker.ts';
import { refusalOf } from './refusal.ts';
import { fail, isWanted, partitionBytes, type Track } from './track.ts';
import { walk } from './walk.ts';

/** What has come and is to be read. */
export interface Arrived {
  readonly leader: number;
  readonly answer: FetchAnswer;
  readonly view: DataView;
  readonly sets: readonly {
    readonly set: FetchedSet;
    readonly end: number;
    readonly nextOffset: number;
    readonly track: Track;
  }[];
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
  /** Leaders are to be asked for again. */
  readonly leadersMoved: () => Promise<void>;
  readonly fetchSent: () => void;
}

/** A broker reads ahead by about as much as lies between two requests; much larger answers only wait longer. */
const answerBytes = 4 * 1024 * 1024;
/** For a partition whose next batch is larger, or unreadable. */
const maxPartitionBytes = 64 * 1024 * 1024;
const maxWaitMs = 250;
const backOffMs = 250;
/** So long nothing but failures is borne: leaders move, brokers restart. */
const patienceMs = 30_000;

/** Fetches from one broker what it leads: the next request is sent before the last answer is read. */
export async function runLane(nodeId: string, options: LaneOptions): Promise<void> {
  const { cluster, topic, isolation, tracks, signal } = options;
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
    try {
      const broker = await cluster.findBroker({ nodeId });
      options.fetchSent();
      const answer = await fetchRaw(broker, {
        topic,
        isolation,
        maxWaitMs,
        maxBytes: Math.max(answerBytes, due[0]!.maxBytes),
        partitions: due.map(({ partition, fetchOffset, maxBytes }) => ({ partition, fetchOffset, maxBytes })),
      });
      const arrived = await take(answer, due, { broker, nodeId, options });
      const served = new Set(arrived.sets.map(({ track }) => track));
      order = [...order.filter((track) => !served.has(track)), ...served];
      if (arrived.sets.length > 0) await options.arrived(arrived);
      else options.giveBack(answer.payload);
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      for (const track of due) trouble(track, `broker ${nodeId} cannot be read from: ${message}`);
      await options.leadersMoved();
    }
  }
}

async function take(
  answer: FetchAnswer,
  due: readonly Track[],
  { broker, nodeId, options }: { broker: Broker; nodeId: string; options: LaneOptions },
): Promise<Arrived> {
  const { payload } = answer;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const sets = [];
  let haveMoved = false;
  for (const set of answer.partitions) {
    const track = due.find(({ partition }) => partition === set.partition);
    if (track === undefined) continue;
    if (set.errorCode !== 0) {
      const refusal = refusalOf(set.errorCode);
      if (refusal.kind === 'final') fail(track, refusal.why);
      else if (refusal.kind === 'outOfRange') await outOfRange(broker, track, options);
      else {
        trouble(track, refusal.why);
        haveMoved = true;
      }
      continue;
    }
    const { end, nextOffset, fault } = walk(view, set, track.toOffset);
    if (nextOffset !== undefined) {
      track.fetchOffset = nextOffset;
      track.troubledSinceMs = undefined;
      if (fault === undefined) track.maxBytes = partitionBytes;
      else widen(track, fault.message);
      sets.push({ set, end, nextOffset, track });
    } else if (fault?.kind === 'oldFormat') fail(track, fault.message);
    else if (set.end > set.start) widen(track, fault?.message ?? 'its next batch is larger than that');
    else if (track.fetchOffset >= Math.max(set.lastStableOffset, set.highWaterOffset)) {
      trouble(track, `its log ends before offset ${track.toOffset}, where it ended when the scan began`);
    }
  }
  if (haveMoved) await options.leadersMoved();
  return { leader: Number(nodeId), answer, view, sets };
}

/** The next batch is not whole in what was asked for, or unreadable and to be passed together with one that can be read. */
function widen(track: Track, why: string): void {
  if (track.maxBytes >= maxPartitionBytes)
    fail(track, `${why}; nothing readable within ${maxPartitionBytes} bytes behind it`);
  else track.maxBytes *= 2;
}

/** Retention has passed over us: on with what is left, and the rest is counted. */
async function outOfRange(broker: Broker, track: Track, { topic }: LaneOptions): Promise<void> {
  const first = await firstOffset(broker, { topic, partition: track.partition });
  if (first <= track.fetchOffset) {
    trouble(track, `its log ends before offset ${track.fetchOffset} (was it cut or made anew?)`);
    return;
  }
  const upTo = Math.min(first, track.toOffset);
  track.skipped.removed += upTo - track.fetchOffset;
  track.fetchOffset = upTo;
}

function trouble(track: Track, why: string): void {
  const nowMs = performance.now();
  track.troubledSinceMs ??= nowMs;
  if (nowMs - track.troubledSinceMs > patienceMs) fail(track, why);
  track.notBeforeMs = nowMs + backOffMs;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
