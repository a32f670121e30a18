import { isNews, materialMs, noteNews } from '../news.ts';
import { windowEndMs } from '../policy.ts';
import { addToSketch } from '../sketch.ts';
import { bracketOf, moveToOffset, noteHighWater } from './append.ts';
import { close, closerOf } from './closing.ts';
import { addDrop, createDrops } from './drops.ts';
import { enterLeader, enterLeaderEpoch, noteLeaderFrom } from './leader.ts';
import { culpritOf, type Lane, type PartitionState, type TaskState } from './observation.ts';
import { keepCreateOrder, keepExtremes, keepPairs, type OpenCell, pointOf, resetCell } from './open-cell.ts';
import { createOpenLate } from './open-late.ts';
import { closeSecond } from './take-report.ts';

/**
 * The hot path: once per record, in the host's process. It compares and stores numbers; the few allocations hang on events
 * that are rare by nature (a second begins, a window closes, a first late record in a cell, a silence ends), never on a
 * record.
 */

/** A fetch response for one partition, as the consumer's connection saw it. */
export interface FetchSeen {
  /** When the request was sent and when its response arrived, by the consumer's clock. */
  readonly askedMs: number;
  readonly answeredMs: number;
  /** The end of the partition as the broker knew it in between; undefined when the broker answered with an error. */
  readonly highWaterOffset: number | undefined;
  /** Offset of the last record that came, undefined if none did. */
  readonly lastOffset: number | undefined;
  /** Node id of the broker that answered. */
  readonly leader: number | undefined;
}

/** One record, in a mutable scratch object that the caller owns and fills again: nothing is allocated per record. */
export interface RecordSeen {
  lane: Lane;
  offset: number;
  eventMs: number;
  /** The producer's own stamp; NaN when not known (LogAppendTime beyond the first of a batch). */
  createMs: number;
  /** The broker's stamp; NaN on a CreateTime topic. */
  appendMs: number;
  /** Start of processing, by the consumer's clock. */
  processedMs: number;
  /** The first record of its batch. */
  startsBatch: boolean;
  /** As the batch says it; undefined when not known. */
  leaderEpoch: number | undefined;
}

/** What `observe` says of a record, as bits. `outOfOrder`: within its own source and partition. */
export const flag: {
  readonly late: 1;
  readonly dropped: 2;
  readonly outOfOrder: 4;
  readonly redelivered: 8;
} = { late: 1, dropped: 2, outOfOrder: 4, redelivered: 8 };

const maxFetchedAhead = 64;

export function observeFetch(partition: PartitionState, fetch: FetchSeen): void {
  countFetch(partition, fetch.answeredMs);
  const cell = partition.fetch;
  if (fetch.leader !== undefined && fetch.leader !== partition.leader) enterLeader(partition, fetch.leader);
  if (fetch.highWaterOffset === undefined) {
    cell.errors++;
    return;
  }
  noteLeaderFrom(partition, fetch.highWaterOffset);
  cell.answered++;
  cell.firstHighWaterOffset ??= fetch.highWaterOffset;
  cell.lastHighWaterOffset = fetch.highWaterOffset;
  noteHighWater(partition.append, {
    askedMs: fetch.askedMs,
    answeredMs: fetch.answeredMs,
    highWaterOffset: fetch.highWaterOffset,
  });
  if (fetch.lastOffset !== undefined) {
    if (partition.fetched.length >= maxFetchedAhead) partition.fetched.shift();
    partition.fetched.push({ lastOffset: fetch.lastOffset, answeredMs: fetch.answeredMs });
  }
}

/** A fetch that failed as a whole, such as by a lost connection. */
export function observeFetchError(partition: PartitionState, atMs: number): void {
  countFetch(partition, atMs);
  partition.fetch.errors++;
}

/**
 * Told each second: nothing is asked of a paused partition, so that only this says why it is silent, and that the consumer
 * is the cause.
 */
export function setPaused(partition: PartitionState, paused: boolean, atMs: number): void {
  partition.paused = paused;
  if (!paused) return;
  enterSecond(partition.task, atMs);
  partition.fetch.touched = true;
}

function countFetch(partition: PartitionState, atMs: number): void {
  enterSecond(partition.task, atMs);
  partition.fetch.touched = true;
  partition.fetch.asked++;
}

/**
 * The consumer goes on from here: all before has been processed. Known also before its first record, and past what is no record
 * (markers of transactions, gaps), where the records alone do not tell.
 */
export function observePosition(partition: PartitionState, offset: number): void {
  // The answer to a fetch from before a seek may come after it, and would take back what the host wants to read again.
  if (partition.isSought && offset !== partition.nextOffset) return;
  partition.isSought = false;
  if (offset > partition.nextOffset) partition.nextOffset = offset;
}

/** The host has moved its position on purpose: what comes from there on is read again because it wants that. */
export function observeSeek(partition: PartitionState, offset: number): void {
  partition.nextOffset = offset;
  partition.isSought = true;
  partition.append.validUntilOffset = Number.NEGATIVE_INFINITY;
  partition.fetched.length = 0;
  partition.fetchedUntilOffset = -1;
}

/** One record, at the start of its processing. Returns `flag` bits. */
export function observe(task: TaskState, record: RecordSeen): number {
  const { lane, offset, eventMs } = record;
  const { partition } = lane;
  if (offset < partition.nextOffset) {
    task.observation.redelivered++;
    return flag.redelivered;
  }
  partition.nextOffset = offset + 1;
  task.observation.records++;
  const { processedMs } = record;
  // A number as an argument is an object of its own, unless the compiler inlines the call: so only where something changes.
  if (!(processedMs >= task.secondMs && processedMs < task.secondMs + 1000)) enterSecond(task, processedMs);
  if (offset >= partition.append.validUntilOffset) moveToOffset(partition.append, offset);
  if (offset > partition.fetchedUntilOffset) moveFetched(partition, offset);

  const exact = !Number.isNaN(record.appendMs);
  const appendLowMs = exact ? record.appendMs : partition.append.lowMs;
  const appendHighMs = exact ? record.appendMs : partition.append.highMs;
  const { cell, last } = lane;
  if (cell.secondMs !== task.secondMs) openCell(task, lane);
  if (cell.count === 0) {
    cell.firstOffset = offset;
    cell.firstEventMs = eventMs;
    cell.firstAppendLowMs = appendLowMs;
    cell.firstAppendHighMs = appendHighMs;
    cell.firstAppendExact = exact;
  }
  cell.count++;
  if (eventMs < cell.minEventMs) cell.minEventMs = eventMs;
  if (eventMs > cell.maxEventMs) cell.maxEventMs = eventMs;

  let flags = 0;
  if (eventMs < lane.maxEventMs) {
    flags = flag.outOfOrder;
    cell.outOfOrder++;
    if (lane.maxEventMs - eventMs > cell.outOfOrderMaxMs) cell.outOfOrderMaxMs = lane.maxEventMs - eventMs;
  } else lane.maxEventMs = eventMs;

  if (exact || partition.append.serial !== lane.bracketSerial) {
    lane.bracketSerial = partition.append.serial;
    const silentMs = appendLowMs - last.appendHighMs;
    if (silentMs > cell.gapMs) noteGap(cell, lane, record);
  }
  if (record.leaderEpoch !== partition.leaderEpoch) enterLeaderEpoch(partition, record.leaderEpoch);
  keepPairs(cell, record, partition);
  keepCreateOrder(cell, lane.lastCreate, record);
  last.offset = offset;
  last.eventMs = eventMs;
  last.appendLowMs = appendLowMs;
  last.appendHighMs = appendHighMs;
  last.appendExact = exact;
  keepExtremes(cell, last);

  if (eventMs < task.streamTimeMs) return flags | lateRecord(task, record, flags);
  if (eventMs > task.streamTimeMs) advance(task, record);
  return flags;
}

/** The record is the highest so far: it sets the stream time, and may close windows. */
function advance(task: TaskState, record: RecordSeen): void {
  const { last } = record.lane;
  const { top } = task;
  task.streamTimeMs = record.eventMs;
  top.lane = record.lane;
  top.offset = record.offset;
  top.eventMs = record.eventMs;
  top.appendLowMs = last.appendLowMs;
  top.appendHighMs = last.appendHighMs;
  top.appendExact = last.appendExact;
  top.processedMs = record.processedMs;
  for (let i = 0; i < task.closings.length; i++) {
    const closings = task.closings[i]!;
    if (record.eventMs >= closings.nextCloseMs) close(closings, record.eventMs, culpritOf(task)!);
  }
}

function lateRecord(task: TaskState, record: RecordSeen, flags: number): number {
  // Read from the lane: a number handed on as an argument would be an object for each late record.
  const { cell, last } = record.lane;
  const { appendHighMs } = last;
  const { eventMs, offset } = record;
  const late = (cell.late ??= createOpenLate(record, culpritOf(task)!));
  late.count++;
  late.lastOffset = offset;
  if (eventMs < late.minEventMs) late.minEventMs = eventMs;
  if (eventMs > late.maxEventMs) late.maxEventMs = eventMs;
  if (task.streamTimeMs < late.minStreamTimeMs) late.minStreamTimeMs = task.streamTimeMs;
  if (task.streamTimeMs > late.maxStreamTimeMs) late.maxStreamTimeMs = task.streamTimeMs;
  if ((flags & flag.outOfOrder) !== 0) late.outOfOrder++;
  if (!(appendHighMs <= late.lastAppendMs)) late.lastAppendMs = appendHighMs;
  const latenessMs = task.streamTimeMs - eventMs;
  if (latenessMs >= materialMs) noteMaterial(task, record);
  if (latenessMs > late.maxLatenessMs) late.maxLatenessMs = latenessMs;
  addToSketch(late.latenessMs, latenessMs);
  // The culprit of the worst matters most. Doubling keeps this to a few times per cell.
  if (latenessMs > 2 * late.culpritLatenessMs) {
    late.culprit = culpritOf(task)!;
    late.culpritLatenessMs = latenessMs;
  }

  let result: number = flag.late;
  for (let i = 0; i < task.closings.length; i++) {
    const closings = task.closings[i]!;
    const { id, window, graceMs } = closings.policy;
    const endMs = windowEndMs(eventMs, window.sizeMs);
    if (endMs + graceMs > task.streamTimeMs) continue;
    result |= flag.dropped;
    const drops = (late.dropped[i] ??= createDrops(id));
    addDrop(drops, offset);
    drops.graceNeededMs = Math.max(drops.graceNeededMs, task.streamTimeMs - endMs + 1);
    if (endMs < drops.firstWindowEndMs) {
      drops.firstWindowEndMs = endMs;
      drops.closedBy = closerOf(closings, endMs);
    }
  }
  return result;
}

/** Looks up again what `observe` knows: handed on, those numbers would be objects for every record, not only for a gap. */
function noteGap(cell: OpenCell, lane: Lane, record: RecordSeen): void {
  const { append } = lane.partition;
  const exact = !Number.isNaN(record.appendMs);
  const appendLowMs = exact ? record.appendMs : append.lowMs;
  const appendHighMs = exact ? record.appendMs : append.highMs;
  cell.gapMs = appendLowMs - lane.last.appendHighMs;
  cell.gap = {
    before: pointOf(lane.last),
    after: { offset: record.offset, eventMs: record.eventMs, append: bracketOf(appendLowMs, appendHighMs, exact) },
  };
}

/** Once a second is enough: what goes on being late is known. */
function noteMaterial({ observation, secondMs }: TaskState, { lane, processedMs }: RecordSeen): void {
  if (lane.lastMaterialMs >= secondMs) return;
  if (isNews(lane.lastMaterialMs, processedMs)) noteNews(observation.news, processedMs);
  lane.lastMaterialMs = processedMs;
}

function openCell(task: TaskState, lane: Lane): void {
  resetCell(lane.cell, task.secondMs);
  task.openLanes.push(lane);
}

/** Cells belong to a second of the processing time; a clock that is set back opens its own second again. */
function enterSecond(task: TaskState, atMs: number): void {
  if (atMs >= task.secondMs && atMs < task.secondMs + 1000) return;
  closeSecond(task);
  task.secondMs = Math.floor(atMs / 1000) * 1000;
}

function moveFetched(partition: PartitionState, offset: number): void {
  const { fetched } = partition;
  while (fetched.length > 0 && fetched[0]!.lastOffset < offset) fetched.shift();
  partition.fetchedMs = fetched[0]?.answeredMs ?? Number.NaN;
  partition.fetchedUntilOffset = fetched[0]?.lastOffset ?? offset;
}
