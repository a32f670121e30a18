import type { FetchedPartition } from '../kafkajs/cluster.ts';

type FetchedMessage = FetchedPartition['messages'][number] & {
  readonly batchContext?: { readonly inTransaction?: boolean; readonly producerId: string };
};

/**
 * The records that a consumer gets: no markers of transactions and, where it reads committed ones only, none of a transaction
 * that was given up. The broker lists those by producer and first offset; each ends with its producer's next marker.
 */
export function delivered(partition: FetchedPartition): FetchedMessage[] {
  const messages = partition.messages as readonly FetchedMessage[];
  const begins = [...(partition.abortedTransactions ?? [])].sort(
    (a, b) => Number(a.firstOffset) - Number(b.firstOffset),
  );
  const givenUp = new Set<string>();
  return messages.filter((message) => {
    while (begins.length > 0 && Number(begins[0]!.firstOffset) <= Number(message.offset)) {
      givenUp.add(begins.shift()!.producerId);
    }
    const producerId = message.batchContext?.producerId ?? '-1';
    if (message.isControlRecord === true) {
      givenUp.delete(producerId);
      return false;
    }
    return !(message.batchContext?.inTransaction === true && givenUp.has(producerId));
  });
}
