import { countError, guarded } from '../guard.ts';
import { scheduledKey } from '../schedule/marked.ts';
import type { ConsumerTap } from './consumer.ts';
import { readRecord } from './reading.ts';
import type { BatchHandler, BatchPayload, MessageHandler, MessagePayload, RunConfig } from './shapes.ts';
import { noteStarted } from './started.ts';

/** The run of a scheduled consumer: kafkajs is given its intake, the host's own handler stands beside it. */
interface Scheduled {
  readonly [scheduledKey]?: { eachMessage: MessageHandler };
}

/**
 * The wrappers around the host's handlers. They look at the record when its processing starts and then hand on the call as it
 * came: the same `this`, the host's own return value, its own throw. An async wrapper would allocate a promise a record and
 * move the host's continuation; so what is known of the end of processing is the start of the next record.
 */
export function tapHandlers(tap: ConsumerTap, config: RunConfig | undefined): RunConfig | undefined {
  if (config === undefined || config === null) return config;
  const scheduled = (config as Scheduled)[scheduledKey];
  if (scheduled !== undefined) {
    guarded(tap.guard, () => tap.host.started(tap, 'eachMessage'));
    tap.fetchesAhead = true;
    scheduled.eachMessage = tapMessages(tap, scheduled.eachMessage);
    return config;
  }
  const { eachMessage, eachBatch } = config;
  // kafkajs prefers eachMessage when it is given both.
  if (typeof eachMessage === 'function') {
    guarded(tap.guard, () => tap.host.started(tap, 'eachMessage'));
    return { ...config, eachMessage: tapMessages(tap, eachMessage) };
  }
  if (typeof eachBatch === 'function') {
    guarded(tap.guard, () => tap.host.started(tap, 'eachBatch'));
    return { ...config, eachBatch: tapBatches(tap, eachBatch) };
  }
  return config;
}

export function tapMessages(tap: ConsumerTap, handler: MessageHandler): MessageHandler {
  const { guard } = tap;
  return function eachMessage(this: unknown, payload: MessagePayload): unknown {
    if (!guard.detached) noteStarted(tap, payload);
    return handler.call(this, payload);
  };
}

export function tapBatches(tap: ConsumerTap, handler: BatchHandler): BatchHandler {
  const { guard, reading } = tap;
  return function eachBatch(this: unknown, payload: BatchPayload): unknown {
    if (!guard.detached) {
      try {
        const { topic, partition, messages } = payload.batch;
        reading.seen.processedMs = Date.now();
        for (let i = 0; i < messages.length; i++) readRecord(reading, topic, partition, messages[i]!);
      } catch (error) {
        countError(guard, error);
      }
    }
    return handler.call(this, payload);
  };
}
