import { assessLimits } from '../assess/assessment.ts';
import { partitionKey } from '../assess/stall.ts';
import { appendOf, type Correction } from '../habits/arrival.ts';
import type { State, TaskFold } from '../ingest/state.ts';
import type { Cell, FetchCell, TopicPartition } from '../report.ts';
import { nodeIdOf, stageOf } from './discover.ts';
import { createInput, type InputFold, learnPosition, learnRecords } from './input.ts';
import { type TopologySpec, topologyLimits } from './topology.ts';
import { createNode, type NodeFold } from './watermark.ts';

/** What is learnt of the topology from reports. */
export interface TopologyFold {
  readonly spec: TopologySpec | undefined;
  /** By group and partition. */
  readonly inputs: Map<string, InputFold>;
  readonly nodes: Map<string, NodeFold>;
}

export function createTopology(spec: TopologySpec | undefined): TopologyFold {
  return { spec, inputs: new Map(), nodes: new Map() };
}

export function learnInputPosition(state: State, task: TaskFold, cell: FetchCell, agentMs: number): void {
  const input = inputFold(state, task, cell);
  const secondMs = cell.secondMs - agentMs;
  if (input === undefined || isAnothers(state, input, task, secondMs)) return;
  if (!learnPosition(input, task, cell, secondMs)) return;
  const node = state.topology.nodes.get(input.nodeId)!;
  const before = node.watermarkMs === undefined ? {} : { watermarkMs: node.watermarkMs };
  node.resets++;
  node.mayGoBack = true;
  node.lastReset = { topic: cell.topic, partition: cell.partition, atMs: secondMs, ...before };
}

/**
 * Two agents may watch one group, from inside and from outside: each knows another position. The one who told first is believed
 * for as long as he goes on; a partition that moves is its new owner's when the former has lost it, or has fallen silent.
 */
function isAnothers(state: State, input: InputFold, task: TaskFold, secondMs: number): boolean {
  const owner = state.tasks.get(input.taskKey);
  if (owner === undefined || owner === task || !owner.assigned.has(input.key)) return false;
  return secondMs - input.toldMs < assessLimits.agentLostMs;
}

export function learnInputRecords(state: State, task: TaskFold, cell: Cell, correction: Correction): void {
  const input = inputFold(state, task, cell);
  if (input === undefined) return;
  const appendLowMs = appendOf(cell.last.append, correction).lowMs;
  learnRecords(input, task, cell, { secondMs: cell.secondMs - correction.agentMs, appendLowMs });
}

function inputFold({ topology, overflow }: State, task: TaskFold, place: TopicPartition): InputFold | undefined {
  const { inputs, nodes } = topology;
  const key = partitionKey(task.group, place.topic, place.partition);
  const known = inputs.get(key);
  if (known !== undefined) return known;
  const stage = stageOf(topology.spec, task.group, place.topic);
  const nodeId = nodeIdOf(task.group, stage);
  if (!nodes.has(nodeId)) {
    if (nodes.size >= topologyLimits.maxNodes) {
      overflow.nodes++;
      return undefined;
    }
    nodes.set(nodeId, createNode(nodeId, task.group, stage));
  }
  if (inputs.size >= assessLimits.maxPartitions) {
    overflow.partitions++;
    return undefined;
  }
  const input = createInput(key, place, nodeId);
  inputs.set(key, input);
  nodes.get(nodeId)!.cluster ??= task.cluster;
  return input;
}
