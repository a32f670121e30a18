/**
 * Floors of channels, fed by whole seconds: the smallest pair of each second is all that drift, steps and the question whether
 * event time is a clock need. Cells of one second come from several partitions and agents, in any order, so a second is
 * gathered before it is fed.
 */
import { feedChannel, forgetChannels } from '../clock/attribute.ts';
import type { EventSteps } from '../clock/event-steps.ts';
import type { StepWatch } from '../clock/step.ts';
import {
  countUse,
  createUseWatch,
  type EventTimeUse,
  eventTimeUse,
  restartUse,
  watchUseOfSecond,
} from '../clock/use.ts';
import type { CreateOrder, Pair } from '../report.ts';
import { type ChannelFold, type ChannelSecond, type ClockAt, type ClockFold, clockLimits } from './clock-fold.ts';

/** Cells come out a second after their records, in a report that comes within another. */
const gatherSeconds = 2;
const gatherMs = 3_000;
const maxSeconds = 16;
const longBucketMs = 10_000;
const longWindowMs = 1_800_000;

interface CellPairs {
  readonly from: ClockAt;
  readonly to: ClockAt;
  readonly pair: Pair;
  /** Of the first records of batches alone. */
  readonly batchStart?: Pair | undefined;
  /** Absent: not records of a producer. */
  readonly count?: number;
  readonly order?: CreateOrder | undefined;
}

export function learnChannel(
  fold: ClockFold,
  { from, to, pair, batchStart, count, order }: CellPairs,
  at: { readonly trueSecondMs: number; readonly receivedMs: number },
): void {
  const channel = channelFold(fold, from, to, count !== undefined);
  if (channel === undefined) {
    fold.overflow.clockChannels++;
    return;
  }
  channel.seenAtMs = at.receivedMs;
  const second = Math.floor(pair.toMs / 1000);
  // The `to` clock was set back, and nobody saw it: its seconds come again.
  const isAnew = at.receivedMs - channel.newestAtMs > gatherMs;
  if (second < channel.newestSecond - gatherSeconds && !isAnew) return;
  if (second > channel.newestSecond || isAnew) {
    channel.newestSecond = second;
    channel.newestAtMs = at.receivedMs;
  }
  const known = channel.seconds.get(second);
  if (known === undefined) {
    if (channel.seconds.size >= maxSeconds) return;
    channel.seconds.set(second, {
      pair,
      batchStart,
      leastStepMs: order?.leastMs ?? Number.POSITIVE_INFINITY,
      mostStepMs: order?.mostMs ?? Number.NEGATIVE_INFINITY,
      steps: order?.steps ?? 0,
      backwards: order?.backwards ?? 0,
      seenMs: at.trueSecondMs,
      receivedMs: at.receivedMs,
    });
    return;
  }
  known.pair = smaller(known.pair, pair);
  known.batchStart = smaller(known.batchStart ?? batchStart, batchStart);
  if (order === undefined) return;
  known.leastStepMs = Math.min(known.leastStepMs, order.leastMs);
  known.mostStepMs = Math.max(known.mostStepMs, order.mostMs);
  known.steps += order.steps;
  known.backwards += order.backwards;
}

function smaller<P extends Pair | undefined>(one: P, other: P): P {
  if (one === undefined || other === undefined) return one;
  return other.toMs - other.fromMs < one.toMs - one.fromMs ? other : one;
}

/** Feeds the seconds that are whole by now, of all channels. */
export function feedSeconds(fold: ClockFold, nowMs: number): void {
  for (const [key, channel] of fold.channels) {
    if (nowMs - channel.seenAtMs > clockLimits.forgetMs) {
      fold.channels.delete(key);
      forgetChannels(fold.matrix, (name) => channelKey(name.producer, name.broker) === key);
      continue;
    }
    const whole = [...channel.seconds]
      .filter(
        ([second, { receivedMs }]) => second <= channel.newestSecond - gatherSeconds || nowMs - receivedMs > gatherMs,
      )
      .sort(([a], [b]) => a - b);
    for (const [second, gathered] of whole) {
      channel.seconds.delete(second);
      feed(fold, channel, gathered);
    }
  }
}

function feed(fold: ClockFold, channel: ChannelFold, second: ChannelSecond): void {
  chooseFloor(fold, channel, second);
  // One more record than steps; where no order is known the second stands for one record.
  const records = Math.max(1, second.steps);
  const order = withLeftOut(channel, second);
  const pair = channel.isOfBatchStarts ? second.batchStart : second.pair;
  if (pair === undefined) {
    channel.leftOut = order;
    if (channel.use !== undefined) countUse(channel.use, { records, backwards: second.backwards });
    return;
  }
  channel.leftOut = undefined;
  const name = { producer: channel.from, broker: receiver(channel) };
  const watch = feedChannel(fold.matrix, name, pair, second.seenMs, order);
  const shift = watch?.shifts.at(-1);
  if (channel.use !== undefined) {
    if (shift?.detectedAtMs === pair.toMs) restartUse(channel.use, shift.atMs);
    watchUseOfSecond(channel.use, { pair, records, backwards: second.backwards });
  }
  if (watch === undefined) return;
  // Another floor, another past: a line over both would call the step a drift.
  if (shift?.settled === false) channel.long = [];
  else keepLong(channel, pair);
}

/**
 * The first record of a batch waits for the others as long as the producer lingers, the last one hardly at all. So the
 * smallest of all records dithers by the linger, and that of the first ones lies higher and is even: another floor, not to be
 * mixed with it. Where batches begin in few seconds only (sources that share them) all records tell more.
 */
function chooseFloor(fold: ClockFold, channel: ChannelFold, { batchStart }: ChannelSecond): void {
  const isFirst = Number.isNaN(channel.batchStarts);
  const now = batchStart === undefined ? 0 : 1;
  channel.batchStarts = isFirst ? now : channel.batchStarts + (now - channel.batchStarts) / batchStartSeconds;
  const isOfBatchStarts = channel.batchStarts > (channel.isOfBatchStarts ? fewBatchStarts : manyBatchStarts);
  if (isOfBatchStarts === channel.isOfBatchStarts) return;
  channel.isOfBatchStarts = isOfBatchStarts;
  if (isFirst) return;
  const key = channelKey(channel.from, receiver(channel));
  forgetChannels(fold.matrix, (name) => channelKey(name.producer, name.broker) === key);
  if (channel.use !== undefined) restartUse(channel.use, Number.POSITIVE_INFINITY);
  channel.long = [];
}

const batchStartSeconds = 16;
const manyBatchStarts = 0.8;
const fewBatchStarts = 0.4;

function withLeftOut(
  { leftOut }: ChannelFold,
  { steps, leastStepMs, mostStepMs }: ChannelSecond,
): EventSteps | undefined {
  if (steps === 0) return leftOut;
  if (leftOut === undefined) return { leastMs: leastStepMs, mostMs: mostStepMs };
  return { leastMs: Math.min(leastStepMs, leftOut.leastMs), mostMs: Math.max(mostStepMs, leftOut.mostMs) };
}

function keepLong(channel: ChannelFold, pair: Pair): void {
  const gapMs = pair.toMs - pair.fromMs;
  const last = channel.long.at(-1);
  const bucket = Math.floor(pair.toMs / longBucketMs);
  const lastBucket = last === undefined ? Number.NEGATIVE_INFINITY : Math.floor(last.atMs / longBucketMs);
  if (bucket > lastBucket) channel.long.push({ atMs: pair.toMs, gapMs });
  else if (bucket === lastBucket && gapMs < last!.gapMs)
    channel.long[channel.long.length - 1] = { atMs: pair.toMs, gapMs };
  else if (bucket < lastBucket - 1) channel.long = [{ atMs: pair.toMs, gapMs }];
  while (channel.long[0]!.atMs < pair.toMs - longWindowMs) channel.long.shift();
}

export function watchOf(fold: ClockFold, channel: ChannelFold): StepWatch | undefined {
  return fold.matrix.channels.get(channelKey(channel.from, receiver(channel)))?.watch;
}

/** Each epoch of a clock is a receiver of its own: its floors begin anew. */
function receiver({ to, epoch }: Pick<ChannelFold, 'to' | 'epoch'>): string {
  return epoch === 0 ? to : `${to}#${epoch}`;
}

/** The id of a clock, of the name of a receiver. */
export function clockOfReceiver(name: string): string {
  return name.replace(/#\d+$/, '');
}

/** Whether create times are a clock's: as the channel says that has seen most. Undefined until enough was seen. */
export function useOf(channels: readonly ChannelFold[]): EventTimeUse | undefined {
  let most = 0;
  let use: EventTimeUse | undefined;
  for (const channel of channels) {
    const said = channel.use === undefined ? undefined : eventTimeUse(channel.use);
    if (said === undefined || channel.use!.records <= most) continue;
    most = channel.use!.records;
    use = said;
  }
  return use;
}

function channelKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

function channelFold(fold: ClockFold, from: ClockAt, to: ClockAt, isOfProducer: boolean): ChannelFold | undefined {
  const name = { to: to.id, epoch: to.epoch };
  const key = channelKey(from.id, receiver(name));
  const known = fold.channels.get(key);
  if (known !== undefined) return known;
  if (fold.channels.size >= clockLimits.maxChannels) return undefined;
  const channel: ChannelFold = {
    from: from.id,
    ...name,
    seconds: new Map(),
    newestSecond: Number.NEGATIVE_INFINITY,
    newestAtMs: Number.NEGATIVE_INFINITY,
    use: isOfProducer ? createUseWatch() : undefined,
    long: [],
    batchStarts: Number.NaN,
    isOfBatchStarts: false,
    leftOut: undefined,
    seenAtMs: 0,
  };
  fold.channels.set(key, channel);
  return channel;
}
