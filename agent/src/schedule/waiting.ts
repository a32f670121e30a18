import type { KafkaMessage } from 'kafkajs';

/** What was fetched of a partition and not processed yet, oldest offset first. */
export interface Waiting {
  readonly topic: string;
  readonly partition: number;
  messages: readonly KafkaMessage[];
  at: number;
  /** Its head has been offered to the schedule and not been chosen yet. */
  isOffered: boolean;
  /** Its fetching was stopped because enough of it waits. */
  isFull: boolean;
}

export function createWaiting(topic: string, partition: number): Waiting {
  return { topic, partition, messages: [], at: 0, isOffered: false, isFull: false };
}

export function waitingCount({ messages, at }: Waiting): number {
  return messages.length - at;
}

export function headOf({ messages, at }: Waiting): KafkaMessage | undefined {
  return messages[at];
}

export function addTo(waiting: Waiting, messages: readonly KafkaMessage[]): void {
  waiting.messages = waitingCount(waiting) === 0 ? messages : [...waiting.messages.slice(waiting.at), ...messages];
  waiting.at = 0;
}
