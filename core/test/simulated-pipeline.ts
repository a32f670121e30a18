import {
  type Assessment,
  assess,
  assign,
  createObservation,
  createState,
  firstAssessment,
  ingest,
  type Lane,
  laneOf,
  noteProduced,
  type Observation,
  observe,
  observeFetch,
  observePosition,
  openTask,
  partitionOf,
  type RecordSeen,
  type Report,
  type State,
  setPaused,
  type TaskState,
  type TopicPartition,
  type TopologyNode,
  type TopologySpec,
  takeReport,
} from '../src/index.ts';

/** Groups that read topics and write others, without a network: every 100 ms each reader polls, every second it reports. */
export const startMs = 1_700_000_000_000;
const pollMs = 100;

interface Stored {
  readonly eventMs: number;
}

/** What a reader has processed, as its own log would say. */
export interface Taken extends TopicPartition, Stored {
  readonly group: string;
  readonly atMs: number;
}

export interface ReaderOptions {
  readonly group: string;
  readonly member?: string;
  readonly agent?: string;
  readonly reads: readonly (readonly [topic: string, partition: number])[];
  /** Where a record goes on to. */
  readonly writes?: (record: Taken) => readonly [topic: string, partition: number];
  /** Whether its agent sees that it produces; Kafka Streams' own topics are known by name. */
  readonly isSeenToProduce?: boolean;
  /** Offsets to begin at, by `topic/partition`. */
  readonly from?: { readonly [place: string]: number };
}

export class Pipeline {
  nowMs = startMs;
  readonly taken: Taken[] = [];
  readonly state: State;
  assessment: Assessment = firstAssessment(startMs);
  readonly #logs = new Map<string, Stored[]>();
  readonly #readers = new Set<Reader>();

  constructor(topology?: TopologySpec) {
    this.state = createState({ topology });
  }

  append(topic: string, partition: number, eventMs: number): void {
    this.log(topic, partition).push({ eventMs });
  }

  log(topic: string, partition: number): Stored[] {
    const key = `${topic}/${partition}`;
    const log = this.#logs.get(key) ?? [];
    this.#logs.set(key, log);
    return log;
  }

  start(options: ReaderOptions): Reader {
    const reader = new Reader(this, options);
    this.#readers.add(reader);
    return reader;
  }

  /** `each`: what happens in the world before each poll. */
  run(durationMs: number, each: () => void = () => {}): void {
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs; ) {
      each();
      for (const reader of this.#readers) reader.poll();
      this.nowMs += pollMs;
      if ((this.nowMs - startMs) % 1_000 !== 0) continue;
      for (const reader of this.#readers) if (!reader.isGone) this.#hear(reader.report());
      this.assessment = assess(this.assessment, this.state, this.nowMs);
    }
  }

  node(id: string): TopologyNode {
    const found = this.assessment.topology.nodes.find((node) => node.id === id);
    if (found === undefined) throw new Error(`no node ${id}`);
    return found;
  }

  /** Relative to the start: what a reader of a test can add up. */
  watermark(id: string): number | undefined {
    const { watermarkMs } = this.node(id);
    return watermarkMs === undefined ? undefined : watermarkMs - startMs;
  }

  /** As over the wire. */
  #hear(report: Report): void {
    ingest(this.state, JSON.parse(JSON.stringify(report)) as Report, this.nowMs);
  }
}

/** One process of a group, with an agent in it. */
export class Reader {
  isGone = false;
  /** Polls, and processes nothing of these. */
  readonly stuck: Set<string> = new Set();
  readonly paused: Set<string> = new Set();
  /** Records that it processes of a partition in one poll. */
  limit: number = Number.POSITIVE_INFINITY;
  /** How far its host's clock is ahead. */
  aheadMs = 0;
  readonly #pipeline: Pipeline;
  readonly #options: ReaderOptions;
  readonly #observation: Observation;
  readonly #task: TaskState;
  readonly #next = new Map<string, number>();
  readonly #lanes = new Map<string, Lane>();

  constructor(pipeline: Pipeline, options: ReaderOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
    const { group, member = 'm1', agent = `${group}-${member}` } = options;
    const client = { host: agent, processId: 1, startedMs: pipeline.nowMs, version: '0', client: 'test' };
    this.#observation = createObservation({ id: agent, ...client });
    this.#task = openTask(this.#observation, { group, member, policies: [] });
    const partitions = options.reads.map(([topic, partition]) => ({ topic, partition }));
    assign(this.#task, partitions, pipeline.nowMs);
    for (const [topic, partition] of options.reads)
      this.#next.set(`${topic}/${partition}`, options.from?.[`${topic}/${partition}`] ?? 0);
  }

  get #nowMs(): number {
    return this.#pipeline.nowMs + this.aheadMs;
  }

  poll(): void {
    if (this.isGone) return;
    for (const [topic, partition] of this.#options.reads) {
      const key = `${topic}/${partition}`;
      const state = partitionOf(this.#task, topic, partition);
      const nowMs = this.#nowMs;
      setPaused(state, this.paused.has(key), nowMs);
      if (this.paused.has(key)) continue;
      const log = this.#pipeline.log(topic, partition);
      const from = this.#next.get(key)!;
      const highWaterOffset = log.length;
      const lastOffset = highWaterOffset > from ? highWaterOffset - 1 : undefined;
      observePosition(state, from);
      observeFetch(state, { askedMs: nowMs - 20, answeredMs: nowMs, highWaterOffset, lastOffset, leader: 1 });
      if (this.stuck.has(key)) continue;
      const until = Math.min(highWaterOffset, from + this.limit);
      for (let offset = from; offset < until; offset++) this.#take({ topic, partition }, offset);
      this.#next.set(key, until);
    }
  }

  #take({ topic, partition }: TopicPartition, offset: number): void {
    const nowMs = this.#nowMs;
    const { group, writes, isSeenToProduce = true } = this.#options;
    const { eventMs } = this.#pipeline.log(topic, partition)[offset]!;
    const key = `${topic}/${partition}`;
    const lane =
      this.#lanes.get(key) ?? laneOf(partitionOf(this.#task, topic, partition), { kind: 'named', name: 'A' });
    this.#lanes.set(key, lane);
    const times = { eventMs, createMs: eventMs, appendMs: Number.NaN, processedMs: nowMs };
    const seen: RecordSeen = { lane, offset, startsBatch: true, leaderEpoch: undefined, ...times };
    observe(this.#task, seen);
    const taken = { group, topic, partition, eventMs, atMs: this.#pipeline.nowMs };
    this.#pipeline.taken.push(taken);
    if (writes === undefined) return;
    const [to, number] = writes(taken);
    this.#pipeline.append(to, number, eventMs);
    if (isSeenToProduce) noteProduced(this.#observation.produced, to);
  }

  report(): Report {
    return takeReport(this.#observation, this.#nowMs, {
      clock: { source: 'none', readings: [], steps: [] },
      health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
    });
  }
}
