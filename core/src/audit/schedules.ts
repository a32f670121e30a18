import { PartitionGroup } from '../dialects/kafka-streams/partition-group.ts';
import { type LiveOptions, LiveTask, laneName } from './live-task.ts';
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
  const group = new PartitionGroup<Waiting>({
    partitions: lanes.map((_, lane) => laneName(lane)),
    extractor: 'LogAndSkipOnInvalidTimestamp',
    maxTaskIdleMs: -1,
  });
  const next = lanes.map(() => 0);
  const offer = (lane: number): void => {
    const at = next[lane]!;
    if (at >= lanes[lane]!.count) return;
    next[lane] = at + 1;
    group.add(laneName(lane), [{ eventMs: Math.max(0, lanes[lane]!.eventsMs[at]!), lane, at }]);
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
export function byEventTimeLive(recorded: Recorded, live: LiveOptions): Schedule {
  return (lanes, visit) => {
    const laneOfPlace = new Map(lanes.map(({ place }, lane) => [place, lane]));
    const task = new LiveTask<Waiting>(lanes.length, live, ({ lane, at }) => visit(lane, at));
    const next = lanes.map(() => 0);
    for (let i = 0; i < recorded.count; i++) {
      const lane = laneOfPlace.get(recorded.placeAt(i));
      if (lane === undefined) continue;
      const at = next[lane]!++;
      const { eventsMs, arrivalsMs } = lanes[lane]!;
      task.arrive(lane, { eventMs: Math.max(0, eventsMs[at]!), lane, at }, arrivalsMs[at]!);
    }
    task.end();
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
