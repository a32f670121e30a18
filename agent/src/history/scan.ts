import { anyBroker, type Cluster, rootFault } from '../kafkajs/cluster.ts';
import { AnswerBuffers } from './answer-buffers.ts';
import type { Block } from './block.ts';
import { findBounds, type Place } from './bounds.ts';
import { type Coverage, readResume, writeResume } from './coverage.ts';
import type { Isolation } from './fetch-protocol.ts';
import type { Growing } from './growing.ts';
import { type Arrived, runLane } from './lane.ts';
import { type Progress, progressOf } from './progress.ts';
import { createRawCluster } from './raw-broker.ts';
import { Reader } from './reader.ts';
import { coverageOf, createTrack, isWanted, readUpTo, type Track } from './track.ts';

export interface ScanOptions {
  readonly topic: string;
  /** All by default. */
  readonly partitions?: readonly number[];
  /** `earliest` by default. */
  readonly from?: Place;
  /** Without it; `latest` by default: where each partition ends when the scan begins. */
  readonly to?: Place;
  readonly isolation: Isolation;
  readonly needKeys?: boolean;
  /** What an earlier scan gave as its coverage's `resume`: in the place of topic, partitions, from, to and isolation. */
  readonly resume?: string;
  /** To ask a broker for at once: about four times that is held for each broker. */
  readonly fetchBytes?: number;
  /** So long a partition may give nothing but failures, while leaders move and brokers restart, before it is left. */
  readonly patienceMs?: number;
  /** Called about every `progressEveryMs`, between blocks. */
  readonly onProgress?: (progress: Progress) => void;
  readonly progressEveryMs?: number;
}

/** Answers of one broker that have come and wait to be read, while the next is on its way. */
const maxWaitingPerBroker = 2;
/** From each answer to the next the connection is idle for a moment, so few and large ones are quicker; of many brokers, less of each. */
const defaultFetchBytes = { least: 4 * 1024 * 1024, most: 16 * 1024 * 1024 } as const;
const defaultPatienceMs = 30_000;
const hastyRefreshMs = 250;

/**
 * Reads the timestamps of a topic's history, as fast as the network gives it, as nobody's member and without committing: iterate
 * it once. `kafka` is a kafkajs client, for its addresses, credentials and connections.
 */
export function scan(kafka: object, options: ScanOptions): Scan {
  return new Scan(kafka, options);
}

export class Scan implements AsyncIterable<Block> {
  readonly #options: ScanOptions;
  #fetchBytes: number;
  readonly #cluster: Cluster;
  readonly #buffers = new AnswerBuffers(8);
  readonly #stop = new AbortController();
  readonly #waiting: Arrived[] = [];
  /** By node id: the fetch that is under way. */
  readonly #growing = new Map<number, Growing>();
  readonly #lanes = new Map<string, Promise<void>>();
  #tracks: readonly Track[] = [];
  #wakeReader: () => void = () => {};
  #wakeLanes: (() => void)[] = [];
  #leadersAskedMs = Number.NEGATIVE_INFINITY;
  /** A fault of ours, not of a broker. */
  #broken: { readonly error: unknown } | undefined;
  #askingLeaders: Promise<void> | undefined;
  #startedMs: number | undefined;
  #readMs: number | undefined;
  #saidMs = 0;

  constructor(kafka: object, options: ScanOptions) {
    const { topic, isolation } = options.resume === undefined ? options : readResume(options.resume);
    this.#options = { ...options, topic, isolation };
    this.#fetchBytes = options.fetchBytes ?? defaultFetchBytes.most;
    this.#cluster = createRawCluster(kafka, this.#buffers);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Block, void, undefined> {
    const reader = new Reader(this.#options.topic, this.#options.needKeys === true);
    try {
      await this.#open();
      for (;;) {
        if (this.#broken !== undefined) throw this.#broken.error;
        this.#ensureLanes();
        const arrived = this.#waiting.shift();
        if (arrived !== undefined) {
          yield* this.#read(reader, arrived);
          continue;
        }
        if (yield* this.#readAhead(reader)) continue;
        if (this.#lanes.size === 0 && !this.#tracks.some(isWanted)) break;
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
      for (const track of this.#tracks) readUpTo(track, track.fetchOffset);
    } finally {
      await this.#close();
    }
  }

  /** What has been read so far, and what not and why; valid at any time. */
  coverage(): Coverage {
    const { topic, isolation } = this.#options;
    const partitions = this.#tracks.map(coverageOf);
    return {
      topic,
      isolation,
      partitions,
      isComplete: this.#tracks.length > 0 && partitions.every(({ end }) => end.kind === 'complete'),
      records: partitions.reduce((sum, { records }) => sum + records, 0),
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      elapsedMs: this.#elapsedMs(),
      resume: writeResume({
        topic,
        isolation,
        partitions: partitions.map(({ partition, nextOffset, toOffset }) => [partition, nextOffset, toOffset]),
      }),
    };
  }

  *#read(reader: Reader, { answer, leader, sets }: Arrived): Generator<Block> {
    for (const set of sets) {
      for (const block of reader.read(answer.payload, set, leader)) yield this.#told(block);
    }
    this.#buffers.giveBack(answer.payload);
    this.#readMs = performance.now();
    for (const wake of this.#wakeLanes.splice(0)) wake();
  }

  /** Reads what has come of answers that are not complete; whether there was any. */
  *#readAhead(reader: Reader): Generator<Block, boolean> {
    let isAny = false;
    for (const growing of this.#growing.values()) {
      const there = growing.look();
      if (there === undefined) continue;
      isAny = true;
      for (const set of growing.sets) {
        for (const block of reader.readAhead(there.payload, set, there.filled, growing.leader)) yield this.#told(block);
      }
    }
    return isAny;
  }

  #told(block: Block): Block {
    this.#readMs = performance.now();
    this.#sayProgress();
    return block;
  }

  async #open(): Promise<void> {
    const { topic, isolation, from = 'earliest', to = 'latest', resume } = this.#options;
    await this.#cluster.connect();
    await this.#cluster.refreshMetadata();
    const leaders = await this.#findLeaders();
    const point = resume === undefined ? undefined : readResume(resume);
    const wanted = point?.partitions.map(([partition]) => partition) ?? this.#options.partitions ?? [...leaders.keys()];
    if (this.#options.fetchBytes === undefined) {
      const { least, most } = defaultFetchBytes;
      this.#fetchBytes = Math.max(least, Math.floor(most / new Set(leaders.values()).size));
    }
    const tracks: Track[] = [];
    for (const partition of wanted.toSorted((one, other) => one - other)) {
      const leader = leaders.get(partition);
      if (leader === undefined) throw new Error(`topic "${topic}" has no partition ${partition} with a leader`);
      const broker = await this.#cluster.findBroker({ nodeId: leader });
      const [, next, end] = point?.partitions.find(([one]) => one === partition) ?? [];
      const range = next === undefined ? { from, to } : { from: { offset: next }, to: { offset: end! } };
      const bounds = await findBounds(broker, { topic, partition, isolation }, range);
      const track = createTrack(partition, bounds, this.#fetchBytes);
      track.leader = leader;
      track.skipped.removed = bounds.removed;
      track.fetchOffset += bounds.removed;
      tracks.push(track);
    }
    this.#tracks = tracks;
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    for (const wake of this.#wakeLanes.splice(0)) wake();
    for (const track of this.#tracks) if (track.end.kind === 'reading') track.end = { kind: 'stopped' };
    await Promise.allSettled([this.#cluster.disconnect(), ...this.#lanes.values()]);
  }

  /** One lane for each broker that leads something; it ends when there is nothing more to fetch from it. */
  #ensureLanes(): void {
    for (const track of this.#tracks) {
      const nodeId = track.leader;
      if (!isWanted(track) || nodeId === undefined || this.#lanes.has(nodeId)) continue;
      const lane = runLane(nodeId, {
        cluster: this.#cluster,
        topic: this.#options.topic,
        isolation: this.#options.isolation,
        tracks: this.#tracks,
        signal: this.#stop.signal,
        growing: (growing) => this.#growing.set(growing.leader, growing),
        toRead: () => this.#wakeReader(),
        arrived: (arrived) => this.#arrived(arrived),
        giveBack: (payload) => this.#buffers.giveBack(payload),
        leadersMoved: () => this.#refreshLeaders(),
        fetchBytes: this.#fetchBytes,
        patienceMs: this.#options.patienceMs ?? defaultPatienceMs,
        fetchSent: () => {
          this.#startedMs ??= performance.now();
        },
      })
        .catch((error: unknown) => {
          this.#broken = { error };
        })
        .finally(() => {
          this.#lanes.delete(nodeId);
          this.#wakeReader();
        });
      this.#lanes.set(nodeId, lane);
    }
  }

  async #arrived(arrived: Arrived): Promise<void> {
    this.#waiting.push(arrived);
    // Not at once: the next request goes out before this is read, so that the broker works while we do.
    setImmediate(() => this.#wakeReader());
    const isFull = () => this.#waiting.filter(({ leader }) => leader === arrived.leader).length >= maxWaitingPerBroker;
    while (isFull() && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wakeLanes.push(resolve);
      });
    }
  }

  async #findLeaders(): Promise<Map<number, string>> {
    const { topic } = this.#options;
    try {
      const broker = await anyBroker(this.#cluster);
      const { topicMetadata } = await broker.metadata([topic]);
      const found = topicMetadata[0]?.partitionMetadata ?? [];
      // -1: it has none now.
      const led = found.filter(({ leader }) => leader >= 0);
      return new Map(led.map(({ partitionId, leader }) => [partitionId, String(leader)]));
    } catch (error) {
      const { type, message } = rootFault(error);
      if (type === 'UNKNOWN_TOPIC_OR_PARTITION') throw new Error(`topic "${topic}" is not there`, { cause: error });
      throw new Error(`topic "${topic}": its leaders cannot be found: ${message}`, { cause: error });
    }
  }

  /** Never in haste, and for all lanes at once. */
  #refreshLeaders(): Promise<void> {
    if (performance.now() - this.#leadersAskedMs < hastyRefreshMs) return this.#askingLeaders ?? Promise.resolve();
    this.#leadersAskedMs = performance.now();
    this.#askingLeaders = (async () => {
      try {
        await this.#cluster.refreshMetadata();
        const leaders = await this.#findLeaders();
        for (const track of this.#tracks) track.leader = leaders.get(track.partition) ?? track.leader;
      } catch {
        // The lanes go on asking where they did, and run out of patience if that does not help.
      }
      this.#wakeReader();
    })();
    return this.#askingLeaders;
  }

  #elapsedMs(): number {
    return this.#startedMs === undefined || this.#readMs === undefined ? 0 : this.#readMs - this.#startedMs;
  }

  #sayProgress(): void {
    const { onProgress, progressEveryMs = 1000 } = this.#options;
    if (onProgress === undefined) return;
    const nowMs = performance.now();
    if (nowMs - this.#saidMs < progressEveryMs) return;
    this.#saidMs = nowMs;
    onProgress(progressOf(this.#tracks, this.#elapsedMs()));
  }
}
