import { PartitionGroup } from '../dialects/kafka-streams/partition-group.ts';
import type { Recorded, RecordedLane } from './recorded.ts';

/** Visits the records of a task in the order that a scheduler takes them: which lane, and which of its records. */
export type Schedule = (lanes: readonly RecordedLane[], visit: (lane: number, at: number) => void) => void;

/** Every so many of each partition in turns, everything at hand: what a consumer that catches up gets from its fetches. */
export function inTurns(batch: number): Schedule {
  return (lanes, visit) => {
    const next = lanes.map(() => 0);
    for (let left = true; left; ) {
      left = false;
      for (const [lane, { count }] of lanes.entries()) {
        const until = Math.min(count, next[lane]! + batch);
        for (let at = next[lane]!; at < until; at++) visit(lane, at);
        next[lane] = until;
        if (until < count) left = true;
      }
    }
  };
}

/** One partition after the other, as they are ordered: bootstrap, or strict priority with everything at hand. */
export const oneAfterTheOther: Schedule = inTurns(Number.POSITIVE_INFINITY);

/** Of the heads the one with the smallest event time, everything at hand: what a task of Kafka Streams does that catches up. */
export const byEventTime: Schedule = (lanes, visit) => {
  const group = groupOf(lanes, -1);
  const next = lanes.map(() => 0);
  const offer = (lane: number): void => {
    const at = next[lane]!;
    if (at >= lanes[lane]!.count) return;
    next[lane] = at + 1;
    group.add(partitionOf(lane), [{ eventMs: Math.max(0, lanes[lane]!.eventsMs[at]!), lane, at }]);
  };
  for (const lane of lanes.keys()) offer(lane);
  for (let step = group.next(0); step !== undefined; step = group.next(0)) {
    visit(step.record!.lane, step.record!.at);
    offer(step.record!.lane);
  }
};

/**
 * The same while the records arrive, waiting at most so long for a partition that has nothing: `max.task.idle.ms`, and our own
 * scheduler by event time. `recorded` knows the order of arrival.
 */
export function byEventTimeLive(recorded: Recorded, maxIdleMs: number): Schedule {
  return (lanes, visit) => {
    const laneOfPlace = new Map(lanes.map(({ place }, lane) => [place, lane]));
    const group = groupOf(lanes, maxIdleMs);
    const next = lanes.map(() => 0);
    for (const lane of lanes.keys()) group.setLag(partitionOf(lane), 0);
    const process = (nowMs: number): void => {
      for (let step = group.next(nowMs); step !== undefined; step = group.next(nowMs))
        visit(step.record!.lane, step.record!.at);
    };
    let nowMs = 0;
    /** The task looks again and again: one empty partition's time starts when those before it are excused. */
    const passTime = (untilMs: number): void => {
      for (let look = 0; look <= lanes.length && nowMs < untilMs && group.hasBuffered; look++) {
        nowMs = Math.min(untilMs, nowMs + Math.max(1, maxIdleMs));
        process(nowMs);
      }
      nowMs = Math.max(nowMs, untilMs);
    };
    for (let i = 0; i < recorded.count; i++) {
      const lane = laneOfPlace.get(recorded.placeAt(i));
      if (lane === undefined) continue;
      const at = next[lane]!++;
      const { eventsMs, arrivalsMs } = lanes[lane]!;
      passTime(arrivalsMs[at]!);
      process(nowMs);
      group.add(partitionOf(lane), [{ eventMs: Math.max(0, eventsMs[at]!), lane, at }]);
      process(nowMs);
    }
    while (group.hasBuffered) {
      nowMs += Math.max(1, maxIdleMs);
      process(nowMs);
    }
  };
}

/** In the order in which they arrived. */
export function asRecorded(recorded: Recorded): Schedule {
  return (lanes, visit) => {
    const laneOfPlace = new Map(lanes.map(({ place }, lane) => [place, lane]));
    const next = lanes.map(() => 0);
    for (let i = 0; i < recorded.count; i++) {
      const lane = laneOfPlace.get(recorded.placeAt(i));
      if (lane !== undefined) visit(lane, next[lane]!++);
    }
  };
}

interface Waiting {
  readonly eventMs: number;
  readonly lane: number;
  readonly at: number;
}

function groupOf(lanes: readonly RecordedLane[], maxTaskIdleMs: number): PartitionGroup<Waiting> {
  const partitions = lanes.map((_, lane) => partitionOf(lane));
  return new PartitionGroup({ partitions, extractor: 'LogAndSkipOnInvalidTimestamp', maxTaskIdleMs });
}

function partitionOf(lane: number): { readonly topic: string; readonly partition: number } {
  return { topic: 'lane', partition: lane };
}
