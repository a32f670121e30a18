import type { AgentSettings } from '@tidemark/config';
import {
  assign,
  closeTask,
  type Observation,
  observeSeek,
  openTask,
  partitionOf,
  setPaused,
  type TaskState,
} from '@tidemark/core';
import { createGuard, type ErrorTotal, type Guard, guarded } from '../guard.ts';
import type { UnreadableCounts } from '../unreadable.ts';
import type { WallClock } from '../wall-clock.ts';
import { tapHandlers } from './handlers.ts';
import { createReading, type Reading, readInto } from './reading.ts';
import type { Consumer, GroupJoin, RunConfig } from './shapes.ts';
import { createStarted, observeStarted, type Started } from './started.ts';

/** What a tapped consumer needs of the process's agent. */
export interface ConsumerHost {
  readonly observation: Observation;
  readonly settings: AgentSettings;
  readonly unreadable: UnreadableCounts;
  readonly wallClock: WallClock;
  readonly ownErrors: ErrorTotal;
  /** The consumer starts: reports begin, and one line says so. */
  started(tap: ConsumerTap, handler: 'eachMessage' | 'eachBatch'): void;
  /** It stops and its task is closed: what is still open goes out now, because the process may end next. */
  left(tap: ConsumerTap): void;
}

/** One consumer of the host, as we see it. */
export interface ConsumerTap {
  readonly host: ConsumerHost;
  readonly group: string;
  readonly consumer: Consumer;
  readonly guard: Guard;
  readonly reading: Reading;
  readonly started: Started;
  task: TaskState | undefined;
  /** Of a scheduled consumer. */
  fetchesAhead: boolean;
}

export function createTap(host: ConsumerHost, consumer: Consumer, group: string): ConsumerTap {
  const { settings, unreadable } = host;
  const reading = createReading(settings, unreadable);
  return {
    host,
    group,
    consumer,
    guard: createGuard(host.ownErrors),
    reading,
    started: createStarted(!reading.eventTimeIsTimestamp || reading.sourceIsNamed),
    task: undefined,
    fetchesAhead: false,
  };
}

/** Wraps the methods of the consumer, which stays the object that kafkajs made: others keep notes under its identity. */
export function tapConsumer(tap: ConsumerTap): void {
  const { consumer, guard } = tap;
  const { run, stop, disconnect, seek } = consumer;
  const { GROUP_JOIN, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, (event) => guarded(guard, () => joined(tap, event.payload as GroupJoin)));
  // After a crash kafkajs may start again by itself; the host's state then lives on, and so does its stream time.
  consumer.on(CRASH, (event) => {
    if ((event.payload as { readonly restart?: boolean }).restart !== true) guarded(guard, () => left(tap));
  });
  consumer.run = function (this: Consumer, config?: RunConfig, ...rest: []): Promise<void> {
    return run.call(this, tapHandlers(tap, config), ...rest);
  };
  consumer.stop = function (this: Consumer, ...rest: []): Promise<void> {
    return leaving(tap, stop.apply(this, rest));
  };
  consumer.disconnect = function (this: Consumer, ...rest: []): Promise<void> {
    return leaving(tap, disconnect.apply(this, rest));
  };
  consumer.seek = function (this: Consumer, place, ...rest: []): void {
    seek.call(this, place, ...rest);
    guarded(guard, () => {
      observeStarted(tap);
      if (tap.task !== undefined)
        observeSeek(partitionOf(tap.task, place.topic, Number(place.partition)), Number(place.offset));
    });
  };
}

/**
 * kafkajs starts nothing new once it was asked to stop, and we see records when their processing starts: so all is seen by
 * now. Later would be too late, because many hosts exit in the very turn in which this promise is fulfilled.
 */
function leaving(tap: ConsumerTap, stopped: Promise<void>): Promise<void> {
  guarded(tap.guard, () => left(tap));
  return stopped;
}

function joined(tap: ConsumerTap, join: GroupJoin): void {
  observeStarted(tap);
  const { observation, settings } = tap.host;
  if (tap.task === undefined) {
    tap.task = openTask(observation, {
      group: join.groupId,
      member: join.memberId,
      policies: settings.policies,
      ...(settings.cluster === undefined ? {} : { cluster: settings.cluster }),
    });
    readInto(tap.reading, tap.task);
  }
  const partitions = Object.entries(join.memberAssignment).flatMap(([topic, numbers]) =>
    numbers.map((partition) => ({ topic, partition })),
  );
  assign(tap.task, partitions, Date.now());
}

function left(tap: ConsumerTap): void {
  const { task } = tap;
  if (task === undefined) return;
  observeStarted(tap);
  closeTask(task);
  tap.task = undefined;
  readInto(tap.reading, undefined);
  tap.host.left(tap);
}

/** kafkajs has no event for a pause; it is asked before each report. */
export function pollPaused(tap: ConsumerTap, nowMs: number): void {
  const { task, consumer } = tap;
  if (task === undefined) return;
  guarded(tap.guard, () => {
    observeStarted(tap);
    const paused = consumer.paused();
    for (const partition of task.partitions.values()) {
      const isPaused = paused.some(
        ({ topic, partitions }) => topic === partition.topic && partitions.includes(partition.partition),
      );
      if (isPaused || partition.paused) setPaused(partition, isPaused, nowMs);
    }
  });
}
