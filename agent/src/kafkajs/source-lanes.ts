import type { SourceSetting } from '@tidemark/config';
import { type Lane, laneOf, type PartitionState, reportLimits } from '@tidemark/core';
import { firstHeader } from './event-time.ts';
import type { Message } from './shapes.ts';

/**
 * The lanes of one partition by what names them on the wire. A record's source is found by comparing bytes, so that no string
 * is made of a header or key that was seen before.
 */
export interface SourceLanes {
  readonly partition: PartitionState;
  readonly byProducerId: Map<string, Lane>;
  readonly byNameHash: Map<number, NamedLane>;
  lastNamed: NamedLane | undefined;
}

interface NamedLane {
  readonly bytes: Uint8Array;
  readonly lane: Lane;
  /** Another name of the same hash. */
  readonly next: NamedLane | undefined;
}

export function createSourceLanes(partition: PartitionState): SourceLanes {
  return { partition, byProducerId: new Map(), byNameHash: new Map(), lastNamed: undefined };
}

/** What the wire alone tells: the producer id of an idempotent producer, else only the partition. */
export function laneOfProducer(lanes: SourceLanes, producerId: string | undefined, firstSequence?: number): Lane {
  const id = producerId === undefined || producerId === '-1' ? '' : producerId;
  const known = lanes.byProducerId.get(id);
  if (known !== undefined) return known;
  const { partition } = lanes;
  const lane =
    id === ''
      ? laneOf(partition, { kind: 'partition', topic: partition.topic, partition: partition.partition })
      : laneOf(partition, { kind: 'producer', producerId: id });
  // A lane that was there before is not new to the agent, though it is to this reading.
  if (
    lane.source.kind === 'producer' &&
    lane.last.offset === -1 &&
    Number.isInteger(firstSequence) &&
    firstSequence! >= 0
  ) {
    lane.firstSequence = firstSequence;
  }
  // The overflow lane stands for any number of sources: remembering each of them would be the leak that it prevents.
  if (lane.source.kind !== 'overflow') lanes.byProducerId.set(id, lane);
  return lane;
}

/** The lane that the user's setting names for a record; undefined when the record does not carry the name. */
export function laneOfName(
  lanes: SourceLanes,
  setting: SourceSetting,
  message: Message,
  producerId: string | undefined,
): Lane | undefined {
  const bytes = nameBytes(setting, message);
  if (bytes === undefined) return undefined;
  const length = setting.kind === 'keyPrefix' ? prefixLength(bytes, setting.separator) : bytes.length;
  if (length === 0) return undefined;
  const last = lanes.lastNamed;
  if (last !== undefined && sameBytes(last.bytes, bytes, length)) return last.lane;
  return laneByName(lanes, bytes, length, producerId);
}

function nameBytes(setting: SourceSetting, message: Message): Uint8Array | undefined {
  if (setting.kind === 'keyPrefix') return message.key ?? undefined;
  if (setting.kind !== 'header') return undefined;
  const value = firstHeader(message, setting.name);
  return typeof value === 'string' ? Buffer.from(value) : value;
}

/** How many bytes come before the separator; 0 when it is not there: then the key has no prefix. */
function prefixLength(bytes: Uint8Array, separator: string): number {
  const { length } = separator;
  for (let start = 0; start + length <= bytes.length; start++) {
    let i = 0;
    while (i < length && bytes[start + i] === separator.charCodeAt(i)) i++;
    if (i === length) return start;
  }
  return 0;
}

function laneByName(lanes: SourceLanes, bytes: Uint8Array, length: number, producerId: string | undefined): Lane {
  const hash = hashOf(bytes, length);
  const bucket = lanes.byNameHash.get(hash);
  for (let named = bucket; named !== undefined; named = named.next) {
    if (sameBytes(named.bytes, bytes, length)) {
      lanes.lastNamed = named;
      return named.lane;
    }
  }
  const name = Buffer.from(bytes.subarray(0, length)).toString().slice(0, reportLimits.maxNameLength);
  const lane = laneOf(lanes.partition, { kind: 'named', name }, producerId === '-1' ? undefined : producerId);
  if (lane.source.kind === 'overflow') return lane;
  // A copy, because the message's bytes are a view into the whole fetch response.
  const named = { bytes: Uint8Array.from(bytes.subarray(0, length)), lane, next: bucket };
  lanes.byNameHash.set(hash, named);
  lanes.lastNamed = named;
  return lane;
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (known[i] !== bytes[i]) return false;
  }
  return true;
}

/** FNV-1a, kept to 30 bits so that it is never a boxed number. */
function hashOf(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash & 0x3fffffff;
}
