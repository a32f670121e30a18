import { formatPartition, heldBySentence, type Topology, type TopologyNode } from '@tidemark/core';
import { formatCounted, formatDuration } from '../format.ts';
import { isHeld } from './layout.ts';

/**
 * Whose watermark is held back, by what, and how far it is behind now. One input holds many groups behind it: it is told once,
 * with the group that reads it.
 */
export function watermarkNews({ nodes }: Topology, nowMs: number): string | undefined {
  // Where nothing comes nothing is held up, and that an agent is lost is told by itself.
  const held = nodes.filter((node) => isHeld(node) && !['idle', 'unheard'].includes(node.heldBy!.state));
  const inputs = Map.groupBy(held, ({ heldBy }) => `${heldBy?.node} ${heldBy && formatPartition(heldBy)}`);
  if (inputs.size > 1)
    return `${formatCounted(held.length, 'watermark')} are held back, ${behind(held, nowMs)}by ${formatCounted(inputs.size, 'partition')} that lag`;
  const first = held.find(({ id, heldBy }) => heldBy?.node === id) ?? held[0];
  if (first?.heldBy === undefined) return undefined;
  const others = held.length === 1 ? '' : ` and ${formatCounted(held.length - 1, 'other')}`;
  return `Watermark of ${first.id}${others} held back, ${behind([first], nowMs)}by ${heldBySentence(first.heldBy)}`;
}

/** `35 s behind now, `: the furthest of them. */
function behind(nodes: readonly TopologyNode[], nowMs: number): string {
  const behindMs = Math.max(...nodes.map(({ watermarkMs = nowMs }) => nowMs - watermarkMs));
  return behindMs > 0 ? `${formatDuration(behindMs)} behind now, ` : '';
}
