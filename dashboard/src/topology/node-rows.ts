import { heldBySentence, type NodeInput, type Topology, type TopologyNode } from '@tidemark/core';
import { formatCount, formatCounted, formatDuration, formatPartition, formatTime } from '../format.ts';
import { byName, firstOf, maxShown, type Shown } from '../view.ts';
import { isHeld } from './layout.ts';

export interface NodeRow {
  readonly id: string;
  readonly isHeld: boolean;
  /** `W 12:00:00, 3 s behind now`. */
  readonly watermark: string;
  /** `held by orders-1: 1,240 records not processed yet`. */
  readonly heldBy: string | undefined;
  readonly notes: readonly string[];
}

export function nodeRows(topology: Topology, nowMs: number): Shown<NodeRow> {
  const rows = ranked(topology).map((node) => ({
    id: node.id,
    isHeld: isHeld(node),
    watermark: watermarkText(node, nowMs),
    heldBy: heldByText(node),
    notes: notesOf(node),
  }));
  return firstOf(rows, maxShown.nodes);
}

/** Those that something holds back first. */
export function ranked({ nodes }: Topology): TopologyNode[] {
  return nodes.toSorted((a, b) => rankOf(b) - rankOf(a) || byName(a.id, b.id));
}

/** The one whose own input holds, then those behind it. */
function rankOf(node: TopologyNode): number {
  return isHeld(node) ? (node.heldBy?.node === node.id ? 2 : 1) : 0;
}

function heldByText(node: TopologyNode): string | undefined {
  if (node.heldBy === undefined) return undefined;
  return isHeld(node) ? `held back by ${heldBySentence(node.heldBy)}` : `last in line: ${formatPartition(node.heldBy)}`;
}

export function watermarkText({ watermarkMs, inputCounts }: TopologyNode, nowMs: number): string {
  if (watermarkMs === undefined) {
    const { live, behind, unheard } = inputCounts;
    return live + behind + unheard === 0
      ? 'W unknown: all its inputs are idle'
      : 'W unknown: an input has processed nothing yet';
  }
  const behindMs = nowMs - watermarkMs;
  const distance = behindMs < 1_000 ? 'at now' : `${formatDuration(behindMs)} behind now`;
  return `W ${formatTime(watermarkMs, nowMs)}, ${distance}`;
}

function notesOf({ inputs, inputCounts, resets, lastReset }: TopologyNode): string[] {
  const notes: string[] = [];
  if (inputCounts.idle > 0) {
    const idle = inputs.filter((input) => input.state === 'idle');
    const isOne = inputCounts.idle === 1;
    notes.push(
      `${formatCounted(inputCounts.idle, 'idle input')} ${isOne ? 'is' : 'are'} left out, nothing comes there${named(idle, inputCounts.idle)}`,
    );
  }
  if (inputCounts.unheard > 0)
    notes.push(`${formatCounted(inputCounts.unheard, 'input')} that no agent tells of any more`);
  if (lastReset !== undefined)
    notes.push(`read again from further back ${resets === 1 ? 'once' : `${formatCount(resets)} times`}`);
  return notes;
}

const maxNamed = 3;

function named(inputs: readonly NodeInput[], count: number): string {
  if (inputs.length === 0) return '';
  const names = inputs.slice(0, maxNamed).map(formatPartition).join(', ');
  return count > maxNamed ? `: ${names} and ${formatCount(count - maxNamed)} more` : `: ${names}`;
}
