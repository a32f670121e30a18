/**
 * What Tidemark's agent costs a consumer, against bare kafkajs and against the two libraries that people attach today. The example
 * consumer reads records of 100 bytes from a real broker. Each library has a process of its own, in which a bare and an attached
 * consumer take turns by blocks; the processes take turns as well, so all see the same machine.
 *
 *   npm run -s bench -- agent [--pairs 100] [--json]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBroker } from '../../testbed/src/broker/broker.ts';
import { perRecord } from '../heap.ts';
import { ratioOfMeans } from '../ratio.ts';
import { cacheOf, installed, reported } from '../report.ts';
import type { Block, Contest, Turn } from './contestant.ts';
import { environmentOf, type Library } from './libraries.ts';
import { startSink } from './sink.ts';
import { fillTopic } from './topic.ts';

const recordsPerBlock = 50_000;
const warmUpPairs = 4;
const heapBlocks = 6;
/** An interval of `vsBare` that is wider than this each way says nothing. */
const widestCi = 0.05;
const ddTrace = '6.21.0';

/** `none` is the control: a second copy of kafkajs to which nothing is attached. What it adds is what cannot be told apart here. */
const contests: readonly (readonly [Library, Contest['handler']])[] = [
  ['none', 'eachMessage'],
  ['tidemark', 'eachMessage'],
  ['otel', 'eachMessage'],
  ['datadog', 'eachMessage'],
  ['tidemark', 'eachBatch'],
  ['otel', 'eachBatch'],
];

const { values: options } = parseArgs({
  options: { pairs: { type: 'string', default: '100' }, json: { type: 'boolean', default: false } },
});
const pairs = Number(options.pairs);

interface Contestant {
  readonly name: string;
  readonly bareNs: number[];
  readonly addedNs: number[];
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
  const records = (pairs + warmUpPairs + heapBlocks + 1) * recordsPerBlock * 1.3;
  process.stderr.write(`Producing ${(records / 1e6).toFixed(1)} M records of 100 bytes …\n`);
  await fillTopic(broker.brokers, topic, records);
  for (const [library, handler] of contests) {
    contestants.push(await enter(library, { library, handler, topic, bareKafkajs }));
  }
  for (let pair = -warmUpPairs; pair < pairs; pair++) {
    for (const contestant of contestants) await playPair(contestant, pair);
    if (pair % 10 === 0)
      process.stderr.write(`${pair} of ${pairs} pairs after ${Math.round(performance.now() / 1000)} s\n`);
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

async function enter(library: Library, contest: Omit<Contest, 'brokers' | 'recordsPerBlock'>): Promise<Contestant> {
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
    name: `${contest.library}, ${contest.handler}`,
    bareNs: [],
    addedNs: [],
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

/** Who goes first alternates as well, so that neither always pays for the other's garbage. */
async function playPair(contestant: Contestant, pair: number): Promise<void> {
  const order = pair % 2 === 0 ? (['bare', 'attached'] as const) : (['attached', 'bare'] as const);
  const ns = { bare: 0, attached: 0 };
  for (const block of order) {
    const { records, cpuNs } = (await contestant.turn({ block })) as Block;
    ns[block] = cpuNs / records;
  }
  if (pair < 0) return;
  contestant.bareNs.push(ns.bare);
  contestant.addedNs.push(ns.attached - ns.bare);
}

function of(library: Library, handler: Contest['handler']): Contestant {
  return contestants.find(({ name }) => name === `${library}, ${handler}`)!;
}

function report(heap: ReturnType<typeof perRecord>): void {
  const ours = of('tidemark', 'eachMessage');
  const oursBatch = of('tidemark', 'eachBatch');
  const ratios = {
    vsOtel: ratioOfMeans(ours.addedNs, of('otel', 'eachMessage').addedNs),
    vsDatadog: ratioOfMeans(ours.addedNs, of('datadog', 'eachMessage').addedNs),
    vsBare: ratioOfMeans(ours.addedNs, ours.bareNs),
    vsOtelBatch: ratioOfMeans(oursBatch.addedNs, of('otel', 'eachBatch').addedNs),
    vsBareBatch: ratioOfMeans(oursBatch.addedNs, oursBatch.bareNs),
  };
  const mean = (ns: readonly number[]): number => Math.round(ns.reduce((sum, each) => sum + each, 0) / ns.length);
  const runs = contestants.map(({ name, bareNs, addedNs }) => ({ name, bareNs: mean(bareNs), addedNs: mean(addedNs) }));
  console.table(Object.fromEntries(runs.map(({ name, ...row }) => [name, row])));
  console.log(`allocated ${heap.bytesPerRecord.toFixed(2)} B a record, most by ${heap.sites.join(', ')}`);
  const isUnclear = ratios.vsBare.high - ratios.vsBare.low > 2 * widestCi;
  reported({ bench: 'agent', ratios, runs: [...runs, { heap }], json: options.json, isUnclear });
}
