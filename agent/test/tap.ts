import { readAgentSettings } from '@tidemark/config';
import { createObservation, type Observation, openTask, type Report, takeReport } from '@tidemark/core';
import { type ConsumerTap, createTap } from '../src/kafkajs/consumer.ts';
import { readInto } from '../src/kafkajs/reading.ts';
import type { BatchContext, Consumer, Message } from '../src/kafkajs/shapes.ts';
import { observeStarted } from '../src/kafkajs/started.ts';
import type { UnreadableCounts } from '../src/unreadable.ts';
import { createWallClock } from '../src/wall-clock.ts';

/** A tap that has joined its group, without kafkajs around it. */
export interface JoinedTap {
  readonly tap: ConsumerTap;
  readonly unreadable: UnreadableCounts;
  report(): Report;
}

export function joinedTap(environment: { readonly [name: string]: string } = {}): JoinedTap {
  const settings = readAgentSettings(environment);
  if (!settings.ok) throw new Error(JSON.stringify(settings.faults));
  const identity = { id: 'test', host: 'test', processId: 1, startedMs: 0, version: '0', client: 'test' };
  const observation: Observation = createObservation(identity);
  const unreadable: UnreadableCounts = {};
  const ownErrors = { errors: 0 };
  const host = {
    observation,
    settings: settings.value,
    unreadable,
    wallClock: createWallClock(),
    ownErrors,
    started() {},
    left() {},
  };
  const tap = createTap(host, {} as Consumer, 'group');
  tap.task = openTask(observation, { group: 'group', member: 'member', policies: settings.value.policies });
  readInto(tap.reading, tap.task);
  return {
    tap,
    unreadable,
    report: () => {
      observeStarted(tap);
      return takeReport(
        observation,
        Date.now(),
        {
          clock: { source: 'none', readings: [], steps: [] },
          health: { queuedReports: 0, droppedReports: 0, unreadable, errors: ownErrors.errors },
        },
        true,
      );
    },
  };
}

let batches = 0;

export function batchContext(parts: Partial<BatchContext> = {}): BatchContext {
  const firstTimestamp = String(1_700_000_000_000 + batches++);
  const times = { firstTimestamp, maxTimestamp: firstTimestamp, timestampType: 0 };
  return { firstOffset: '0', producerId: '4711', partitionLeaderEpoch: 0, ...times, ...parts };
}

/** As kafkajs gives them to handlers: numbers are strings, keys and headers are bytes. */
export function message(offset: number, timestampMs: number, parts: Partial<Message> = {}): Message {
  return { offset: String(offset), timestamp: String(timestampMs), key: null, value: null, headers: {}, ...parts };
}
