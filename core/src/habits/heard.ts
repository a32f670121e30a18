import { countCell, enterPart } from '../assess/part.ts';
import type { LaneFold, SourceFold } from '../ingest/state.ts';
import { nearestRank } from '../nearest-rank.ts';
import { learnKind } from './pace.ts';

/** When records of a cell were appended, the first and the last, and when the last of them was made. */
export interface HeardAt {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lastMadeMs: number;
}

const gapWindow = 64;
/** A source may have many parts. */
const partGapWindow = 32;
/** Gaps are sorted anew only once in so many. */
const gapsEvery = 8;

/** A source was heard of. */
export function learnHeard(of: SourceFold, at: HeardAt): void {
  const isNewUsual = learnGap(of, at, gapWindow);
  if (isNewUsual || of.pace.kind === undefined) learnKind(of.pace, of.gapsMs, of.records);
}

/** And so was the part of it that the lane is in, whose leader was `ledBefore` until then. */
export function learnPart(lane: LaneFold, ledBefore: number | undefined, records: number, at: HeardAt): void {
  const part = enterPart(lane, ledBefore);
  if (part === undefined) return;
  part.records += records;
  countCell(lane.of, part);
  learnGap(part, at, partGapWindow);
}

/** How long it was not heard of, in whichever partition. Cells of one second come in any order: overlaps are no gaps. */
function learnGap(
  of: Pick<SourceFold, 'gapsMs' | 'gapAt' | 'usualGapMs' | 'lastSeenMs' | 'lastCreatedMs'>,
  { fromMs, toMs, lastMadeMs }: HeardAt,
  window: number,
): boolean {
  const gapMs = fromMs - of.lastSeenMs;
  if (!(toMs <= of.lastSeenMs)) of.lastSeenMs = toMs;
  of.lastCreatedMs = Math.max(of.lastCreatedMs, lastMadeMs);
  if (!Number.isFinite(gapMs) || gapMs <= 0) return false;
  of.gapsMs[of.gapAt] = gapMs;
  of.gapAt = (of.gapAt + 1) % window;
  if (of.gapsMs.length === window && of.gapAt % gapsEvery !== 0) return false;
  of.usualGapMs = nearestRank(of.gapsMs, 0.9);
  return true;
}
