import type { Culprit, Drops } from '../report.ts';
import { reportLimits } from '../report.ts';

/** What one policy refused in one cell, while the cell is open. */
export interface OpenDrops {
  readonly policy: string;
  count: number;
  readonly ranges: [first: number, last: number][];
  overflow: number;
  graceNeededMs: number;
  firstWindowEndMs: number;
  closedBy: Culprit | undefined;
}

export function createDrops(policy: string): OpenDrops {
  return {
    policy,
    count: 0,
    ranges: [],
    overflow: 0,
    graceNeededMs: 0,
    firstWindowEndMs: Number.POSITIVE_INFINITY,
    closedBy: undefined,
  };
}

/** Offsets come in ascending order. */
export function addDrop(drops: OpenDrops, offset: number): void {
  drops.count++;
  const last = drops.ranges[drops.ranges.length - 1];
  if (last !== undefined && offset === last[1] + 1) last[1] = offset;
  else if (drops.ranges.length < reportLimits.maxRangesPerDrops) drops.ranges.push([offset, offset]);
  else drops.overflow++;
}

export function dropsOf(drops: OpenDrops): Drops {
  return {
    policy: drops.policy,
    count: drops.count,
    offsets: drops.ranges,
    overflow: drops.overflow,
    graceNeededMs: drops.graceNeededMs,
    firstWindowEndMs: drops.firstWindowEndMs,
    ...(drops.closedBy === undefined ? {} : { closedBy: drops.closedBy }),
  };
}
