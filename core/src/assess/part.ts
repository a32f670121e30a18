import type { LaneFold, SourceFold } from '../ingest/state.ts';

/**
 * What a source writes to one leader. A producer may be cut off from one broker only: then its partitions there are silent
 * while its others speak. Kept only of sources that write to several leaders.
 */
export interface Part {
  readonly leader: number;
  readonly lanes: Set<LaneFold>;
  records: number;
  /** Of the latest seconds in which its source was heard of: in how many of them here, and in how many elsewhere since it last was. */
  cells: number;
  missed: number;
  lastSeenMs: number;
  lastCreatedMs: number;
  readonly gapsMs: number[];
  gapAt: number;
  usualGapMs: number;
  suspectedId: string | undefined;
  suspectedSinceMs: number;
}

/** Of the leaders beyond these, silence is not watched. */
const maxParts = 16;

/** The part of its source that a lane is in now; undefined where its source writes to one leader, or that is not known. */
export function partOf({ of, leader }: LaneFold): Part | undefined {
  return leader === undefined ? undefined : of.parts.get(leader);
}

/** Called with each cell of a lane, whose leader was `before`. */
export function enterPart(lane: LaneFold, before: number | undefined): Part | undefined {
  const { of, leader } = lane;
  if (before !== undefined && before !== leader) of.parts.get(before)?.lanes.delete(lane);
  if (leader === undefined) return undefined;
  const known = of.parts.get(leader);
  if (known !== undefined) {
    known.lanes.add(lane);
    return known;
  }
  if (of.parts.size >= maxParts || of.lanes.every((other) => other.leader === leader)) return undefined;
  const part: Part = {
    leader,
    lanes: new Set(of.lanes.filter((other) => other.leader === leader)),
    records: 0,
    cells: 0,
    missed: 0,
    lastSeenMs: Number.NaN,
    lastCreatedMs: Number.NEGATIVE_INFINITY,
    gapsMs: [],
    gapAt: 0,
    usualGapMs: 0,
    suspectedId: undefined,
    suspectedSinceMs: Number.NaN,
  };
  of.parts.set(leader, part);
  return part;
}

/** Shares follow what the source does now. */
const maxCells = 256;

/** A second in which its source was heard of in this part. */
export function countCell({ parts }: SourceFold, part: Part): void {
  part.cells++;
  for (const other of parts.values()) {
    if (other !== part) other.missed++;
    if (part.cells > maxCells) other.cells /= 2;
  }
  part.missed = 0;
}

/** How likely it is that so many seconds in which its source was heard of all fell on its other parts, if they fall as they did. */
export function chanceOfMissing({ parts }: SourceFold, { cells, missed }: Part): number {
  let all = 0;
  for (const part of parts.values()) all += part.cells;
  return (1 - cells / all) ** missed;
}

export function leaveParts({ parts }: SourceFold, lane: LaneFold): void {
  for (const [leader, part] of parts) {
    // One that is, or was, suspected is still to be told of.
    if (part.lanes.delete(lane) && part.lanes.size === 0 && part.suspectedId === undefined) parts.delete(leader);
  }
}
