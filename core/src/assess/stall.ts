import type { FetchCell, TopicPartition } from '../report.ts';

/**
 * A partition whose records wait on the broker because the consumer does not take them: it is paused, nobody owns the
 * partition while a rebalance lasts, or it is fetched too slowly. Its records are then processed out of step with those of
 * other partitions, and late, though their sources did nothing wrong.
 *
 *     nobody asks        asked ─●─●─●──────────────────●─●─●    longer than this consumer usually takes between two polls
 *     asks, takes little  highWater ┄┄┄ runs ahead of position, for longer than a poll takes
 */
export interface Stall {
  readonly fromMs: number;
  /** When the position had reached the end of the partition again; undefined while it has not. */
  untilMs: number | undefined;
  /** The last second that told of it. */
  lastMs: number;
}

/** One partition as a whole group reads it, whichever of its tasks does. */
export interface PartitionFold extends TopicPartition {
  readonly group: string;
  /** When it was first told of: what was written there before, nobody has seen. */
  readonly sinceMs: number;
  leader: number | undefined;
  /** Seconds of true time. */
  answeredMs: number;
  positionMs: number;
  behindSinceMs: number | undefined;
  highWaterOffset: number;
  /** Time between seconds with a fetch, the last few; and how long they usually are at most. */
  readonly pausesMs: number[];
  pauseAt: number;
  usualPauseMs: number;
  readonly stalls: Stall[];
  /** When the leader answered with errors, the latest few spells of it. */
  readonly errors: { readonly fromMs: number; untilMs: number }[];
}

/** Shorter waits are no stall, however regular the consumer is. */
export const leastStallMs = 5_000;
const unusual = 3;
const pauseWindow = 32;
/** Fewer pauses are no rhythm. */
const leastPauses = 8;
const maxStalls = 16;
/** Errors further apart than this are two spells. */
const spellMs = 15_000;

export function partitionKey(group: string, topic: string, partition: number): string {
  return `${group}|${topic}|${partition}`;
}

export function createPartitionFold(
  group: string,
  { topic, partition }: TopicPartition,
  sinceMs: number,
): PartitionFold {
  return {
    group,
    topic,
    partition,
    sinceMs,
    leader: undefined,
    answeredMs: Number.NaN,
    positionMs: Number.NaN,
    behindSinceMs: undefined,
    highWaterOffset: 0,
    pausesMs: [],
    pauseAt: 0,
    usualPauseMs: 0,
    stalls: [],
    errors: [],
  };
}

/** `secondMs`: the cell's second by true time. */
export function learnFetches(fold: PartitionFold, cell: FetchCell, secondMs: number): void {
  fold.leader = cell.leader ?? fold.leader;
  if (cell.errors > 0) noteErrors(fold, secondMs);
  if (cell.answered === 0) {
    // It asked and was refused: not the consumer's doing.
    fold.answeredMs = Math.max(fold.answeredMs || secondMs, secondMs);
    return;
  }
  const pauseMs = secondMs - fold.answeredMs;
  const leastMs = Math.max(leastStallMs, unusual * fold.usualPauseMs);
  if (pauseMs >= leastMs && fold.pausesMs.length >= leastPauses) openStall(fold, fold.answeredMs + 1000, secondMs);
  if (pauseMs > 0) learnPause(fold, pauseMs);
  fold.answeredMs = Math.max(fold.answeredMs || secondMs, secondMs);
  followPosition(fold, cell, secondMs, leastMs);
}

/** Behind: what the first fetch of a second saw on the broker was not all processed by its end. */
function followPosition(fold: PartitionFold, cell: FetchCell, secondMs: number, leastMs: number): void {
  const stall = fold.stalls.at(-1);
  const isBehind = (cell.position ?? 0) < (cell.firstHighWaterOffset ?? 0);
  if (!isBehind) {
    fold.behindSinceMs = undefined;
    if (stall !== undefined && stall.untilMs === undefined) stall.untilMs = secondMs + 1000;
  } else {
    fold.behindSinceMs ??= secondMs;
    if (stall !== undefined && stall.untilMs === undefined) stall.lastMs = secondMs + 1000;
    else if (secondMs - fold.behindSinceMs >= leastMs && fold.pausesMs.length >= leastPauses)
      openStall(fold, fold.behindSinceMs, secondMs);
  }
}

/** The stall that records processed in this second can have waited in. */
export function stallAt(fold: PartitionFold | undefined, secondMs: number): Stall | undefined {
  if (fold === undefined) return undefined;
  for (let i = fold.stalls.length - 1; i >= 0; i--) {
    const stall = fold.stalls[i]!;
    if (secondMs >= stall.fromMs && secondMs <= (stall.untilMs ?? Number.POSITIVE_INFINITY) + 1000) return stall;
  }
  return undefined;
}

/** Whether the leader refused to answer within this time. */
export function hadErrors(fold: PartitionFold, fromMs: number, untilMs: number): boolean {
  return fold.errors.some((spell) => spell.untilMs > fromMs && spell.fromMs < untilMs);
}

function openStall(fold: PartitionFold, fromMs: number, secondMs: number): void {
  const last = fold.stalls.at(-1);
  if (last !== undefined && last.untilMs === undefined) {
    last.lastMs = secondMs + 1000;
    return;
  }
  fold.stalls.push({ fromMs, untilMs: undefined, lastMs: secondMs + 1000 });
  if (fold.stalls.length > maxStalls) fold.stalls.shift();
}

function learnPause(fold: PartitionFold, pauseMs: number): void {
  fold.pausesMs[fold.pauseAt] = pauseMs;
  fold.pauseAt = (fold.pauseAt + 1) % pauseWindow;
  // Stalls are learnt from too, or a consumer that has changed its rhythm would be accused for ever; one of four changes nothing.
  const sorted = fold.pausesMs.toSorted((a, b) => a - b);
  fold.usualPauseMs = sorted[Math.floor(0.75 * sorted.length)]!;
}

function noteErrors(fold: PartitionFold, secondMs: number): void {
  const spell = fold.errors.at(-1);
  if (spell !== undefined && secondMs <= spell.untilMs + spellMs)
    spell.untilMs = Math.max(spell.untilMs, secondMs + 1000);
  else fold.errors.push({ fromMs: secondMs, untilMs: secondMs + 1000 });
  if (fold.errors.length > maxStalls) fold.errors.shift();
}
