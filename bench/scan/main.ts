/**
 * How fast the timestamps of a topic's history are read, against Kafka's own performance consumer, kcat and kafkajs: the same five
 * million records of 100 bytes on one real broker, each reader in a process of its own, taking turns. Then packed by LZ4 and by
 * Zstandard, and in 16 partitions, against Kafka's.
 *
 *   npm run -s bench -- scan [--rounds 15] [--records 5000000] [--only plain] [--json]
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { cacheFolder, kafkaToolJars } from '../../testbed/src/broker/jars.ts';
import { findJava } from '../../testbed/src/broker/java.ts';
import { startKafka } from '../../testbed/src/broker/kafka.ts';
import { PlainFailure } from '../../testbed/src/plain-failure.ts';
import { type Median, medianOf } from '../median.ts';
import { reported } from '../report.ts';
import { type Contestant, type Field, hasKcat, kcat, type Reading, read } from './contestants.ts';
import { fillTopic, type ScanTopic } from './topics.ts';

/** What issue 7 promises; an interval with one of them inside proves neither. */
const least = { vsJava: 4, vsKcat: 2.5, vsKafkajs: 8 } as const;
/** Further rounds are left out when the time is up: all is to be done within eight minutes. */
const leastRounds = { plain: 5, others: 3 } as const;
const mostRoundsOfOthers = 7;
const enoughMs = 330_000;
/** The broker's last page is cached and its code compiled only after a while: the first round counts for nothing. */
const warmUpRounds = 1;

const topics: readonly (ScanTopic & { readonly rivals: readonly Exclude<Contestant, 'tidemark'>[] })[] = [
  { topic: 'plain', partitions: 1, compression: 'uncompressed', rivals: ['java', 'kcat', 'kafkajs'] },
  { topic: 'sixteen', partitions: 16, compression: 'uncompressed', rivals: ['java'] },
  { topic: 'lz4', partitions: 1, compression: 'lz4', rivals: ['java'] },
  { topic: 'zstd', partitions: 1, compression: 'zstd', rivals: ['java'] },
];

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    records: { type: 'string', default: '5000000' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const records = Number(options.records);
const chosen = topics.filter(({ topic }) => topic === (options.only ?? topic));
const say = (line: string): void => void process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${line}\n`);

await needKcat();
const java = await findJava();
const tools = await kafkaToolJars(cacheFolder(), say);
const kafka = await startKafka(say);
try {
  const { brokers } = kafka;
  for (const topic of chosen) {
    say(`filling ${topic.topic}`);
    await fillTopic(brokers, topic, records);
  }
  await fillTopic(brokers, { topic: 'empty', partitions: 1, compression: 'uncompressed' }, 0);
  const starts: number[] = [];
  for (let i = 0; i < 5; i++) starts.push((await kcat(brokers[0]!, 'empty')).wallMs);
  const kcatStartMs = medianOf(starts).median;
  const field = { broker: brokers[0]!, java, tools, records, kafkajsRecords: records / 5, kcatStartMs };
  const results = [];
  for (const { topic, rivals } of chosen) {
    results.push({ topic, rivals, readings: await compete(topic, ['tidemark', ...rivals], field) });
  }
  report(results);
} finally {
  await kafka.stop();
}

type Readings = ReadonlyMap<Contestant, readonly Reading[]>;

/** All in each round, and each of them first in turn. */
async function compete(topic: string, contestants: readonly Contestant[], field: Field): Promise<Readings> {
  const readings = new Map<Contestant, Reading[]>(contestants.map((contestant) => [contestant, []]));
  const isPlain = topic === 'plain';
  const most = isPlain ? Number(options.rounds) : Math.min(Number(options.rounds), mostRoundsOfOthers);
  for (let round = -warmUpRounds; round < most; round++) {
    if (round >= leastRounds[isPlain ? 'plain' : 'others'] && performance.now() > enoughMs) break;
    const line = [];
    for (let i = 0; i < contestants.length; i++) {
      const contestant = contestants[(i + round + warmUpRounds) % contestants.length]!;
      const reading = await read(contestant, topic, field);
      line.push(`${contestant} ${(reading.recordsPerSecond / 1e6).toFixed(2)} M/s`);
      if (round >= 0) readings.get(contestant)!.push(reading);
    }
    say(`${topic}, round ${round}: ${line.join(', ')}`);
  }
  return readings;
}

function report(results: readonly { topic: string; rivals: readonly Contestant[]; readings: Readings }[]): void {
  const ratios: { [name: string]: Median } = {};
  const runs = [];
  for (const { topic, rivals, readings } of results) {
    const ours = readings.get('tidemark')!;
    for (const [contestant, theirs] of readings) {
      const rate = medianOf(theirs.map(({ recordsPerSecond }) => recordsPerSecond));
      const cpu = medianOf(theirs.map(({ cpuNsPerRecord }) => cpuNsPerRecord));
      const recordsPerSecond = Math.round(rate.median);
      runs.push({ topic, reader: contestant, recordsPerSecond, cpuNsPerRecord: Math.round(cpu.median) });
    }
    for (const rival of rivals) {
      const theirs = readings.get(rival)!;
      const suffix = topic === 'plain' ? '' : topic[0]!.toUpperCase() + topic.slice(1);
      const name = `vs${rival[0]!.toUpperCase()}${rival.slice(1)}${suffix}`;
      ratios[name] = medianOf(ours.map(({ recordsPerSecond }, i) => recordsPerSecond / theirs[i]!.recordsPerSecond));
    }
  }
  console.table(runs);
  const isUnclear = Object.entries(least).some(([name, bar]) => isWithin(bar, ratios[name]));
  reported({ bench: 'scan', ratios, runs, json: options.json, isUnclear });
}

function isWithin(bar: number, ratio: Median | undefined): boolean {
  return ratio !== undefined && ratio.low < bar && ratio.high >= bar;
}

async function needKcat(): Promise<void> {
  if (await hasKcat()) return;
  say('installing kcat');
  try {
    const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
    const [command, ...args] = [...sudo, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'kcat'];
    execFileSync(command!, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    throw new PlainFailure('kcat: not found, and it could not be installed. Debian and Ubuntu: apt-get install kcat.');
  }
}
