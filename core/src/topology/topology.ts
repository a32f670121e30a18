import type { TopicPartition } from '../report.ts';

/**
 * Consumer groups and the topics between them, with the watermark `W` of each: the event time up to which a node has processed
 * what its inputs have to give. `docs/concepts.md` defines it and draws it.
 */
export interface Topology {
  /** By group and stage. */
  readonly nodes: readonly TopologyNode[];
  /** Who reads what another node writes. What no edge leads to comes from outside. */
  readonly edges: readonly TopologyEdge[];
}

/**
 * What a consumer group reads in one go. A group that reads its own repartition topics (Kafka Streams) is several nodes: one
 * reads from outside, and each repartition topic is the input of another.
 */
export interface TopologyNode {
  /** `billing`, or `billing/by-user` where the group has stages. */
  readonly id: string;
  readonly group: string;
  readonly cluster?: string;
  /** Absent: the group's inputs from outside. */
  readonly stage?: string;
  readonly topics: readonly string[];
  /** As far as known; those that nobody known reads are ends. */
  readonly writes: readonly string[];
  /** Never goes back, but by a reset. Absent: an input that counts has processed nothing yet, or all are idle and always were. */
  readonly watermarkMs?: number;
  /** The input that holds it where it is: the lowest of those that count. */
  readonly heldBy?: HeldBy;
  /** By task, the lowest first; at most `topologyLimits.maxTasksShown`. */
  readonly tasks: readonly NodeTask[];
  /** Those that hold it back most first, the idle ones last; at most `topologyLimits.maxInputsShown`. */
  readonly inputs: readonly NodeInput[];
  readonly inputCounts: { readonly [S in InputState]: number };
  /** How often a partition was read again from further back; its progress then starts anew. */
  readonly resets: number;
  readonly lastReset?: WatermarkReset;
}

export interface NodeTask {
  readonly id: string;
  /** The lowest of its inputs as they stand now. Absent: unknown, or all of them are idle. */
  readonly watermarkMs?: number;
}

/**
 * `live`: counts. `behind`: counts, and the broker has records that the group has not processed. `idle`: all there is has been
 * processed and nothing came for longer than usual, so it does not count. `unheard`: no agent tells of it any more; it counts
 * with what was last known.
 */
export type InputState = 'live' | 'behind' | 'idle' | 'unheard';

export interface NodeInput extends TopicPartition {
  readonly state: InputState;
  /**
   * What it counts with. From outside: the highest event time processed. Of a topic that another node writes: the watermark
   * that the writer had when the last record that was processed here was appended.
   */
  readonly progressMs?: number;
  /** The task that reads it. */
  readonly task?: string;
  /** Since when it is behind or idle, or not heard of. */
  readonly sinceMs?: number;
  /** Records on the broker that were not processed yet. */
  readonly waiting?: number;
  readonly paused?: true;
}

/** A chain of nodes from the one that is held back to the input that holds it. */
export interface HeldBy extends NodeInput {
  /** Whose input it is: the node itself, or the last of `via`. */
  readonly node: string;
  /** Upstream tasks whose watermark was passed on, nearest first; empty when it is the node's own input. */
  readonly via: readonly { readonly node: string; readonly task?: string }[];
}

export interface TopologyEdge {
  readonly topic: string;
  /** Ids of nodes. */
  readonly from: string;
  readonly to: string;
  readonly by: EdgeEvidence;
}

/**
 * `name`: a repartition or changelog topic bears the name of the group that writes it. `process`: an agent saw the process that
 * consumes also produce. `file`: the user said so.
 */
export type EdgeEvidence = 'name' | 'process' | 'file';

export interface WatermarkReset extends TopicPartition {
  readonly atMs: number;
  /** The node's watermark before. */
  readonly watermarkMs?: number;
}

/** What the user says of groups in a file: it takes the place of what would be discovered of them. */
export interface TopologySpec {
  readonly nodes: readonly {
    readonly group: string;
    readonly stage?: string;
    readonly reads: readonly string[];
    readonly writes: readonly string[];
  }[];
}

export const topologyLimits = {
  maxNodes: 2_000,
  maxInputsShown: 50,
  maxTasksShown: 50,
  /** Names of topics that a process writes, in one report. */
  maxProducedTopics: 64,
} as const;

export const emptyTopology: Topology = { nodes: [], edges: [] };
