import { createProduced, noteProduced, type Produced } from '@tidemark/core';
import { createGuard, type Guard, guarded } from '../guard.ts';
import { type ProduceTap, watchSend } from './produce.ts';
import type { Producer, Sending, SendRecord, Transaction } from './shapes.ts';

/** A process may hold two copies of us, one from the preload and one from the host's own import: they share what was seen. */
const producedKey: unique symbol = Symbol.for('tidemark.produced') as never;

/** Topics that this process writes: what it consumes is then known to go on there. */
export function producedTopics(): Produced {
  const shared = globalThis as { [producedKey]?: Produced };
  shared[producedKey] ??= createProduced();
  return shared[producedKey];
}

/**
 * Notes to which topics a producer of the host sends, and hands on its calls as they came. Nothing is done for a record. Without
 * `watch`, nothing is kept but names of topics, and no agent is started: a process that only produces pays a look-up for each send.
 */
export function tapProducer(producer: Producer, watch?: ProduceTap): void {
  const guard = createGuard({ errors: 0 });
  tapSending(producer, guard, watch);
  const { transaction } = producer;
  producer.transaction = function (this: unknown, ...args: []): Promise<Transaction> {
    const begun = transaction.apply(this, args);
    // A side chain: the host awaits the very promise that it would have had. Ours was chained first and so runs first.
    begun.then(
      (one) => guarded(guard, () => tapSending(one, guard, watch)),
      () => {},
    );
    return begun;
  };
}

function tapSending(target: Sending, guard: Guard, watch: ProduceTap | undefined): void {
  const produced = producedTopics();
  const { send, sendBatch } = target;
  target.send = function (this: unknown, record, ...rest: []): Promise<unknown> {
    guarded(guard, () => note(produced, record));
    const run = (): Promise<unknown> => send.call(this, record, ...rest);
    return watch === undefined ? run() : watchSend(watch, [record], run);
  };
  target.sendBatch = function (this: unknown, batch, ...rest: []): Promise<unknown> {
    guarded(guard, () => {
      for (const record of batch.topicMessages ?? []) note(produced, record);
    });
    const run = (): Promise<unknown> => sendBatch.call(this, batch, ...rest);
    return watch === undefined ? run() : watchSend(watch, batch?.topicMessages ?? [], run);
  };
}

/** What else than a name a host may give is kafkajs's to refuse. */
function note(produced: Produced, record: SendRecord | undefined): void {
  if (typeof record?.topic === 'string') noteProduced(produced, record.topic);
}
