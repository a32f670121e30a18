import type { Broker } from '../kafkajs/cluster.ts';
import type { Isolation } from './fetch-protocol.ts';

/**
 * Where a scan begins or ends, in each partition. `timeMs`: the first record that is as young as that, by the timestamps that
 * the broker sorts by (those of the records, or of appending where it stamps); of records out of order older ones may follow.
 */
export type Place =
  | 'earliest'
  | 'latest'
  | { readonly timeMs: number }
  | { readonly offset: number }
  | { readonly offsets: ReadonlyMap<number, number> };

export interface Bounds {
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Offsets at the start that were asked for and are not there any more. */
  readonly removed: number;
}

const earliest = '-2';
const latest = '-1';

/** What there is is found first: a scan ends where the log ended when it began. */
export async function findBounds(
  broker: Broker,
  place: { readonly topic: string; readonly partition: number; readonly isolation: Isolation },
  { from, to }: { readonly from: Place; readonly to: Place },
): Promise<Bounds> {
  const list = (timestamp: string): Promise<number> => listOffset(broker, place, timestamp);
  const first = await list(earliest);
  const end = await list(latest);
  const offsetOf = async (wanted: Place): Promise<number> => {
    if (wanted === 'earliest') return first;
    if (wanted === 'latest') return end;
    if ('offset' in wanted) return wanted.offset;
    if ('offsets' in wanted) return wanted.offsets.get(place.partition) ?? first;
    const found = await list(String(Math.max(0, Math.ceil(wanted.timeMs))));
    return found < 0 ? end : found;
  };
  const toOffset = Math.min(end, await offsetOf(to));
  const fromOffset = Math.min(await offsetOf(from), toOffset);
  return { fromOffset, toOffset, removed: Math.max(0, Math.min(first, toOffset) - fromOffset) };
}

export async function firstOffset(
  broker: Broker,
  place: { readonly topic: string; readonly partition: number },
): Promise<number> {
  return listOffset(broker, { ...place, isolation: 'readUncommitted' }, earliest);
}

async function listOffset(
  broker: Broker,
  { topic, partition, isolation }: { topic: string; partition: number; isolation: Isolation },
  timestamp: string,
): Promise<number> {
  const { responses } = await broker.listOffsets({
    replicaId: -1,
    isolationLevel: isolation === 'readCommitted' ? 1 : 0,
    topics: [{ topic, partitions: [{ partition, timestamp }] }],
  });
  return Number(responses[0]!.partitions[0]!.offset);
}
