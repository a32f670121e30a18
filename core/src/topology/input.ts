import type { TaskFold } from '../ingest/state.ts';
import { nearestRank } from '../nearest-rank.ts';
import type { Cell, FetchCell, TopicPartition } from '../report.ts';

/**
 * How far a group is in one partition, whichever of its tasks reads it: the committed position outlives a task, and so does
 * this. Two things are followed:
 *
 *     eventMs       the highest event time processed: what a partition that is written from outside counts with
 *     readUntilMs   everything that was appended before this instant has been processed: what a partition that another node
 *                   writes is looked up with, for by then that node had some watermark, and all it had written by then is here
 */
export interface InputFold extends TopicPartition {
  /** In `TopologyFold.inputs`. */
  readonly key: string;
  readonly nodeId: string;
  /** Who reads it, a key of `State.tasks`, and the last second in which that one told of it. */
  taskKey: string;
  toldMs: number;
  eventMs: number | undefined;
  readUntilMs: number;
  /** Next offset to process. */
  position: number | undefined;
  positionAtMs: number;
  /** End of the partition as last seen, and as first seen. */
  highWaterOffset: number | undefined;
  firstHighWaterOffset: number | undefined;
  isPaused: boolean;
  behindSinceMs: number | undefined;
  /** The last second in which records of it were processed, and the gap that nine of ten of the last gaps stay below. */
  recordsMs: number | undefined;
  readonly gapsMs: number[];
  gapAt: number;
  usualGapMs: number;
  watchedFromMs: number | undefined;
  heardMs: number;
  /** The highest watermark that was passed on to it. */
  passedOnMs: number | undefined;
  /** Cells of this task up to this second are from before the reset. */
  voidTaskKey: string | undefined;
  voidUntilMs: number;
}

/** The response of a fetch that came at the beginning of a second saw the end of the partition this much earlier, at most. */
const onItsWayMs = 250;
const gapWindow = 32;
/** Gaps are sorted anew only once in so many. */
const gapsEvery = 8;
/** No input is idle sooner: reports come a second after what they tell of, and a fetch may wait. */
const leastIdleMs = 3_000;
/** Cells of one partition do not come in the wrong order by as much: a clock was set back. */
const setBackMs = 10_000;
/** An input is idle after this many times its usual gap. */
const idleTimes = 3;

export function createInput(key: string, { topic, partition }: TopicPartition, nodeId: string): InputFold {
  return {
    key,
    nodeId,
    topic,
    partition,
    taskKey: '',
    toldMs: Number.NEGATIVE_INFINITY,
    eventMs: undefined,
    readUntilMs: Number.NEGATIVE_INFINITY,
    position: undefined,
    positionAtMs: Number.NEGATIVE_INFINITY,
    highWaterOffset: undefined,
    firstHighWaterOffset: undefined,
    isPaused: false,
    behindSinceMs: undefined,
    recordsMs: undefined,
    gapsMs: [],
    gapAt: 0,
    usualGapMs: 0,
    watchedFromMs: undefined,
    heardMs: Number.NEGATIVE_INFINITY,
    passedOnMs: undefined,
    voidTaskKey: undefined,
    voidUntilMs: Number.NEGATIVE_INFINITY,
  };
}

/** `secondMs`: when the cell's second began, by true time. True: the partition is read again from further back. */
export function learnPosition(input: InputFold, task: TaskFold, cell: FetchCell, secondMs: number): boolean {
  hear(input, secondMs);
  const formerTaskKey = input.taskKey;
  if (secondMs < input.positionAtMs) {
    // Of two tasks that hand a partition over, the report of the former may come last. Of one, its clock was set back.
    if (task.key !== formerTaskKey) return false;
    input.readUntilMs = Math.min(input.readUntilMs, secondMs);
  }
  input.taskKey = task.key;
  input.toldMs = secondMs;
  input.isPaused = cell.paused;
  if (cell.answered === 0) return false;
  input.positionAtMs = secondMs;
  const { position, firstHighWaterOffset: endOffset } = cell;
  const isReset = position !== undefined && input.position !== undefined && position < input.position;
  if (isReset) reset(input, formerTaskKey === '' ? task.key : formerTaskKey, secondMs);
  input.position = position ?? input.position;
  input.highWaterOffset = cell.lastHighWaterOffset ?? endOffset ?? input.highWaterOffset;
  if (endOffset === undefined) return isReset;
  input.firstHighWaterOffset ??= endOffset;
  // Where the group is in a partition may not be known before its first record: then it is known whether anything came.
  const isBehind = endOffset > (input.position ?? input.firstHighWaterOffset);
  if (isBehind) input.behindSinceMs ??= secondMs;
  else {
    input.behindSinceMs = undefined;
    input.readUntilMs = Math.max(input.readUntilMs, secondMs - onItsWayMs);
  }
  return isReset;
}

function reset(input: InputFold, voidTaskKey: string, secondMs: number): void {
  input.eventMs = undefined;
  input.passedOnMs = undefined;
  input.readUntilMs = Number.NEGATIVE_INFINITY;
  input.voidTaskKey = voidTaskKey;
  input.voidUntilMs = secondMs;
}

/** `appendLowMs`: the last record of the cell was appended at that true time or later; −∞: not known. */
export function learnRecords(
  input: InputFold,
  task: TaskFold,
  cell: Cell,
  at: { readonly secondMs: number; readonly appendLowMs: number },
): void {
  const { secondMs } = at;
  hear(input, secondMs);
  if (input.taskKey === '') input.taskKey = task.key;
  if (task.key === input.voidTaskKey && secondMs <= input.voidUntilMs) return;
  input.eventMs = Math.max(input.eventMs ?? Number.NEGATIVE_INFINITY, cell.maxEventMs);
  input.readUntilMs = Math.max(input.readUntilMs, at.appendLowMs);
  const gapMs = secondMs - (input.recordsMs ?? secondMs);
  if (gapMs > 0) {
    input.gapsMs[input.gapAt] = gapMs;
    input.gapAt = (input.gapAt + 1) % gapWindow;
    const isDue = input.gapsMs.length < gapWindow || input.gapAt % gapsEvery === 0;
    if (isDue) input.usualGapMs = nearestRank(input.gapsMs, 0.9);
  }
  const isSetBack = input.recordsMs !== undefined && secondMs < input.recordsMs - setBackMs;
  input.recordsMs = isSetBack ? secondMs : Math.max(input.recordsMs ?? secondMs, secondMs);
}

function hear(input: InputFold, secondMs: number): void {
  input.watchedFromMs ??= secondMs;
  input.heardMs = Math.max(input.heardMs, secondMs);
}

/**
 * All there is has been processed, and nothing came for longer than usual. What a broker refuses to give, or a consumer does not
 * ask for, is not known to be idle: then `readUntilMs` stands.
 */
export function isIdle(input: InputFold): boolean {
  const quietMs = input.readUntilMs - (quietSinceMs(input) ?? Number.POSITIVE_INFINITY);
  return input.behindSinceMs === undefined && quietMs > Math.max(leastIdleMs, idleTimes * input.usualGapMs);
}

/** Since its last record, or since it is watched. */
export function quietSinceMs({ recordsMs, watchedFromMs }: InputFold): number | undefined {
  return recordsMs === undefined ? watchedFromMs : recordsMs + 1_000;
}
