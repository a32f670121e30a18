import type { NodeNow } from './assess-topology.ts';
import { quietSinceMs } from './input.ts';
import {
  type HeldBy,
  type InputState,
  type NodeInput,
  type NodeTask,
  type TopologyNode,
  topologyLimits,
} from './topology.ts';
import { type InputNow, lowestOf } from './watermark.ts';

type TaskId = (key: string) => string | undefined;

export function shownNode(node: NodeNow, all: ReadonlyMap<string, NodeNow>, taskId: TaskId): TopologyNode {
  const { fold, seen, inputs, writes } = node;
  const { id, group, stage, cluster, watermarkMs, resets, lastReset } = fold;
  const heldBy = heldByOf(node, all, taskId);
  const inputCounts: { [S in InputState]: number } = { live: 0, behind: 0, idle: 0, unheard: 0 };
  for (const { state } of inputs) inputCounts[state]++;
  return {
    id,
    group,
    ...(cluster === undefined ? {} : { cluster }),
    ...(stage === undefined ? {} : { stage }),
    topics: [...seen.topics].sort(),
    writes,
    ...(watermarkMs === undefined ? {} : { watermarkMs }),
    ...(heldBy === undefined ? {} : { heldBy }),
    tasks: tasksOf(inputs, taskId),
    inputs: inputs
      .toSorted(byProgress)
      .slice(0, topologyLimits.maxInputsShown)
      .map((input) => shownInput(input, taskId)),
    inputCounts,
    resets,
    ...(lastReset === undefined ? {} : { lastReset }),
  };
}

function byProgress(one: InputNow, other: InputNow): number {
  const order = (input: InputNow): number => orderOf(input.state === 'idle' ? undefined : input);
  return order(one) - order(other) || one.fold.partition - other.fold.partition;
}

function tasksOf(inputs: readonly InputNow[], taskId: TaskId): NodeTask[] {
  const byTask = Map.groupBy(inputs, ({ fold }) => fold.taskKey);
  return [...byTask]
    .map(([key, own]) => ({ key, lowest: lowestOf(own) }))
    .sort((a, b) => orderOf(a.lowest) - orderOf(b.lowest))
    .slice(0, topologyLimits.maxTasksShown)
    .map(({ key, lowest }): NodeTask => {
      const watermarkMs = lowest?.progressMs;
      return { id: taskId(key) ?? key, ...(watermarkMs === undefined ? {} : { watermarkMs }) };
    });
}

/** What is not known comes first, what does not count last. */
function orderOf(lowest: InputNow | undefined): number {
  if (lowest === undefined) return Number.MAX_VALUE;
  return lowest.progressMs ?? -Number.MAX_VALUE;
}

function shownInput({ fold, state, progressMs }: InputNow, taskId: TaskId): NodeInput {
  const { topic, partition, position, highWaterOffset, isPaused } = fold;
  const task = taskId(fold.taskKey);
  const since = sinceMs(fold, state);
  const waiting = position === undefined || highWaterOffset === undefined ? 0 : highWaterOffset - position;
  return {
    topic,
    partition,
    state,
    ...(progressMs === undefined ? {} : { progressMs }),
    ...(task === undefined ? {} : { task }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(waiting > 0 ? { waiting } : {}),
    ...(isPaused ? { paused: true } : {}),
  };
}

function sinceMs(fold: InputNow['fold'], state: InputState): number | undefined {
  switch (state) {
    case 'live':
      return undefined;
    case 'behind':
      return fold.behindSinceMs;
    case 'idle':
      return quietSinceMs(fold);
    case 'unheard':
      return fold.heardMs;
  }
}

/** Follows the lowest inputs upstream until one is held back by nothing but itself. */
function heldByOf(node: NodeNow, all: ReadonlyMap<string, NodeNow>, taskId: TaskId): HeldBy | undefined {
  const via: { node: string; task?: string }[] = [];
  let at = node;
  for (let { lowest } = node; lowest !== undefined; lowest = at.lowest!) {
    const writer = holdingWriter(lowest, all);
    if (writer === undefined) return { ...shownInput(lowest, taskId), node: at.fold.id, via };
    const task = taskId(writer.lowest!.fold.taskKey);
    via.push({ node: writer.fold.id, ...(task === undefined ? {} : { task }) });
    at = writer;
  }
  return undefined;
}

/** The writer whose watermark an input cannot pass; undefined when the input itself has yet to read what was passed on. */
function holdingWriter(
  { upstream, state, progressMs }: InputNow,
  all: ReadonlyMap<string, NodeNow>,
): NodeNow | undefined {
  const counting = upstream.map(({ id }) => all.get(id)!).filter(({ lowest }) => lowest !== undefined);
  const known = (node: NodeNow): number => node.fold.watermarkMs ?? Number.NEGATIVE_INFINITY;
  const writer = counting.reduce<NodeNow | undefined>(
    (least, node) => (least === undefined || known(node) < known(least) ? node : least),
    undefined,
  );
  const hasPassedMore = writer !== undefined && known(writer) > (progressMs ?? Number.NEGATIVE_INFINITY);
  return state !== 'live' && hasPassedMore ? undefined : writer;
}
