/**
 * One library in a process of its own: two consumers of the same topic, one from a kafkajs that nobody touches and one that the
 * library is attached to, take turns by blocks of records. What the second costs more is the library's.
 *
 * The parent says whose turn it is; CPU is that of the whole process, so also what runs in the garbage collector's threads.
 */
import { createRequire } from 'node:module';
import type { EachBatchPayload, EachMessagePayload, Kafka as KafkaClass } from 'kafkajs';
import { TumblingCounts } from '../../examples/windows.ts';
import { heapOf } from '../heap.ts';
import { type Kafkajs, type Library, libraries } from './libraries.ts';

export interface Contest {
  readonly library: Library;
  readonly handler: 'eachMessage' | 'eachBatch';
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly recordsPerBlock: number;
  /** The bare kafkajs: a copy of the package in a folder of its own, where no instrumentation looks for it. */
  readonly bareKafkajs: string;
}

export type Turn = { readonly block: 'bare' | 'attached' } | { readonly heap: number } | { readonly end: true };

export interface Block {
  readonly records: number;
  readonly cpuNs: number;
}

const contest = JSON.parse(process.argv[2]!) as Contest;
const require = createRequire(import.meta.url);

/** What the host's own handler allocates would be counted as ours, where the compiler puts it into our wrapper. */
let isHeapSampled = false;

interface Player {
  /** Handles records until a fetch has been worked off and `recordsPerBlock` are reached. */
  play(): Promise<Block>;
  leave(): Promise<void>;
}

// The bare one is loaded first: then whatever patches modules as they are loaded has not been switched on yet.
const bare = require(contest.bareKafkajs) as Kafkajs;
const attached = await libraries[contest.library](require, bare);
const players: { readonly [K in 'bare' | 'attached']: Player } = {
  bare: await enter(new bare.Kafka(kafkaConfig()), 'bare'),
  attached: await enter(attached.kafka(kafkaConfig()), 'attached'),
};

process.on('message', async (turn: Turn) => {
  if ('block' in turn) process.send!(await players[turn.block].play());
  else if ('heap' in turn) process.send!(await heap(turn.heap));
  else {
    await Promise.all([players.bare.leave(), players.attached.leave()]);
    process.exit(0);
  }
});
process.send!({ ready: true });

function kafkaConfig() {
  return { clientId: 'bench', brokers: [...contest.brokers], logLevel: 0 };
}

/** The example consumer: windows of 5 s with a grace of 2 s. */
async function enter(kafka: KafkaClass, name: string): Promise<Player> {
  const { topic, handler, recordsPerBlock } = contest;
  const groupId = `bench-${contest.library}-${handler}-${name}-${process.pid}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const counts = new TumblingCounts({ sizeMs: 5_000, graceMs: 2_000 });
  const pause = (): void => consumer.pause([{ topic }]);
  let records = 0;
  let reached: (() => void) | undefined;

  const add = (partition: number, message: EachMessagePayload['message']): void => {
    records++;
    if (isHeapSampled) return;
    const place = { topic, partition, offset: message.offset };
    counts.add(message.key?.toString() ?? '', Number(message.timestamp), place);
    counts.takeClosed();
  };
  // One promise for all calls: what the host's handler allocates would be counted as ours where the compiler inlines it.
  const done = Promise.resolve();
  const eachMessage = ({ partition, message }: EachMessagePayload): Promise<void> => {
    add(partition, message);
    return done;
  };
  const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
    for (const message of batch.messages) add(batch.partition, message);
    return done;
  };

  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  // Between two fetches: then nothing that was fetched is thrown away and fetched again.
  consumer.on(consumer.events.END_BATCH_PROCESS, () => {
    if (records < recordsPerBlock) return;
    pause();
    reached?.();
  });
  await consumer.run(handler === 'eachMessage' ? { eachMessage } : { eachBatch });
  await joined;
  pause();

  return {
    play: async () => {
      records = 0;
      const full = new Promise<void>((resolve) => (reached = resolve));
      const before = process.cpuUsage();
      consumer.resume([{ topic }]);
      await full;
      const { user, system } = process.cpuUsage(before);
      return { records, cpuNs: (user + system) * 1_000 };
    },
    leave: () => consumer.disconnect(),
  };
}

/** What was allocated in our files, also what is garbage by now, while so many blocks were handled. */
async function heap(blocks: number) {
  let records = 0;
  isHeapSampled = true;
  const sites = await heapOf(async () => {
    for (let i = 0; i < blocks; i++) records += (await players.attached.play()).records;
  });
  return { records, sites };
}
