import type { AgentSettings } from '@tidemark/config';
import { type Lane, observe, partitionOf, type RecordSeen, type TaskState } from '@tidemark/core';
import { parseDigits } from '../digits.ts';
import { countUnreadable, maxDateMs, type UnreadableCounts } from '../unreadable.ts';
import { readEventTime, whyNoEventTime } from './event-time.ts';
import type { BatchContext, Message } from './shapes.ts';
import { createSourceLanes, laneOfName, laneOfProducer, type SourceLanes } from './source-lanes.ts';

/**
 * From kafkajs's messages to what the core observes, once per record.
 *
 * What costs is looking things up, and what allocates is making strings and objects. kafkajs gives all messages of a record
 * batch the *same* `batchContext` object, so one comparison of identity tells that partition, producer and kind of timestamp
 * are still those of the message before. Everything else is done at that switch.
 */
export interface Reading {
  task: TaskState | undefined;
  readonly settings: Pick<AgentSettings, 'eventTime' | 'source'>;
  readonly eventTimeIsTimestamp: boolean;
  readonly sourceIsNamed: boolean;
  readonly unreadable: UnreadableCounts;
  /** By topic, and there by partition number. */
  readonly places: Map<string, (Place | undefined)[]>;
  place: Place | undefined;
  /**
   * Filled again for each record. Numbers are handed on in its fields and not as arguments or results: a number that leaves
   * a function is an object of its own, unless the compiler happens to inline that function.
   */
  readonly seen: RecordSeen;
}

/** A partition, and the record batch of it that is being read. */
interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly lanes: SourceLanes;
  context: BatchContext | undefined;
  producerId: string | undefined;
  /** Undefined only before the first batch. */
  lane: Lane | undefined;
  /** The broker's stamp of the batch, NaN on a CreateTime topic. */
  appendMs: number;
  leaderEpoch: number | undefined;
  /** The batch's first record is the one whose own stamp is known although the broker stamped the batch. */
  firstOffset: number;
  firstCreateMs: number;
}

const yearMs = 366 * 86_400_000;

export function createReading(
  settings: Pick<AgentSettings, 'eventTime' | 'source'>,
  unreadable: UnreadableCounts,
): Reading {
  const unknown = Number.NaN;
  return {
    task: undefined,
    settings,
    eventTimeIsTimestamp: settings.eventTime.kind === 'timestamp',
    sourceIsNamed: settings.source.kind !== 'producer',
    unreadable,
    places: new Map(),
    place: undefined,
    seen: {
      lane: undefined as unknown as Lane,
      offset: unknown,
      eventMs: unknown,
      createMs: unknown,
      appendMs: unknown,
      processedMs: unknown,
      startsBatch: false,
      leaderEpoch: undefined,
    },
  };
}

/** Another task has begun: the lanes and partitions of the one before are not its own. */
export function readInto(reading: Reading, task: TaskState | undefined): void {
  reading.task = task;
  reading.places.clear();
  reading.place = undefined;
}

/** Observes one record. `reading.seen.processedMs` is already the time at which its processing starts. */
export function readRecord(reading: Reading, topic: string, partition: number, message: Message): void {
  const { task, seen } = reading;
  if (task !== undefined && readSeen(reading, task, topic, partition, message)) observe(task, seen);
}

/** Fills `reading.seen` from a record. False if it has no event time, which is counted. */
export function readSeen(
  reading: Reading,
  task: TaskState,
  topic: string,
  partition: number,
  message: Message,
): boolean {
  const { seen } = reading;
  const context = message.batchContext;
  let { place } = reading;
  if (place === undefined || context === undefined || context !== place.context) {
    place = enterBatch(reading, task, topic, partition, context);
  }
  seen.createMs = parseDigits(message.timestamp ?? '');
  if (reading.eventTimeIsTimestamp) seen.eventMs = seen.createMs;
  else readEventTime(reading.settings.eventTime, message, seen);
  if (!(seen.eventMs >= 0 && seen.eventMs <= maxDateMs)) {
    countUnreadable(reading.unreadable, whyNoEventTime(reading.settings.eventTime, message));
    return false;
  }
  if (seen.eventMs - seen.processedMs > yearMs) countUnreadable(reading.unreadable, 'over a year ahead (kept)');
  seen.offset = parseDigits(message.offset);
  if (Number.isNaN(seen.offset)) throw new Error(`cannot read the offset ${JSON.stringify(message.offset)}`);
  seen.lane = place.lane!;
  if (reading.sourceIsNamed) {
    const named = laneOfName(place.lanes, reading.settings.source, message, context?.producerId);
    if (named !== undefined) seen.lane = named;
  }
  seen.appendMs = place.appendMs;
  // What a record of a LogAppendTime topic carries is the broker's stamp; the producer's is known of the first of a batch.
  seen.startsBatch = seen.offset === place.firstOffset;
  if (!Number.isNaN(seen.appendMs)) seen.createMs = seen.startsBatch ? place.firstCreateMs : Number.NaN;
  seen.leaderEpoch = place.leaderEpoch;
  return true;
}

function enterBatch(
  reading: Reading,
  task: TaskState,
  topic: string,
  partition: number,
  context: BatchContext | undefined,
): Place {
  const place = placeOf(reading, task, topic, partition);
  reading.place = place;
  if (context !== undefined && context === place.context) return place;
  place.context = context;
  // Many topics carry one record a batch: even then this must not look up what is the same as before.
  if (place.lane === undefined || context?.producerId !== place.producerId) {
    place.producerId = context?.producerId;
    place.lane = laneOfProducer(place.lanes, place.producerId, context?.firstSequence);
  }
  place.leaderEpoch = context?.partitionLeaderEpoch;
  place.firstOffset = parseDigits(context?.firstOffset ?? '');
  if (context?.timestampType === 1) {
    place.appendMs = parseDigits(context.maxTimestamp);
    place.firstCreateMs = parseDigits(context.firstTimestamp);
  } else place.appendMs = Number.NaN;
  return place;
}

function placeOf(reading: Reading, task: TaskState, topic: string, partition: number): Place {
  const last = reading.place;
  if (last !== undefined && last.partition === partition && last.topic === topic) return last;
  let places = reading.places.get(topic);
  if (places === undefined) {
    places = [];
    reading.places.set(topic, places);
  }
  const known = places[partition];
  if (known !== undefined) return known;
  const lanes = createSourceLanes(partitionOf(task, topic, partition));
  const place: Place = {
    topic,
    partition,
    lanes,
    context: undefined,
    producerId: undefined,
    lane: undefined,
    leaderEpoch: undefined,
    appendMs: Number.NaN,
    firstOffset: Number.NaN,
    firstCreateMs: Number.NaN,
  };
  places[partition] = place;
  return place;
}
