import { assessLimits } from '../assess/assessment.ts';
import type { State, TaskFold } from '../ingest/state.ts';
import { historyMs, secondOf } from '../seconds.ts';
import { discover, type NodeSeen, saidWrites } from './discover.ts';
import type { InputFold } from './input.ts';
import { shownNode } from './shown.ts';
import type { Topology } from './topology.ts';
import { advance, type InputNow, inputNow, lowestOf, type NodeFold } from './watermark.ts';

/** A node at this tick. */
export interface NodeNow {
  readonly fold: NodeFold;
  readonly seen: NodeSeen;
  readonly inputs: readonly InputNow[];
  /** The input that holds it back. */
  readonly lowest: InputNow | undefined;
  readonly writes: readonly string[];
}

/** Moves the watermarks on to what is known by now. */
export function assessTopology(state: State, nowMs: number): Topology {
  forgetUnheard(state, nowMs);
  const { inputs, nodes, spec } = state.topology;
  const inputsOf = Map.groupBy(inputs.values(), ({ nodeId }) => nodeId);
  for (const id of nodes.keys()) if (!inputsOf.has(id)) nodes.delete(id);
  const seen = [...inputsOf].map(([id, folds]) => nodeSeen(state, nodes.get(id)!, folds));
  const edges = discover(spec, seen);
  const now = new Map<string, NodeNow>();
  for (const one of seen) {
    const fold = nodes.get(one.id)!;
    const writersOf = new Map([...one.topics].map((topic): [string, NodeFold[]] => [topic, []]));
    for (const { topic, from, to } of edges) if (to === one.id) writersOf.get(topic)!.push(nodes.get(from)!);
    const current = inputsOf
      .get(one.id)!
      .map((input) => inputNow(input, writersOf.get(input.topic)!, isHeard(state, input, nowMs)));
    const reportedMs = lastReportedMs(state, current, nowMs);
    if (advance(fold, current, reportedMs)) state.revisedFromMs = Math.min(state.revisedFromMs, secondOf(reportedMs));
    const written = edges.filter(({ from }) => from === one.id).map(({ topic }) => topic);
    const writes = [...new Set([...saidWrites(spec, one), ...one.produced, ...written])].sort();
    now.set(one.id, { fold, seen: one, inputs: current, lowest: lowestOf(current), writes });
  }
  const taskId = (key: string): string | undefined => state.tasks.get(key)?.id;
  return { nodes: [...now.values()].map((node) => shownNode(node, now, taskId)).sort(byId), edges };
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}

function nodeSeen(state: State, { id, group, stage }: NodeFold, inputs: readonly InputFold[]): NodeSeen {
  const agents = new Set(tasksOf(state, inputs).map((task) => task.agentId));
  const produced = [...agents].flatMap((agent) => state.agents.get(agent)?.produced ?? []);
  return { id, group, stage, topics: new Set(inputs.map(({ topic }) => topic)), produced: new Set(produced) };
}

function tasksOf(state: State, inputs: readonly InputFold[]): TaskFold[] {
  const keys = new Set(inputs.map(({ taskKey }) => taskKey));
  return [...keys].map((key) => state.tasks.get(key)).filter((task) => task !== undefined);
}

function lastReportedMs(state: State, inputs: readonly InputNow[], nowMs: number): number {
  const tasks = tasksOf(
    state,
    inputs.map(({ fold }) => fold),
  );
  return tasks.length === 0 ? nowMs : Math.max(...tasks.map(({ reportedMs }) => reportedMs));
}

/** Whether an agent that reports has it assigned. */
function isHeard(state: State, input: InputFold, nowMs: number): boolean {
  const task = state.tasks.get(input.taskKey);
  const agent = task && state.agents.get(task.agentId);
  if (task === undefined || agent === undefined || nowMs - agent.lastReportMs > assessLimits.agentLostMs) return false;
  return task.assigned.size === 0 || task.assigned.has(input.key);
}

/** A partition that nobody told of for as long as the history goes back holds nothing up for ever. */
function forgetUnheard(state: State, nowMs: number): void {
  for (const [key, input] of state.topology.inputs) {
    if (nowMs - input.heardMs > historyMs && !isHeard(state, input, nowMs)) state.topology.inputs.delete(key);
  }
}
