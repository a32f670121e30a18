/**
 * Where a scheduled consumer keeps its handler in what it hands to kafkajs's `run`. An agent that is attached to the consumer looks
 * here: it must see records in the order in which they are processed, and not the batches in which they come.
 */
export const scheduledKey: unique symbol = Symbol.for('tidemark.scheduled') as never;
