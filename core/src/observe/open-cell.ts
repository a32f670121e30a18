import type { Cell, Pair, Point } from '../report.ts';
import type { Source } from '../source.ts';
import { bracketOf } from './append.ts';
import { closedLate, type OpenLate } from './open-late.ts';

/** The record that came last, before `open` that of an earlier cell: where a silence is measured from. */
export interface LastRecord {
  offset: number;
  eventMs: number;
  appendLowMs: number;
  appendHighMs: number;
  appendExact: boolean;
}

/** The create time that was known last. */
export interface LastCreate {
  createMs: number;
}

/**
 * A cell while its second lasts. One object per lane, opened again each second: plain numbers (NaN and infinities for "none
 * yet") that the hot path can write without allocating.
 */
export interface OpenCell {
  secondMs: number;
  count: number;
  firstOffset: number;
  firstEventMs: number;
  firstAppendLowMs: number;
  firstAppendHighMs: number;
  firstAppendExact: boolean;
  minEventMs: number;
  maxEventMs: number;
  outOfOrder: number;
  outOfOrderMaxMs: number;
  gapMs: number;
  gap: { before: Point; after: Point } | undefined;
  readonly quickest: Extreme;
  readonly slowest: Extreme;
  brokerClockLowMs: number;
  brokerClockHighMs: number;
  createToAppend: MinPair;
  appendToFetch: MinPair;
  createToFetch: MinPair;
  fetchToProcess: MinPair;
  batchStartToFetch: MinPair;
  createSteps: number;
  createBackwards: number;
  createLeastStepMs: number;
  createMostStepMs: number;
  late: OpenLate | undefined;
}

/** The record with the smallest or the largest time from its event to its append. */
export interface Extreme extends LastRecord {
  delayMs: number;
}

export interface MinPair {
  differenceMs: number;
  fromMs: number;
  toMs: number;
}

export function createOpenCell(): OpenCell {
  const cell = {
    quickest: createExtreme(),
    slowest: createExtreme(),
    createToAppend: createMinPair(),
    appendToFetch: createMinPair(),
    createToFetch: createMinPair(),
    fetchToProcess: createMinPair(),
    batchStartToFetch: createMinPair(),
  } as OpenCell;
  resetCell(cell, Number.NaN);
  return cell;
}

export function resetCell(cell: OpenCell, secondMs: number): void {
  cell.secondMs = secondMs;
  cell.count = 0;
  cell.firstOffset = 0;
  cell.firstEventMs = Number.NaN;
  cell.firstAppendLowMs = Number.NaN;
  cell.firstAppendHighMs = Number.NaN;
  cell.firstAppendExact = false;
  cell.minEventMs = Number.POSITIVE_INFINITY;
  cell.maxEventMs = Number.NEGATIVE_INFINITY;
  cell.outOfOrder = 0;
  cell.outOfOrderMaxMs = 0;
  cell.gapMs = 0;
  cell.gap = undefined;
  cell.quickest.delayMs = Number.POSITIVE_INFINITY;
  cell.slowest.delayMs = Number.NEGATIVE_INFINITY;
  forgetBrokerClock(cell);
  cell.createToFetch.differenceMs = Number.POSITIVE_INFINITY;
  cell.fetchToProcess.differenceMs = Number.POSITIVE_INFINITY;
  cell.batchStartToFetch.differenceMs = Number.POSITIVE_INFINITY;
  cell.createSteps = 0;
  cell.createBackwards = 0;
  cell.createLeastStepMs = Number.POSITIVE_INFINITY;
  cell.createMostStepMs = Number.NEGATIVE_INFINITY;
  cell.late = undefined;
}

/** What was seen of the broker's clock is of another one from here on. */
export function forgetBrokerClock(cell: OpenCell): void {
  cell.brokerClockLowMs = Number.NEGATIVE_INFINITY;
  cell.brokerClockHighMs = Number.POSITIVE_INFINITY;
  cell.createToAppend.differenceMs = Number.POSITIVE_INFINITY;
  cell.appendToFetch.differenceMs = Number.POSITIVE_INFINITY;
}

function createExtreme(): Extreme {
  return {
    delayMs: Number.NaN,
    offset: 0,
    eventMs: Number.NaN,
    appendLowMs: Number.NaN,
    appendHighMs: Number.NaN,
    appendExact: false,
  };
}

/** Unknown delays (NaN) compare false and are passed over. */
export function keepExtremes(cell: OpenCell, last: LastRecord): void {
  const quickMs = last.appendHighMs - last.eventMs;
  if (quickMs < cell.quickest.delayMs) copy(cell.quickest, last, quickMs);
  const slowMs = last.appendLowMs - last.eventMs;
  if (slowMs > cell.slowest.delayMs) copy(cell.slowest, last, slowMs);
}

function copy(into: Extreme, from: LastRecord, delayMs: number): void {
  into.delayMs = delayMs;
  into.offset = from.offset;
  into.eventMs = from.eventMs;
  into.appendLowMs = from.appendLowMs;
  into.appendHighMs = from.appendHighMs;
  into.appendExact = from.appendExact;
}

function createMinPair(): MinPair {
  return { differenceMs: Number.POSITIVE_INFINITY, fromMs: Number.NaN, toMs: Number.NaN };
}

/** What of a record and its partition tells of clocks. */
interface Stamped {
  readonly offset: number;
  readonly createMs: number;
  readonly appendMs: number;
  readonly processedMs: number;
  readonly startsBatch: boolean;
}

interface Fetched {
  readonly fetchedMs: number;
  readonly leaderFromOffset: number;
  readonly append: { readonly lowMs: number; readonly highMs: number };
}

/**
 * Keeps the pairs of stamps with the smallest distance. One with an unknown side (NaN) compares false and is passed over. Objects
 * and not their numbers are handed on, and each pair is written out: a number as an argument is an object of its own for each
 * record, unless the call happens to be inlined.
 */
export function keepPairs(cell: OpenCell, record: Stamped, { fetchedMs, leaderFromOffset, append }: Fetched): void {
  const { createMs, appendMs, processedMs } = record;
  const { createToAppend, appendToFetch, createToFetch, batchStartToFetch, fetchToProcess } = cell;
  const exact = !Number.isNaN(appendMs);
  // What the leader before has appended bears the stamp of another clock.
  if (exact && record.offset >= leaderFromOffset) {
    if (appendMs - createMs < createToAppend.differenceMs) {
      createToAppend.differenceMs = appendMs - createMs;
      createToAppend.fromMs = createMs;
      createToAppend.toMs = appendMs;
    }
    if (fetchedMs - appendMs < appendToFetch.differenceMs) {
      appendToFetch.differenceMs = fetchedMs - appendMs;
      appendToFetch.fromMs = appendMs;
      appendToFetch.toMs = fetchedMs;
    }
    // The broker's clock stamped it at a moment that the agent's clock brackets.
    if (appendMs - append.highMs > cell.brokerClockLowMs) cell.brokerClockLowMs = appendMs - append.highMs;
    if (appendMs - append.lowMs < cell.brokerClockHighMs) cell.brokerClockHighMs = appendMs - append.lowMs;
  }
  // A fetch may have told of the record long before the one that brought it, to a consumer that lags.
  const knownMs = exact || fetchedMs <= append.highMs ? fetchedMs : append.highMs;
  if (knownMs - createMs < createToFetch.differenceMs) {
    createToFetch.differenceMs = knownMs - createMs;
    createToFetch.fromMs = createMs;
    createToFetch.toMs = knownMs;
  }
  if (record.startsBatch && knownMs - createMs < batchStartToFetch.differenceMs) {
    batchStartToFetch.differenceMs = knownMs - createMs;
    batchStartToFetch.fromMs = createMs;
    batchStartToFetch.toMs = knownMs;
  }
  if (processedMs - fetchedMs < fetchToProcess.differenceMs) {
    fetchToProcess.differenceMs = processedMs - fetchedMs;
    fetchToProcess.fromMs = fetchedMs;
    fetchToProcess.toMs = processedMs;
  }
}

/** How create time went on since the last record whose create time is known. Before the first that is nothing (NaN). */
export function keepCreateOrder(cell: OpenCell, last: LastCreate, { createMs }: { readonly createMs: number }): void {
  if (Number.isNaN(createMs)) return;
  const stepMs = createMs - last.createMs;
  last.createMs = createMs;
  if (Number.isNaN(stepMs)) return;
  cell.createSteps++;
  if (stepMs < 0) cell.createBackwards++;
  if (stepMs < cell.createLeastStepMs) cell.createLeastStepMs = stepMs;
  if (stepMs > cell.createMostStepMs) cell.createMostStepMs = stepMs;
}

export function closedCell(
  cell: OpenCell,
  of: {
    readonly source: Source;
    readonly producerId: string | undefined;
    readonly firstSequence: number | undefined;
    readonly topic: string;
    readonly partition: number;
    readonly leader: number | undefined;
    readonly leaderEpoch: number | undefined;
  },
  last: LastRecord,
): Cell {
  return {
    source: of.source,
    topic: of.topic,
    partition: of.partition,
    ...(of.producerId === undefined ? {} : { producerId: of.producerId }),
    ...(of.firstSequence === undefined ? {} : { firstSequence: of.firstSequence }),
    ...(of.leader === undefined ? {} : { leader: of.leader }),
    ...(of.leaderEpoch === undefined ? {} : { leaderEpoch: of.leaderEpoch }),
    secondMs: cell.secondMs,
    count: cell.count,
    first: {
      offset: cell.firstOffset,
      eventMs: cell.firstEventMs,
      append: bracketOf(cell.firstAppendLowMs, cell.firstAppendHighMs, cell.firstAppendExact),
    },
    last: pointOf(last),
    minEventMs: cell.minEventMs,
    maxEventMs: cell.maxEventMs,
    outOfOrder: cell.outOfOrder,
    outOfOrderMaxMs: cell.outOfOrderMaxMs,
    ...(cell.gap === undefined ? {} : { gap: cell.gap }),
    ...(Number.isFinite(cell.quickest.delayMs) ? { quickest: pointOf(cell.quickest) } : {}),
    ...(Number.isFinite(cell.slowest.delayMs) ? { slowest: pointOf(cell.slowest) } : {}),
    ...brokerClockOf(cell),
    ...pairOf('createToAppend', cell.createToAppend),
    ...pairOf('appendToFetch', cell.appendToFetch),
    ...pairOf('createToFetch', cell.createToFetch),
    ...pairOf('fetchToProcess', cell.fetchToProcess),
    ...pairOf('batchStartToFetch', cell.batchStartToFetch),
    ...createOrderOf(cell),
    ...(cell.late === undefined ? {} : { late: closedLate(cell.late) }),
  };
}

function createOrderOf(cell: OpenCell): Pick<Cell, 'createOrder'> {
  const { createSteps: steps, createBackwards: backwards, createLeastStepMs: leastMs, createMostStepMs: mostMs } = cell;
  return steps === 0 ? {} : { createOrder: { steps, backwards, leastMs, mostMs } };
}

function brokerClockOf(cell: OpenCell): Pick<Cell, 'brokerClock'> {
  const { brokerClockLowMs: lowMs, brokerClockHighMs: highMs } = cell;
  return Number.isFinite(lowMs) && Number.isFinite(highMs) ? { brokerClock: { lowMs, highMs } } : {};
}

export function pointOf(record: LastRecord): Point {
  return {
    offset: record.offset,
    eventMs: record.eventMs,
    append: bracketOf(record.appendLowMs, record.appendHighMs, record.appendExact),
  };
}

function pairOf<K extends string>(name: K, pair: MinPair): { [P in K]?: Pair } {
  if (pair.differenceMs === Number.POSITIVE_INFINITY) return {};
  return { [name]: { fromMs: pair.fromMs, toMs: pair.toMs } } as { [P in K]?: Pair };
}
