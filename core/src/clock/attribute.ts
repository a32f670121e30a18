/**
 * Whose clock was set? One channel's floor cannot say: a producer ahead and a broker behind look alike, and so does a path
 * that has changed. But a clock moves all its channels at once. All channels of one producer moved, and no other: the
 * producer. All channels of one broker: the broker, and its sign is the reverse. One channel among several: the path.
 *
 *              broker 1   broker 2
 *   producer 1    ·          ·
 *   producer 2   +87        +87      ◂ producer 2 leapt ahead by 87 ms
 *   producer 3    ·          ·
 *
 * A detector alone is too slow to wait for on every channel, so once one has fired the others are asked directly: where do
 * their records lie since then?
 */
import type { Pair } from '../report.ts';
import type { EventSteps } from './event-steps.ts';
import { floorAt } from './floor.ts';
import { createStepWatch, type FloorShift, type StepWatch, watchForStep } from './step.ts';

export interface ChannelName {
  readonly producer: string;
  readonly broker: string;
}

export interface ClockStepFound {
  /** `path`: this channel's delay, or a clock that nothing else shows. `unclear`: several explanations fit. */
  readonly kind: 'producer' | 'broker' | 'path' | 'unclear';
  readonly producer?: string;
  readonly broker?: string;
  /** > 0: that clock leapt ahead. For `path` and `unclear`: as if the producer's had. Refined while the floor settles. */
  byMs: number;
  /** `clockStep`: event time itself gave it away. */
  readonly shift: FloorShift['kind'];
  /** How many channels of the receiving clock could be compared. */
  readonly receivedBy: number;
  /** The first shift that was seen: where, and when by that broker's clock. */
  readonly channel: ChannelName;
  readonly atMs: number;
  readonly decidedAtMs: number;
  readonly seenMs: number;
}

interface Channel extends ChannelName {
  readonly watch: StepWatch;
  lastToMs: number;
  lastSeenMs: number;
}

interface OpenCase {
  readonly channel: Channel;
  readonly shift: FloorShift;
  /** When it began, to the one who watches. */
  readonly onsetSeenMs: number;
}

interface Concluded extends OpenCase {
  readonly found: ClockStepFound;
  readonly moved: readonly Channel[];
}

/** Owned and changed by `watchChannel`. */
export interface ClockMatrix {
  readonly quantumMs: number;
  /** How often a channel's floor line is drawn anew: that is what watching costs. */
  readonly refitMs: number;
  readonly channels: Map<string, Channel>;
  open: OpenCase[];
  readonly concluded: Concluded[];
}

const decideAfterMs = 2_000;
const decideWithinMs = 60_000;
/** A channel's own detector may be that much slower than the first. */
const sameOnsetMs = 15_000;
const lateMs = 20_000;
const maxChannels = 4096;
const maxConcluded = 64;

export function createClockMatrix(quantumMs = 1, refitMs = 0): ClockMatrix {
  return { quantumMs, refitMs, channels: new Map(), open: [], concluded: [] };
}

/** Takes a pair of a channel in; returns what has become clear by it. `seenMs` is one clock for all channels. */
export function watchChannel(
  matrix: ClockMatrix,
  name: ChannelName,
  pair: Pair,
  seenMs: number,
): readonly ClockStepFound[] {
  return feedChannel(matrix, name, pair, seenMs) === undefined ? [] : concludeSteps(matrix, seenMs);
}

/** Takes a pair of a channel in and concludes nothing. Returns what watches the channel; undefined beyond the bound. */
export function feedChannel(
  matrix: ClockMatrix,
  name: ChannelName,
  pair: Pair,
  seenMs: number,
  steps?: EventSteps,
): StepWatch | undefined {
  const channel = channelOf(matrix, name);
  if (channel === undefined) return undefined;
  const shift = watchForStep(channel.watch, pair, seenMs, steps);
  channel.lastToMs = pair.toMs;
  channel.lastSeenMs = seenMs;
  if (shift !== undefined && !isKnown(matrix, channel, shift)) {
    matrix.open.push({ channel, shift, onsetSeenMs: seenMs - (shift.detectedAtMs - shift.atMs) });
  }
  return channel.watch;
}

/** What has become clear by the pairs so far, at a moment of the clock that saw them. */
export function concludeSteps(matrix: ClockMatrix, seenMs: number): readonly ClockStepFound[] {
  for (const known of matrix.concluded) resize(known);
  const found: ClockStepFound[] = [];
  for (const open of matrix.open) {
    // What was concluded a moment ago may explain this one too.
    const concluded = isKnown(matrix, open.channel, open.shift) ? undefined : conclude(matrix, open, seenMs);
    if (concluded === undefined) continue;
    matrix.concluded.push(concluded);
    if (matrix.concluded.length > maxConcluded) matrix.concluded.shift();
    found.push(concluded.found);
  }
  if (found.length > 0) matrix.open = matrix.open.filter((open) => !isKnown(matrix, open.channel, open.shift));
  return found;
}

function conclude(matrix: ClockMatrix, open: OpenCase, nowMs: number): Concluded | undefined {
  const { channel, shift, onsetSeenMs } = open;
  const waitedMs = nowMs - shift.seenMs;
  if (waitedMs < decideAfterMs) return undefined;
  const all = [...matrix.channels.values()];
  const state = new Map(all.map((other) => [other, other === channel ? 'moved' : stateOf(other, shift, onsetSeenMs)]));
  const ofProducer = all.filter(({ producer }) => producer === channel.producer);
  const ofBroker = all.filter(({ broker }) => broker === channel.broker);
  const unsure = [...ofProducer, ...ofBroker].some((other) => state.get(other) === 'unknown');
  if (unsure && waitedMs < decideWithinMs) return undefined;

  const moved = all.filter((other) => state.get(other) === 'moved');
  const wholly = (group: readonly Channel[]): boolean => {
    const known = group.filter((other) => state.get(other) !== 'unknown');
    return known.length > 1 && known.every((other) => state.get(other) === 'moved');
  };
  const producer = wholly(ofProducer);
  const broker = wholly(ofBroker);
  // Event time itself ran backwards or leapt: that is the producer's doing even if it has but one channel.
  const own = shift.kind === 'clockStep' && ofProducer.length === 1 && !broker;
  const kind = producer && broker ? 'unclear' : broker ? 'broker' : producer || own ? 'producer' : 'path';
  const group = kind === 'broker' ? ofBroker : kind === 'producer' ? ofProducer : [channel];
  const known: Concluded = {
    ...open,
    moved: kind === 'unclear' ? moved : group.filter((other) => state.get(other) === 'moved'),
    found: {
      kind,
      ...(kind === 'broker' ? {} : { producer: channel.producer }),
      ...(kind === 'producer' ? {} : { broker: channel.broker }),
      byMs: shift.byMs,
      shift: shift.kind,
      receivedBy: ofBroker.length,
      channel: { producer: channel.producer, broker: channel.broker },
      atMs: shift.atMs,
      decidedAtMs: channel.lastToMs,
      seenMs: nowMs,
    },
  };
  resize(known);
  return known;
}

/** A clock that is known to have been set, or is gone: its channels begin anew, and what waited for them is dropped. */
export function forgetChannels(matrix: ClockMatrix, isOf: (name: ChannelName) => boolean): void {
  for (const [key, channel] of matrix.channels) if (isOf(channel)) matrix.channels.delete(key);
  matrix.open = matrix.open.filter(({ channel }) => !isOf(channel));
}

/** Did another channel make the same move since then? Unknown while too few of its seconds have been seen. */
function stateOf(channel: Channel, shift: FloorShift, onsetSeenMs: number): 'moved' | 'still' | 'unknown' {
  const { watch } = channel;
  // The onset on this channel's own broker's clock, give or take the delays.
  const onsetMs = onsetSeenMs + channel.lastToMs - channel.lastSeenMs;
  if (watch.shifts.some((own) => isSameMove(own, shift, own.atMs - onsetMs))) return 'moved';
  if (watch.line === undefined) return 'unknown';
  const seconds = new Set<number>();
  let lowestMs = Number.POSITIVE_INFINITY;
  const pending = [...(watch.above?.records ?? []), ...(watch.below?.records ?? [])];
  const places = [
    ...watch.floor.points.map(({ atMs, gapMs }) => ({ atMs, heightMs: gapMs - floorAt(watch.line!, atMs).gapMs })),
    ...pending.map(({ toMs, heightMs }) => ({ atMs: toMs, heightMs })),
  ];
  const up = shift.byMs < 0;
  // What rose may have begun with congestion, before the clock was set: only what came lately tells.
  const sinceMs = Math.max(onsetMs + 1000, up ? onsetMs + (shift.seenMs - onsetSeenMs) - lateMs : 0);
  for (const { atMs, heightMs } of places) {
    if (atMs < sinceMs) continue;
    seconds.add(Math.floor(atMs / 1000));
    lowestMs = Math.min(lowestMs, heightMs);
  }
  // One record on the old floor is enough to say that it did not rise; that it did not fall takes several.
  if (up && lowestMs < -shift.byMs / 2) return 'still';
  if (seconds.size < 3) return 'unknown';
  const fromMovedMs = Math.abs(lowestMs + shift.byMs);
  const fromStillMs = Math.abs(lowestMs);
  // Elsewhere it is congested, and hides which of both it is.
  if (Math.min(fromMovedMs, fromStillMs) > toleranceMs(shift)) return 'unknown';
  return fromMovedMs < fromStillMs ? 'moved' : 'still';
}

function isSameMove(own: FloorShift, shift: FloorShift, apartMs: number): boolean {
  return Math.abs(apartMs) <= sameOnsetMs && Math.abs(own.byMs - shift.byMs) <= toleranceMs(shift);
}

function toleranceMs(shift: FloorShift): number {
  return Math.max(3, Math.abs(shift.byMs) / 4);
}

function isKnown(matrix: ClockMatrix, channel: Channel, shift: FloorShift): boolean {
  return matrix.concluded.some((known) => explains(known, channel, shift));
}

function explains(known: Concluded, channel: Channel, shift: FloorShift): boolean {
  if (known.channel === channel && known.shift === shift) return true;
  if (!known.moved.includes(channel)) return false;
  const onsetMs = known.onsetSeenMs + channel.lastToMs - channel.lastSeenMs;
  return isSameMove(shift, known.shift, shift.atMs - onsetMs);
}

/** The middle of what its channels say by now. */
function resize(known: Concluded): void {
  const sizes: number[] = [];
  for (const channel of known.moved) {
    const onsetMs = known.onsetSeenMs + channel.lastToMs - channel.lastSeenMs;
    const own =
      channel === known.channel
        ? known.shift
        : channel.watch.shifts.find((s) => isSameMove(s, known.shift, s.atMs - onsetMs));
    if (own !== undefined) sizes.push(own.byMs);
  }
  sizes.sort((a, b) => a - b);
  const middleMs = sizes[sizes.length >> 1] ?? known.shift.byMs;
  known.found.byMs = known.found.kind === 'broker' ? 0 - middleMs : middleMs;
}

function channelOf(matrix: ClockMatrix, { producer, broker }: ChannelName): Channel | undefined {
  const key = `${producer}\n${broker}`;
  let channel = matrix.channels.get(key);
  if (channel === undefined) {
    if (matrix.channels.size >= maxChannels) return undefined;
    channel = {
      producer,
      broker,
      watch: createStepWatch(matrix.quantumMs, matrix.refitMs),
      lastToMs: 0,
      lastSeenMs: 0,
    };
    matrix.channels.set(key, channel);
  }
  return channel;
}
