import { type CycleEdge, type CyclePlace, type Finding, openFindings } from '@tidemark/core';
import { formatOffset, formatTime } from '../format.ts';
import { firstOf, maxShown, type Shown } from '../view.ts';

export interface FindingRow {
  readonly id: string;
  readonly sentence: string;
  readonly openedAtMs: number;
  readonly closedAtMs: number | undefined;
  /** Of a contradiction: what is said of whom, round to where it began. */
  readonly chain: Chain | undefined;
}

export interface Chain {
  readonly start: string;
  readonly links: readonly { readonly says: string; readonly of: string }[];
  readonly sum: string;
}

export function findingRows(
  findings: readonly Finding[],
  nowMs: number,
): {
  readonly open: Shown<FindingRow>;
  readonly closed: Shown<FindingRow>;
} {
  const rowOf = (finding: Finding): FindingRow => ({
    id: finding.id,
    sentence: finding.sentence,
    openedAtMs: finding.openedAtMs,
    closedAtMs: finding.closedAtMs,
    chain: finding.kind === 'clockContradiction' ? chainOf(finding.evidence, nowMs) : undefined,
  });
  const closed = findings.filter(({ status }) => status === 'closed');
  return {
    open: firstOf(openFindings(findings).map(rowOf), maxShown.findings),
    closed: firstOf(closed.map(rowOf), maxShown.findings),
  };
}

/**
 * A circle of constraints, each of which says that one clock is at most so far ahead of another, and which together say that a
 * clock is behind itself. What is read at both sides of true time is put in the words of whoever says it.
 */
export function chainOf(
  { cycle, byMs }: { readonly cycle: readonly CycleEdge[]; readonly byMs: number },
  nowMs: number,
): Chain {
  return {
    start: placeText(cycle[0]?.from ?? {}, nowMs),
    links: cycle.map((edge) => ({ says: edgeText(edge), of: placeText(edge.to, nowMs) })),
    sum: `Round to where it began this adds up to ${formatOffset(-byMs)}: no clock is behind itself, so something here is false.`,
  };
}

function placeText({ host, atMs }: CyclePlace, nowMs: number): string {
  if (host === undefined) return 'true time';
  return atMs === undefined ? host : `${host} at ${formatTime(atMs, nowMs)}`;
}

function edgeText({ kind, from, to, limitMs, server }: CycleEdge): string {
  const by = server ?? 'its reading';
  switch (kind) {
    case 'reading':
      return to.host === undefined
        ? `${by}: ${from.host} is at least ${formatOffset(-limitMs)} off`
        : `${by}: ${to.host} is at most ${formatOffset(limitMs)} off`;
    case 'causality':
      return `records between them: ${ahead(to, from, limitMs)}`;
    case 'assumption':
      return `assumed: ${ahead(to, from, limitMs)}`;
    case 'steadiness':
      return `nobody set it: it moved by at most ${formatOffset(limitMs).replace('+', '')}`;
  }
}

function ahead(to: CyclePlace, from: CyclePlace, limitMs: number): string {
  const names = [to.host ?? 'true time', from.host ?? 'true time'] as const;
  const size = formatOffset(Math.abs(limitMs)).replace('+', '');
  return limitMs >= 0
    ? `${names[0]} is at most ${size} ahead of ${names[1]}`
    : `${names[0]} is at least ${size} behind ${names[1]}`;
}
