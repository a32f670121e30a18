/**
 * What Tidemark's agent costs a consumer, against bare kafkajs and against the two libraries that people attach today. The example
 * consumer reads records of 100 bytes from a real broker. Each library has a process of its own, in which a bare and an attached
 * consumer take turns by blocks; the processes take turns as well, so all see the same machine.
 *
 *   npm run -s bench -- agent [--rounds 64] [--json]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBroker } from '../../testbed/src/broker/broker.ts';
import { perRecord } from '../heap.ts';
import { medianOf } from '../median.ts';
import { ratioOfMedians } from '../ratio.ts';
import { cacheOf, installed, reported } from '../report.ts';
import type { Block, Contest, Turn } from './contestant.ts';
import { environmentOf, type Library } from './libraries.ts';
import { startSink } from './sink.ts';
import { fillTopic } from './topic.ts';

const recordsPerBlock = 50_000;
const warmUpRounds = 4;
const heapBlocks = 6;
/** An interval of `vsBare` that is wider than this each way says nothing. */
const widestCi = 0.05;
const ddTrace = '6.21.0';

interface Entry {
  readonly library: Library;
  readonly handler: Contest['handler'];
  /** Pairs of a bare and an attached block in each round: what costs little beside the noise is measured more often. */
  readonly pairs: number;
}

/** `none` is the control: a second consumer to which nothing is attached. What it adds is what cannot be told apart here. */
const entries: readonly Entry[] = [
  { library: 'none', handler: 'eachMessage', pairs: 1 },
  { library: 'tidemark', handler: 'eachMessage', pairs: 3 },
  { library: 'otel', handler: 'eachMessage', pairs: 1 },
  { library: 'datadog', handler: 'eachMessage', pairs: 1 },
  { library: 'tidemark', handler: 'eachBatch', pairs: 4 },
  { library: 'otel', handler: 'eachBatch', pairs: 1 },
];

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '64' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(options.rounds);

/** CPU for each record. */
interface Pair {
  readonly bareNs: number;
  readonly addedNs: number;
}

interface Contestant {
  readonly name: string;
  readonly pairs: number;
  readonly rounds: Pair[][];
  turn(turn: Turn): Promise<unknown>;
  end(): Promise<void>;
}

const bareKafkajs = join(cacheOf('agent'), 'bare');
await cp('node_modules/kafkajs', bareKafkajs, { recursive: true });
const ddTracePath = await installed('dd-trace', ddTrace);
const sink = await startSink();
const broker = await startBroker();
const contestants: Contestant[] = [];
try {
  const topic = `bench-${process.pid}`;
  // A fetch brings what it brings, so a block is somewhat longer than its least.
  const most = Math.max(...entries.map(({ pairs }) => pairs));
  const records = ((rounds + warmUpRounds) * most + heapBlocks + 1) * recordsPerBlock * 1.15;
  process.stderr.write(`Producing ${(records / 1e6).toFixed(1)} M records of 100 bytes …\n`);
  await fillTopic(broker.brokers, topic, records);
  for (const { library, handler, pairs } of entries) {
    contestants.push(await enter({ library, handler, topic, bareKafkajs }, pairs));
  }
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const contestant of contestants) await playRound(contestant, round);
    if (round % 10 === 0)
      process.stderr.write(`${round} of ${rounds} rounds after ${Math.round(performance.now() / 1000)} s\n`);
  }
  const heap = (await of('tidemark', 'eachMessage').turn({ heap: heapBlocks })) as Heap;
  report(perRecord(heap.sites, heap.records));
} finally {
  for (const contestant of contestants) await contestant.end();
  await broker.stop();
  sink.stop();
}

interface Heap {
  readonly records: number;
  readonly sites: { readonly [site: string]: number };
}

async function enter(contest: Omit<Contest, 'brokers' | 'recordsPerBlock'>, pairs: number): Promise<Contestant> {
  const { library, handler } = contest;
  const settings: Contest = { ...contest, brokers: broker.brokers, recordsPerBlock };
  const child = fork(new URL('contestant.ts', import.meta.url), [JSON.stringify(settings)], {
    execArgv: ['--conditions=tidemark-source', '--disable-warning=TimeoutNegativeWarning'],
    env: { ...process.env, BENCH_DD_TRACE: ddTracePath, ...environmentOf(library, sink.url) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${library} ended with exit code ${code}`);
  });
  ended.catch(() => {});
  const answer = async (): Promise<unknown> => ((await Promise.race([once(child, 'message'), ended])) as unknown[])[0];
  await answer();
  return {
    name: `${library}, ${handler}`,
    pairs,
    rounds: [],
    turn: (turn) => {
      child.send(turn);
      return answer();
    },
    end: async () => {
      if (child.exitCode !== null) return;
      child.send({ end: true } satisfies Turn);
      await ended.catch(() => {});
    },
  };
}

async function playRound(contestant: Contestant, round: number): Promise<void> {
  const pairs: Pair[] = [];
  for (let i = 0; i < contestant.pairs; i++) pairs.push(await playPair(contestant, round + i));
  if (round >= 0) contestant.rounds.push(pairs);
}

/** Who goes first alternates as well, so that neither always pays for the other's garbage. */
async function playPair(contestant: Contestant, turn: number): Promise<Pair> {
  const order = turn % 2 === 0 ? (['bare', 'attached'] as const) : (['attached', 'bare'] as const);
  const ns = { bare: 0, attached: 0 };
  for (const block of order) {
    const { records, cpuNs } = (await contestant.turn({ block })) as Block;
    ns[block] = cpuNs / records;
  }
  return { bareNs: ns.bare, addedNs: ns.attached - ns.bare };
}

function addedOf({ rounds }: Contestant): number[][] {
  return rounds.map((pairs) => pairs.map(({ addedNs }) => addedNs));
}

function bareOf({ rounds }: Contestant): number[][] {
  return rounds.map((pairs) => pairs.map(({ bareNs }) => bareNs));
}

function meanOf(ns: readonly number[]): number {
  return ns.reduce((sum, each) => sum + each, 0) / ns.length;
}

function of(library: Library, handler: Contest['handler']): Contestant {
  return contestants.find(({ name }) => name === `${library}, ${handler}`)!;
}

function report(heap: ReturnType<typeof perRecord>): void {
  const ours = of('tidemark', 'eachMessage');
  const oursBatch = of('tidemark', 'eachBatch');
  const otel = of('otel', 'eachMessage');
  const none = of('none', 'eachMessage');
  const ratios = {
    vsOtel: ratioOfMedians(addedOf(ours), addedOf(otel)),
    vsDatadog: ratioOfMedians(addedOf(ours), addedOf(of('datadog', 'eachMessage'))),
    vsBare: ratioOfMedians(addedOf(ours), bareOf(ours)),
    vsOtelBatch: ratioOfMedians(addedOf(oursBatch), addedOf(of('otel', 'eachBatch'))),
    vsBareBatch: ratioOfMedians(addedOf(oursBatch), bareOf(oursBatch)),
    control: ratioOfMedians(addedOf(none), bareOf(none)),
  };
  const runs = contestants.map((contestant) => {
    const added = medianOf(addedOf(contestant).flat());
    return {
      name: contestant.name,
      bareNs: Math.round(medianOf(bareOf(contestant).flat()).median),
      addedNs: Math.round(added.median),
      addedLowNs: Math.round(added.low),
      addedHighNs: Math.round(added.high),
      addedMeanNs: Math.round(meanOf(addedOf(contestant).flat())),
    };
  });
  console.table(Object.fromEntries(runs.map(({ name, ...row }) => [name, row])));
  console.log(`allocated ${heap.bytesPerRecord.toFixed(2)} B a record, most by ${heap.sites.join(', ')}`);
  const isUnclear = ratios.vsBare.high - ratios.vsBare.low > 2 * widestCi;
  reported({ bench: 'agent', ratios, runs: [...runs, { heap }], json: options.json, isUnclear });
}
