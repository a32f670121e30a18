import { type Chooser, defaultChooser, type Envelope, type InputStream } from '../dialects/samza/index.ts';
import type { TopicPartition } from '../report.ts';
import { EventTimeSchedule } from './event-time-schedule.ts';

/** The next record of a partition: it waits to be chosen. `eventMs` below 0: it has no valid time. */
export interface Head extends Envelope {
  readonly eventMs: number;
}

/**
 * Decides in which order a consumer processes the records of its partitions. Within a partition the order is the log's, so at
 * most one record of each waits at a time: Samza's `MessageChooser`, with what an order by time needs besides.
 */
export interface Schedule {
  /** Offers the head of a partition, after the one before it was chosen. */
  update(head: Head): void;
  /** How many records of a partition the broker has that were not fetched yet; undefined: not known. */
  setLag(partition: TopicPartition, lag: number | undefined): void;
  /** The record to process next; undefined while there is none, or while it is better to wait for another. */
  choose(nowMs: number): Head | undefined;
}

/** A partition that records are chosen from, with the bounds of its log when reading starts. */
export interface ScheduleInput extends TopicPartition {
  /** Where reading starts; undefined: not known. */
  readonly start?: number;
  /** The newest offset then; undefined: there was none, or it is not known. */
  readonly newest?: number;
}

/** What a user asks for. */
export type Scheduling =
  | {
      /** Oldest event time first. */
      readonly kind: 'eventTime';
      /** For how long a partition is waited for that has nothing to say (`max.task.idle.ms`). */
      readonly maxIdleMs: number;
    }
  | {
      /** Samza's `DefaultChooser`: partitions take turns, within priorities and behind bootstrap topics. */
      readonly kind: 'turns';
      /** Higher ones first; a topic that is not named has 0. */
      readonly priorities?: { readonly [topic: string]: number };
      /** Topics that are read up to their newest record of the start before any other record is processed. */
      readonly bootstrap?: readonly string[];
      /** How many records of one partition are taken in a row. */
      readonly batchSize?: number;
    };

/** Whether the bounds of the logs must be known before the first choice. */
export function needsLogBounds(scheduling: Scheduling): boolean {
  return scheduling.kind === 'turns' && (scheduling.bootstrap ?? []).length > 0;
}

export function createSchedule(scheduling: Scheduling, inputs: readonly ScheduleInput[]): Schedule {
  if (scheduling.kind === 'eventTime') return new EventTimeSchedule(inputs, scheduling.maxIdleMs);
  return byTurns(defaultChooser(streamsOf(scheduling, inputs), scheduling.batchSize));
}

function byTurns(chooser: Chooser): Schedule {
  return {
    update: (head) => chooser.update(head),
    setLag: () => {},
    // It gives back what it was given.
    choose: () => chooser.choose() as Head | undefined,
  };
}

function streamsOf(
  { priorities, bootstrap }: Extract<Scheduling, { readonly kind: 'turns' }>,
  inputs: readonly ScheduleInput[],
): readonly InputStream[] {
  const byTopic = Map.groupBy(inputs, ({ topic }) => topic);
  return [...byTopic].map(([stream, partitions]) => {
    const start: (number | undefined)[] = [];
    const newest: (number | undefined)[] = [];
    // Partitions of others are no matter of ours: as if they were empty.
    const count = Math.max(...partitions.map(({ partition }) => partition + 1));
    start.length = newest.length = count;
    start.fill(0);
    for (const input of partitions) {
      start[input.partition] = input.start;
      newest[input.partition] = input.newest;
    }
    const isBootstrap = bootstrap?.includes(stream) ?? false;
    return { stream, partitions: count, bootstrap: isBootstrap, priority: priorities?.[stream], start, newest };
  });
}
