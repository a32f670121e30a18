import type { AgentSettings } from '@tidemark/config';
import { assign, closeTask, type Observation, observeSeek, openTask, partitionOf, type TaskState } from '@tidemark/core';
import { createGuard, type Guard, guarded } from '../guard.ts';
import type { UnreadableCounts } from '../unreadable.ts';
import { tapHandlers } from './handlers.ts';
import { createReading, type Reading, readInto } from './reading.ts';
import type { Consumer, GroupJoin, RunConfig } from './shapes.ts';

/** What a tapped consumer needs of the process's agent. */
export interface ConsumerHost {
  readonly observation: Observation;
  readonly settings: AgentSettings;
  readonly unreadable: UnreadableCounts;
  /** The consumer starts: reports begin, and one line says so. */
  started(tap: ConsumerTap, handler: 'eachMessage' | 'eachBatch'): void;
  /** It has stopped: what is still open goes out now, because the process may end next. */
  stopped(tap: ConsumerTap): void;
}

/** One consumer of the host, as we see it. */
export interface ConsumerTap {
  readonly host: ConsumerHost;
  readonly group: string;
  readonly consumer: Consumer;
  readonly guard: Guard;
  readonly reading: Reading;
  task: TaskState | undefined;
}

export function createTap(host: ConsumerHost, consumer: Consumer, group: string): ConsumerTap {
  const { settings, unreadable } = host;
  return { host, group, consumer, guard: createGuard(), reading: createReading(settings, unreadable), task: undefined };
}

/** Wraps the methods of the consumer, which stays the object that kafkajs made: others keep notes under its identity. */
export function tapConsumer(tap: ConsumerTap): void {
  const { consumer, guard } = tap;
  const { run, stop, disconnect, seek } = consumer;
  const { GROUP_JOIN, STOP, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, (event) => guarded(guard, () => joined(tap, event.payload as GroupJoin)));
  consumer.on(STOP, () => guarded(guard, () => tap.host.stopped(tap)));
  // After a crash kafkajs may start again by itself; the host's state then lives on, and so does its stream time.
  consumer.on(CRASH, (event) => {
    if ((event.payload as { readonly restart?: boolean }).restart !== true) guarded(guard, () => left(tap));
  });
  consumer.run = function (this: Consumer, config?: RunConfig, ...rest: []): Promise<void> {
    return run.call(this, tapHandlers(tap, config), ...rest);
  };
  consumer.stop = function (this: Consumer, ...rest: []): Promise<void> {
    return after(stop.apply(this, rest), tap);
  };
  consumer.disconnect = function (this: Consumer, ...rest: []): Promise<void> {
    return after(disconnect.apply(this, rest), tap);
  };
  consumer.seek = function (this: Consumer, place, ...rest: []): void {
    seek.call(this, place, ...rest);
    guarded(guard, () => {
      if (tap.task !== undefined) observeSeek(partitionOf(tap.task, place.topic, Number(place.partition)), Number(place.offset));
    });
  };
}

/** The host gets the promise that kafkajs gave. */
function after(stopped: Promise<void>, tap: ConsumerTap): Promise<void> {
  const leave = () => guarded(tap.guard, () => left(tap));
  stopped.then(leave, leave);
  return stopped;
}

function joined(tap: ConsumerTap, join: GroupJoin): void {
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
  closeTask(task);
  tap.task = undefined;
  readInto(tap.reading, undefined);
  tap.host.stopped(tap);
}

/** kafkajs has no event for a pause; it is asked before each report. */
export function pollPaused(tap: ConsumerTap): void {
  const { task, consumer } = tap;
  if (task === undefined) return;
  guarded(tap.guard, () => {
    const paused = consumer.paused();
    for (const partition of task.partitions.values()) {
      partition.paused = paused.some(
        ({ topic, partitions }) => topic === partition.topic && partitions.includes(partition.partition),
      );
    }
  });
}
