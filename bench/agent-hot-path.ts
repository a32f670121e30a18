/**
 * What the agent adds to every record, apart from everything else: the host's handler called bare and called through our
 * wrapper, on messages as kafkajs decodes them, in blocks that alternate within one process. Then the same records again
 * under the sampling heap profiler, which also counts what was collected since: what is ours must be nothing.
 *
 *   node --conditions=tidemark-source bench/agent-hot-path.ts [--blocks 200] [--only eachBatch] [--json]
 */
import { parseArgs } from 'node:util';
import { type AgentSettings, readAgentSettings } from '@tidemark/config';
import { createObservation, observeFetch, openTask, partitionOf, takeReport } from '@tidemark/core';
import { createTap } from '../agent/src/kafkajs/consumer.ts';
import { tapBatches, tapMessages } from '../agent/src/kafkajs/handlers.ts';
import { readInto } from '../agent/src/kafkajs/reading.ts';
import type {
  BatchHandler,
  BatchPayload,
  Consumer,
  Message,
  MessageHandler,
  MessagePayload,
} from '../agent/src/kafkajs/shapes.ts';
import { createWallClock } from '../agent/src/wall-clock.ts';
import { heapOf, perRecord } from './heap.ts';

const { values: options } = parseArgs({
  options: {
    blocks: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const blocks = Number(options.blocks);
const recordsPerBlock = 50_000;
const messagesPerFetch = 5_000;

interface Variant {
  readonly name: string;
  /** `least`: a wrapper that does nothing but what cannot be left out, one look at the clock and one number in an array. */
  readonly handler: 'eachMessage' | 'eachBatch' | 'least';
  readonly recordsPerBatch: number;
  readonly environment?: { readonly [name: string]: string };
  readonly logAppendTime?: boolean;
}

const variants: readonly Variant[] = [
  { name: 'clock read and array increment', handler: 'least', recordsPerBatch: 100 },
  { name: 'eachMessage', handler: 'eachMessage', recordsPerBatch: 100 },
  { name: 'eachBatch', handler: 'eachBatch', recordsPerBatch: 100 },
  { name: 'eachMessage, LogAppendTime', handler: 'eachMessage', recordsPerBatch: 100, logAppendTime: true },
  { name: 'eachMessage, one record a batch', handler: 'eachMessage', recordsPerBatch: 1 },
  {
    name: 'eachMessage, source header',
    handler: 'eachMessage',
    recordsPerBatch: 100,
    environment: { TIDEMARK_SOURCE: 'header:producer' },
  },
  {
    name: 'eachBatch, key prefix',
    handler: 'eachBatch',
    recordsPerBatch: 100,
    environment: { TIDEMARK_SOURCE: 'key-prefix:-' },
  },
  {
    name: 'eachMessage, event time header',
    handler: 'eachMessage',
    recordsPerBatch: 100,
    environment: { TIDEMARK_EVENT_TIME: 'header:at' },
  },
];

const results = [];
for (const variant of variants) {
  if (options.only !== undefined && options.only !== variant.name) continue;
  const pair = createPair(variant);
  const measured = await measure(pair);
  const allocations = await allocated(pair);
  results.push({ variant: variant.name, ...measured, ...allocations });
  const { bareNs, addedNs, addedLowNs, addedHighNs } = measured;
  console.log(
    `${variant.name.padEnd(33)} handler alone ${bareNs.toFixed(0).padStart(4)} ns   ` +
      `added ${addedNs.toFixed(0).padStart(4)} ns [${addedLowNs.toFixed(0)}, ${addedHighNs.toFixed(0)}]   ` +
      `allocated ${allocations.bytesPerRecord.toFixed(2)} B   most by ${allocations.sites.join(', ')}`,
  );
}
console.log(
  `each record; means of ${blocks} pairs of blocks of ${recordsPerBlock} records, with 95 % intervals; CPU of the main thread`,
);
if (options.json) console.log(JSON.stringify({ bench: 'agent-hot-path', blocks, recordsPerBlock, results }));

interface Pair {
  /** Makes a block of records, outside of what is measured. */
  prepare(): readonly Batch[];
  bare(block: readonly Batch[]): Promise<void>;
  wrapped(block: readonly Batch[]): Promise<void>;
}

type Batch = BatchPayload['batch'];

/** kafkajs's own loop around the handler, without the rest of kafkajs. */
function createPair(variant: Variant): Pair {
  const settings = settingsOf(variant.environment ?? {});
  const observation = createObservation({
    id: 'bench',
    host: 'bench',
    processId: 1,
    startedMs: Date.now(),
    version: '0',
    client: 'bench',
  });
  const tap = createTap(
    {
      observation,
      settings,
      unreadable: {},
      wallClock: createWallClock(),
      ownErrors: { errors: 0 },
      started() {},
      left() {},
    },
    {} as Consumer,
    'bench',
  );
  const task = openTask(observation, { group: 'bench', member: 'bench', policies: settings.policies });
  readInto(tap.reading, task);
  const partition = partitionOf(task, 'events', 0);

  let handled = 0;
  // One promise for all calls: what the host's handler allocates would be counted as ours where the compiler inlines it.
  const done = Promise.resolve();
  const onMessage: MessageHandler = ({ message }) => {
    handled += message.offset.length;
    return done;
  };
  const onBatch: BatchHandler = ({ batch }) => {
    for (const message of batch.messages) handled += message.offset.length;
    return done;
  };
  const wrap = variant.handler === 'least' ? leastWrapper : (handler: MessageHandler) => tapMessages(tap, handler);
  const eachMessage = { bare: onMessage, wrapped: wrap(onMessage) };
  const eachBatch = { bare: onBatch, wrapped: tapBatches(tap, onBatch) };
  const source = createMessages(variant);

  async function run(which: 'bare' | 'wrapped', block: readonly Batch[]): Promise<void> {
    const handler = eachMessage[which];
    for (const batch of block) {
      if (variant.handler === 'eachBatch') await eachBatch[which]({ batch });
      else for (const message of batch.messages) await handler({ topic: 'events', partition: 0, message });
    }
    if (handled < 0) throw new Error('unreachable: keeps the handlers from being optimised away');
  }

  function prepare(): readonly Batch[] {
    // A second's report and the fetches are not part of the path, but without them cells would pile up and brackets be unknown.
    takeReport(observation, Date.now(), {
      clock: { source: '', readings: [], steps: [] },
      health: { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 },
    });
    const messages = source();
    const batches: Batch[] = [];
    for (let at = 0; at < messages.length; at += messagesPerFetch) {
      const fetched = messages.slice(at, at + messagesPerFetch);
      batches.push({ topic: 'events', partition: 0, messages: fetched });
      const lastOffset = Number(fetched.at(-1)!.offset);
      const answeredMs = Date.now();
      const askedMs = answeredMs - 5;
      observeFetch(partition, { askedMs, answeredMs, highWaterOffset: lastOffset + 1, lastOffset, leader: 1 });
    }
    return batches;
  }
  return { prepare, bare: (block) => run('bare', block), wrapped: (block) => run('wrapped', block) };
}

function leastWrapper(handler: MessageHandler): MessageHandler {
  const seen = new Float64Array(2);
  return function eachMessage(this: unknown, payload: MessagePayload): unknown {
    seen[0]!++;
    seen[1] = performance.now();
    return handler.call(this, payload);
  };
}

function settingsOf(environment: { readonly [name: string]: string }): AgentSettings {
  const read = readAgentSettings({ TIDEMARK_WINDOW: 'tumbling:5s', TIDEMARK_GRACE: '2s', ...environment });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.value;
}

/** Fresh strings for every block, as the decoder makes them, and one shared context for each record batch. */
function createMessages(variant: Variant): () => readonly Message[] {
  let offset = 1_000_000n;
  // Sixteen records a millisecond, on and on: a stream that does not go back, as most do not.
  let eventMs = BigInt(Date.now());
  return () => {
    const messages: Message[] = [];
    for (let i = 0; i < recordsPerBlock; i += variant.recordsPerBatch) {
      const firstTimestamp = eventMs;
      eventMs += BigInt(Math.ceil(variant.recordsPerBatch / 16));
      const batchContext = {
        firstOffset: offset.toString(),
        firstTimestamp: firstTimestamp.toString(),
        partitionLeaderEpoch: 0,
        inTransaction: false,
        isControlBatch: false,
        lastOffsetDelta: variant.recordsPerBatch - 1,
        producerId: i % 3 === 0 ? '4711' : '4712',
        producerEpoch: 0,
        firstSequence: i,
        maxTimestamp: (firstTimestamp + 9n).toString(),
        timestampType: variant.logAppendTime ? 1 : 0,
        magicByte: 2,
      };
      for (let j = 0; j < variant.recordsPerBatch; j++) {
        const timestamp = variant.logAppendTime
          ? batchContext.maxTimestamp
          : (firstTimestamp + BigInt(j >> 4)).toString();
        messages.push({
          magicByte: 2,
          attributes: 0,
          timestamp,
          offset: (offset++).toString(),
          key: Buffer.from(`till-${j % 10}`),
          value: Buffer.from('{"amount": 1}'),
          headers: { producer: Buffer.from(j % 2 === 0 ? 'till-7' : 'till-8'), at: Buffer.from(timestamp) },
          isControlRecord: false,
          batchContext,
        } as Message);
      }
    }
    return messages;
  };
}

interface Measured {
  readonly bareNs: number;
  readonly addedNs: number;
  readonly addedLowNs: number;
  readonly addedHighNs: number;
}

/**
 * Means, not medians: Linux may count the CPU time of a thread in ticks that are as long as a block, which is right on
 * average and nowhere else.
 */
async function measure(pair: Pair): Promise<Measured> {
  const bare: number[] = [];
  const added: number[] = [];
  for (let block = -10; block < blocks; block++) {
    // Who goes first alternates as well, so that neither always pays for the other's garbage.
    const first = block % 2 === 0 ? pair.bare : pair.wrapped;
    const second = block % 2 === 0 ? pair.wrapped : pair.bare;
    const firstNs = await cpuNsPerRecord(first, pair.prepare());
    const secondNs = await cpuNsPerRecord(second, pair.prepare());
    if (block < 0) continue;
    const [bareNs, wrappedNs] = block % 2 === 0 ? [firstNs, secondNs] : [secondNs, firstNs];
    bare.push(bareNs);
    added.push(wrappedNs - bareNs);
  }
  const addedNs = mean(added);
  const deviationNs = Math.sqrt(mean(added.map((ns) => (ns - addedNs) ** 2)));
  const reachNs = (1.96 * deviationNs) / Math.sqrt(blocks);
  return { bareNs: mean(bare), addedNs, addedLowNs: addedNs - reachNs, addedHighNs: addedNs + reachNs };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

async function cpuNsPerRecord(run: Pair['bare'], block: readonly Batch[]): Promise<number> {
  const before = process.threadCpuUsage();
  await run(block);
  const used = process.threadCpuUsage(before);
  return ((used.user + used.system) * 1000) / recordsPerBlock;
}

/** Bytes allocated in our files, also those that are garbage by now, for each of a million records. */
async function allocated(pair: Pair): Promise<ReturnType<typeof perRecord>> {
  const rounds = 1_000_000 / recordsPerBlock;
  const sites = await heapOf(async () => {
    for (let i = 0; i < rounds; i++) await pair.wrapped(pair.prepare());
  });
  return perRecord(sites, rounds * recordsPerBlock);
}
