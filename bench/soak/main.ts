/**
 * The demo's world for half an hour at 5,000 records a second, with a cut of 20 s each three minutes: does the heap of the agent's
 * host and of the collector grow, and is the host's event loop later than that of the same consumer without an agent?
 *
 *   npm run -s bench -- soak [--minutes 30] [--json]
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBroker } from '../../testbed/src/broker/broker.ts';
import { Cast, pause } from '../../testbed/src/demo/cast.ts';
import { startCollector } from '../../testbed/src/demo/collector-process.ts';
import { enterProducer } from '../../testbed/src/demo/players.ts';
import { root, sourceFlags } from '../../testbed/src/demo/run-flags.ts';
import { createTopic, removeTraces } from '../../testbed/src/demo/topic.ts';
import { startProxy } from '../../testbed/src/network/proxy.ts';
import { reported } from '../report.ts';
import type { Sample } from './probe.ts';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, json: { type: 'boolean', default: false } },
});
const minutes = Number(options.minutes);
const perSecond = { A: 2_000, B: 1_000, C: 2_000 };
const cutEveryMs = 180_000;
const cutMs = 20_000;
const partitions = 2;
/** Compiled code and first allocations: not counted. */
const settledAfterMs = Math.min(5, minutes / 3) * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'tidemark-soak-'));
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('stopped')));
const broker = await startBroker();
const cast = new Cast(stop.signal);
const proxy = await startProxy();
const topic = `soak-${process.pid}`;
const startedMs = Date.now();
try {
  await createTopic(broker.brokers, topic, partitions);
  const probe = `--import ${new URL('probe.ts', import.meta.url)}`;
  process.env.NODE_OPTIONS = probe;
  process.env.SOAK_SAMPLES = join(folder, 'collector');
  const collector = await startCollector(cast);
  enterConsumer('attached', { TIDEMARK_COLLECTOR_URL: collector.url }, ['--import', 'tidemark/register']);
  enterConsumer('bare', {}, []);
  delete process.env.NODE_OPTIONS;
  delete process.env.SOAK_SAMPLES;
  for (const [name, rate] of Object.entries(perSecond)) {
    const producer = await enterProducer(cast, {
      ...{ name, brokers: broker.brokers, topic, partitions, seed: 7, perSecond: rate, maxDelayMs: 0, named: true },
      ...(name === 'B' ? { proxy: { host: proxy.host, port: proxy.port } } : {}),
    });
    producer.order({ start: true });
  }
  process.stderr.write(`The page is at ${collector.url}; ${minutes} minutes from now …\n`);
  const endMs = Date.now() + minutes * 60_000;
  while (Date.now() < endMs) {
    await pause(Math.min(cutEveryMs - cutMs, endMs - Date.now()), cast.signal);
    if (endMs - Date.now() < cutMs) continue;
    proxy.cut();
    await pause(cutMs, cast.signal);
    proxy.restore();
  }
  const incidents = (await (await fetch(new URL('api/incidents', collector.url))).json()) as readonly unknown[];
  report(incidents.length);
} finally {
  await cast.leave();
  await proxy.close();
  await removeTraces(broker.brokers, topic);
  await broker.stop();
}

function enterConsumer(name: string, env: { readonly [name: string]: string }, before: readonly string[]): void {
  cast.enter(name, {
    command: process.execPath,
    args: [
      ...sourceFlags,
      '--disable-warning=TimeoutNegativeWarning',
      ...before,
      'examples/consumer.ts',
      ...['--brokers', broker.brokers.join(','), '--topic', topic, '--group', `${topic}-${name}`],
    ],
    folder: root,
    env: {
      TIDEMARK_SOURCE: 'header:producer',
      TIDEMARK_WINDOW: 'tumbling:5s',
      TIDEMARK_GRACE: '2s',
      SOAK_SAMPLES: join(folder, name),
      ...env,
    },
  });
}

function samplesOf(name: string): readonly Sample[] {
  const file = join(folder, name);
  if (!existsSync(file)) throw new Error(`${name} left no sample: it takes half a minute for the first`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Sample);
}

function report(incidents: number): void {
  const runs = ['collector', 'attached', 'bare'].map((name) => {
    const all = samplesOf(name);
    const samples = all.filter(({ atMs }) => atMs - startedMs > settledAfterMs);
    const mean = (of: (sample: Sample) => number): number =>
      samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
    console.log(`${name.padEnd(10)} heap ${plot(all.map(({ heapMb }) => heapMb))}`);
    return {
      name,
      heapMb: mean(({ heapMb }) => heapMb),
      heapMbPerHour: slopePerHour(samples.map(({ atMs, heapMb }) => [atMs, heapMb])),
      residentMb: mean(({ residentMb }) => residentMb),
      loopP50Ms: mean(({ loopP50Ms }) => loopP50Ms),
      loopP99Ms: mean(({ loopP99Ms }) => loopP99Ms),
      samples: all.map(({ heapMb, loopP99Ms }) => [round(heapMb), round(loopP99Ms)]),
    };
  });
  console.table(
    Object.fromEntries(
      runs.map(({ name, samples: _, ...row }) => [
        name,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, round(value)])),
      ]),
    ),
  );
  console.log(
    `${minutes} minutes, ${Object.values(perSecond).reduce((a, b) => a + b)} records/s, ${incidents} incidents`,
  );
  reported({ bench: 'soak', ratios: {}, runs, json: options.json, isUnclear: false });
}

/** Least squares. */
function slopePerHour(points: readonly (readonly [atMs: number, value: number])[]): number {
  const meanOf = (i: 0 | 1): number => points.reduce((sum, point) => sum + point[i], 0) / points.length;
  const [atMs, value] = [meanOf(0), meanOf(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - atMs) * (point[1] - value), 0);
  const below = points.reduce((sum, point) => sum + (point[0] - atMs) ** 2, 0);
  return (above / below) * 3_600_000;
}

/** From 0 to the highest, a bar each sample. */
function plot(values: readonly number[]): string {
  const highest = Math.max(...values);
  const bars = values.map((value) => '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor((value / highest) * 8))]).join('');
  return `${bars} 0 – ${highest.toFixed(1)} MB`;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
